// Who is signed in to the pages, and who is about to (security.md 2.10, 4.6). Knows no actor and no clock. A session is
// found by its cookie, of which only a hash is kept, and is asked for a token with everything that it does: another
// site's page can make a browser send the cookie, and knows nothing of the token. That is made of the cookie, so who
// reads what is kept has neither. How old a session is goes by the steady clock; only while nobody runs, and there is
// none, by the wall's.
#pragma once

#include <chrono>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "messages/directory.hpp"
#include "store/sessions.hpp"

namespace stagecoach::web {

using steady_time = std::chrono::steady_clock::time_point;

// By both clocks.
struct moment {
  steady_time steady;
  unix_ms wall;
};

struct web_secret {
  std::string cookie;  // lower-case hex of 32 octets, as the rest
  std::string token;
};

struct session_origin {
  std::string remote_ip;
  std::string user_agent;
};

struct web_session_entry {
  messages::signed_in who;
  session_origin from;
  std::uint64_t password = 0;  // 0 until it is kept
  steady_time began;
  steady_time used;
  steady_time kept;  // with what is known of it: what came later is in memory only
};

class session_book {
 public:
  static constexpr std::size_t sessions_max = 100;  // of one account: the one that was not used for longest goes
  static constexpr std::size_t logins_max = 1000;   // begun and not ended: the oldest goes
  static constexpr auto idle_max = std::chrono::hours{24};
  static constexpr auto age_max = std::chrono::hours{24 * 30};
  static constexpr auto keep_every = std::chrono::hours{1};  // that one is in use costs a commit
  static constexpr auto login_time = std::chrono::minutes{10};

  // What a login needs to end: its token and its cookie. `fresh` is random.
  void prepare(web_secret fresh, steady_time now);
  // Whether they belong together and are not too old. They do so once.
  [[nodiscard]] bool take_login(const web_secret& shown, steady_time now);

  // A link that signs in, once.
  void add_link(std::string link, messages::signed_in who) { links_.insert_or_assign(std::move(link), std::move(who)); }
  [[nodiscard]] std::optional<messages::signed_in> take_link(std::string_view link);

  // Those of before the start. Which of them are too old.
  [[nodiscard]] std::vector<session_hash> load(std::vector<store::stored_session> all, const moment& now);

  struct begun {
    messages::kept_session keep;      // before anybody hears of it
    std::vector<session_hash> ended;  // that had to make room
  };
  [[nodiscard]] begun begin(const session_hash& session, messages::signed_in who, session_origin from,
                            const moment& now);
  // It is durable. False: it was ended meanwhile.
  [[nodiscard]] bool kept(const session_hash& session, std::uint64_t password);
  // By its cookie; it is used now. None: there is none, or it was too old.
  [[nodiscard]] const web_session_entry* find(std::string_view cookie, steady_time now);
  // What is to be kept of it now; none: what is kept is new enough.
  [[nodiscard]] std::optional<messages::kept_session> due(const session_hash& session, const moment& now);
  // What is to be kept of all that are kept.
  [[nodiscard]] std::vector<std::pair<session_hash, messages::kept_session>> all(const moment& now);
  void end(const session_hash& session) { sessions_.erase(session); }
  // All of an account, whose password is another one now.
  std::vector<session_hash> end_all(account_id account);
  // All that are too old.
  std::vector<session_hash> end_old(steady_time now);

  // What goes with a cookie into X-CSRF.
  [[nodiscard]] static std::string token_of(std::string_view cookie);
  [[nodiscard]] static bool is_token_of(std::string_view cookie, std::string_view shown);

 private:
  struct login {
    web_secret secret;
    steady_time began;
  };
  static bool is_old(const web_session_entry& one, steady_time now);
  std::vector<session_hash> make_room(account_id account);

  std::deque<login> logins_;  // oldest first
  std::map<std::string, messages::signed_in, std::less<>> links_;
  std::map<session_hash, web_session_entry> sessions_;
};

}  // namespace stagecoach::web

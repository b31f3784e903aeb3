// Who is signed in to the pages, and who is about to (security.md 2.10, 4.6). Knows no actor and no clock. A session is
// found by its cookie, of which only a hash is kept, and is asked for another token with everything that it does:
// another site's page can make a browser send the cookie, and knows nothing of the token.
#pragma once

#include <chrono>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "messages/directory.hpp"

namespace stagecoach::web {

using steady_time = std::chrono::steady_clock::time_point;

struct web_secret {
  std::string cookie;  // lower-case hex of 32 octets, as the rest
  std::string token;
};

struct web_session_entry {
  messages::signed_in who;
  std::string csrf;
  steady_time began;
  steady_time used;
};

class session_book {
 public:
  static constexpr std::size_t sessions_max = 100;  // of one account: the one that was not used for longest goes
  static constexpr std::size_t logins_max = 1000;   // begun and not ended: the oldest goes
  static constexpr auto idle_max = std::chrono::hours{24};
  static constexpr auto age_max = std::chrono::hours{24 * 30};
  static constexpr auto login_time = std::chrono::minutes{10};

  // What a login needs to end: its token and its cookie. `fresh` is random.
  void prepare(web_secret fresh, steady_time now);
  // Whether they belong together and are not too old. They do so once.
  [[nodiscard]] bool take_login(const web_secret& shown, steady_time now);

  // A link that signs in, once.
  void add_link(std::string link, messages::signed_in who) { links_.insert_or_assign(std::move(link), std::move(who)); }
  [[nodiscard]] std::optional<messages::signed_in> take_link(std::string_view link);

  // Which sessions had to end for it, by their hashes.
  std::vector<std::string> begin(const web_secret& fresh, messages::signed_in who, steady_time now);
  // By its cookie; it is used now. None: there is none, or it was too old.
  [[nodiscard]] const web_session_entry* find(std::string_view cookie, steady_time now);
  void end(std::string_view cookie);
  // All of an account, whose password is another one now; their hashes.
  std::vector<std::string> end_all(account_id account);
  // All that are too old; their hashes.
  std::vector<std::string> end_old(steady_time now);
  // How a session is called here, so that no cookie stands anywhere.
  [[nodiscard]] static std::string hash_of(std::string_view cookie);

 private:
  struct login {
    web_secret secret;
    steady_time began;
  };
  static bool is_old(const web_session_entry& one, steady_time now);

  std::deque<login> logins_;  // oldest first
  std::map<std::string, messages::signed_in, std::less<>> links_;
  std::map<std::string, web_session_entry, std::less<>> sessions_;  // by the hash of the cookie
};

}  // namespace stagecoach::web

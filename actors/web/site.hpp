// What the server answers over HTTP beyond pages that are whole in memory: signing in and out, and for who is signed in
// their session, which gets the request from the connection itself. One a node; it parses no bodies but those of
// signing in. Sessions are kept by the directory: one is durable before its cookie is given, and its end before that
// is answered.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "actors/runtime/stage.hpp"
#include "actors/runtime/watched.hpp"
#include "actors/services/handles.hpp"
#include "actors/web/session_book.hpp"
#include "messages/web.hpp"
#include "protocols/http/target.hpp"

namespace stagecoach::web {

using site_handle = runtime::handle_of<messages::site_talk>;
using web_session_handle = runtime::handle_of<messages::web_session_talk>;

// A link to sign in with, which the node prints.
struct sign_in_link {
  std::string link;
  messages::signed_in who;
};

struct all_site_talk : runtime::joined<messages::site_talk, messages::password_watcher_talk> {};

// 32 random octets, in hex: a cookie, a token, a link.
[[nodiscard]] std::string fresh_token(runtime::random_source& random);

class site final : public runtime::watched<runtime::handle_of<all_site_talk>> {
 public:
  // `mail_path`: of the webmail, below which its messages are. `kept`: the sessions of before the start.
  site(caf::actor_config& cfg, runtime::stage& on, services::node_services services, std::vector<sign_in_link> links,
       std::string mail_path, store::stored_sessions kept);
  void on_exit() override;

 private:
  using answer = runtime::reply<messages::http_answer>;
  using answer_promise = runtime::promise<messages::http_answer>;
  using ended_function = std::function<void(const std::optional<failure>& why_not_durable)>;

  behavior_type make_behavior() override;
  [[nodiscard]] bool is_essential() const override { return true; }
  answer serve(const messages::http_request& asked);
  answer call(const messages::http_request& asked, const std::string& method);
  answer pass_on(const messages::http_request& asked);
  messages::http_answer prepare(const messages::http_request& asked);
  answer sign_in(const messages::http_request& asked);
  answer sign_in_by_link(const messages::http_request& asked);
  answer sign_out(const messages::http_request& asked);
  void begin(const messages::signed_in& who, session_origin from, bool is_tls, answer_promise to,
             std::function<void()> failed);
  void note_use(const session_hash& session);
  void keep(const session_hash& session, messages::kept_session row);
  // In memory at once; then() when it is durable. What is not is tried again.
  void end(std::vector<session_hash> which, ended_function then);
  void end(std::vector<session_hash> which);
  void end_old();
  void end_old_later();
  void keep_if_clock_was_set();
  [[nodiscard]] web_secret fresh_secret() { return {fresh_token(on().random()), fresh_token(on().random())}; }
  [[nodiscard]] moment now() const;

  services::node_services services_;
  std::string mail_path_;
  session_book book_;
  std::map<session_hash, web_session_handle> sessions_;  // those that were used
  std::set<session_hash> to_end_;                        // are over, and their rows may be there still
  std::optional<std::int64_t> wall_is_ahead_ms_;         // of the steady clock, when that was last looked at
  reminder old_ones_;
};

// The cookie of a session. Over TLS the browser takes it from nobody but this host (RFC 6265bis 4.1.3.2).
[[nodiscard]] constexpr std::string_view session_cookie(bool is_tls) {
  return is_tls ? "__Host-stagecoach" : "stagecoach";
}

}  // namespace stagecoach::web

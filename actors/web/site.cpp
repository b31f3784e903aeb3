#include "actors/web/site.hpp"

#include "actors/runtime/stage.hpp"
#include "actors/services/failed_sign_in.hpp"
#include "actors/web/answers.hpp"
#include "actors/web/same_origin.hpp"
#include "actors/web/web_session.hpp"
#include "messages/api/session.hpp"
#include "protocols/base/json_write.hpp"
#include "protocols/base/utf8.hpp"
#include "protocols/http/cookie.hpp"

namespace stagecoach::web {

using namespace std::chrono_literals;

namespace {

constexpr auto sign_in_deadline = 60s;
constexpr auto keep_deadline = 60s;
constexpr auto end_old_every = 60s;
constexpr std::int64_t clock_is_set_ms = 60'000;
constexpr std::size_t sign_in_bytes_max = 8 * 1024;
constexpr std::size_t token_octets = 32;
constexpr std::size_t user_agent_bytes_max = 300;  // those of browsers are half as long
constexpr std::string_view login_cookie = "stagecoach-login";

constexpr json_limits sign_in_limits{sign_in_bytes_max, unknown_members::refuse};

std::string cookie_of(const messages::http_request& asked, std::string_view name) {
  return std::string(http::find_cookie(field_of(asked, "cookie"), name).value_or(""));
}

session_origin origin_of(const messages::http_request& asked) {
  auto agent = field_of(asked, "user-agent").substr(0, user_agent_bytes_max);
  agent = agent.substr(0, valid_utf8_prefix(agent));
  return {asked.remote_ip, std::string(agent)};
}

messages::http_answer signed_out() { return refuse(401, "signed_out", "sign in first"); }

}  // namespace

site::site(caf::actor_config& cfg, runtime::stage& on, services::node_services services,
           std::vector<sign_in_link> links, std::string mail_path, store::stored_sessions kept)
    : watched(cfg, on, "site", ""),
      services_(std::move(services)),
      mail_path_(std::move(mail_path)),
      to_end_(kept.over.begin(), kept.over.end()) {
  for (const auto& one : book_.load(std::move(kept.good), now())) to_end_.insert(one);
  for (auto& one : links) book_.add_link(std::move(one.link), std::move(one.who));
  set_down_handler([this](const caf::down_msg& down) {
    std::erase_if(sessions_, [&](const auto& one) { return one.second == down.source; });
  });
}

void site::on_exit() {
  for (const auto& [hash, session] : sessions_) send_exit(session, caf::exit_reason::user_shutdown);
  sessions_.clear();
  services_ = {};
}

site::behavior_type site::make_behavior() {
  send(services_.directory, messages::watch_passwords{runtime::new_trace(on().random())});
  keep_if_clock_was_set();
  end_old();
  end_old_later();
  return {
      [this](const messages::http_request& asked) { return serve(asked); },
      // Whoever knew the old one is out (security.md AU10).
      [this](const messages::password_changed& m) { end(book_.end_all(m.account)); },
  };
}

moment site::now() const { return {on().clock().steady(), on().clock().wall()}; }

site::answer site::serve(const messages::http_request& asked) {
  const auto target = http::parse_target(asked.target);
  if (!target) return refuse(400, "syntax", "this is no path");
  if (!is_of_same_origin(asked)) return refuse(403, "other_site", "this came from another site's page");
  const auto& segments = target->segments;
  if (segments.size() == 2 && segments[0] == "api") return call(asked, segments[1]);
  const bool is_events = segments == std::vector<std::string>{"events"};
  const auto below = http::segments_below(*target, mail_path_);
  const bool is_message = below && below->size() >= 4 && below->front() == "msg";
  if (is_events || is_message) return pass_on(asked);
  return refuse(404, "not_found", "there is no such page");
}

site::answer site::call(const messages::http_request& asked, const std::string& method) {
  if (asked.method != "POST") {
    auto made = refuse(405, "syntax", "methods are called with POST");
    set_field(made, "Allow", "POST");
    return made;
  }
  const auto type = field_of(asked, "content-type");
  if (type.substr(0, type.find(';')) != json_type) return refuse(415, "syntax", "Content-Type is not application/json");
  if (method == "session.prepare") return prepare(asked);
  if (method == "session.sign_in") return sign_in(asked);
  if (method == "session.sign_in_by_link") return sign_in_by_link(asked);
  if (method == "session.sign_out") return sign_out(asked);
  return pass_on(asked);
}

// What changes anything needs the token that only our own pages have.
site::answer site::pass_on(const messages::http_request& asked) {
  const auto cookie = cookie_of(asked, session_cookie(asked.is_tls));
  const auto* session = book_.find(cookie, now().steady);
  if (session == nullptr) return signed_out();
  if (asked.method != "GET" && asked.method != "HEAD" && !session_book::is_token_of(cookie, field_of(asked, "x-csrf")))
    return refuse(403, "csrf", "X-CSRF is not the token of this session");
  const auto hash = hash_of_cookie(cookie);
  note_use(hash);
  auto& actor = sessions_[hash];
  if (!actor) {
    actor = on().spawn<web_session>(services_, session->who, mail_path_);
    monitor(actor);
  }
  return delegate(actor, asked);
}

std::string fresh_token(runtime::random_source& random) {
  std::string octets(token_octets, '\0');
  random.fill({reinterpret_cast<std::uint8_t*>(octets.data()), octets.size()});
  return to_hex(octets);
}

messages::http_answer site::prepare(const messages::http_request& asked) {
  if (const auto read = read_json<api::nothing>(asked.body, sign_in_limits); !read) return refuse(read.error());
  auto fresh = fresh_secret();
  auto made = json_answer(write_json(api::prepared{fresh.token}));
  set_field(made, "Set-Cookie", http::set_cookie({login_cookie, fresh.cookie, asked.is_tls, session_book::login_time}));
  book_.prepare(std::move(fresh), now().steady);
  return made;
}

site::answer site::sign_in(const messages::http_request& asked) {
  const auto read = read_json<api::sign_in>(asked.body, sign_in_limits);
  if (!read) return refuse(read.error());
  if (!book_.take_login({cookie_of(asked, login_cookie), read->login_token}, now().steady))
    return refuse(403, "csrf", "the login token is not of this browser, or too old; ask for another");
  auto promise = make_response_promise<messages::http_answer>();
  const auto note = [this, trace = asked.trace, name = read->name, ip = asked.remote_ip](bool is_good) {
    send(services_.directory, messages::sign_in_ended{trace, name, ip, is_good});
    if (!is_good) log(services::failed_sign_in(name, ip));
  };
  ask(services_.directory, sign_in_deadline,
      messages::sign_in{asked.trace, read->name, read->password, asked.remote_ip})
      .then(
          [this, promise, note, from = origin_of(asked), is_tls = asked.is_tls](const messages::signed_in& who) {
            note(true);
            begin(who, from, is_tls, promise, [] {});
          },
          [promise, note](caf::error& why) mutable {
            const auto reason = runtime::to_failure(why);
            if (reason.code == fault_code::not_found) {
              note(false);
              promise.deliver(refuse(401, "wrong", "Name or password is wrong."));
            } else if (reason.code == fault_code::busy) {
              promise.deliver(refuse(429, "too_many", "Too many attempts have failed. Wait a little."));
            } else {
              promise.deliver(refuse(reason));
            }
          });
  return promise;
}

site::answer site::sign_in_by_link(const messages::http_request& asked) {
  const auto read = read_json<api::sign_in_by_link>(asked.body, sign_in_limits);
  if (!read) return refuse(read.error());
  const auto who = book_.take_link(read->link);
  if (!who) return refuse(401, "wrong", "This link was used, or is none of this server.");
  auto promise = make_response_promise<messages::http_answer>();
  // It signs in once: not at all, and it can be tried again.
  begin(*who, origin_of(asked), asked.is_tls, promise,
        [this, link = read->link, who = *who] { book_.add_link(link, who); });
  return promise;
}

void site::begin(const messages::signed_in& who, session_origin from, bool is_tls, answer_promise to,
                 std::function<void()> failed) {
  const auto cookie = fresh_token(on().random());
  const auto session = hash_of_cookie(cookie);
  auto begun = book_.begin(session, who, std::move(from), now());
  end(std::move(begun.ended));
  ask(services_.directory, keep_deadline,
      messages::keep_session{runtime::new_trace(on().random()), session, std::move(begun.keep)})
      .then(
          [this, to, session, cookie, is_tls, name = who.name](const messages::session_kept& kept) mutable {
            if (!book_.kept(session, kept.password)) {
              to.deliver(refuse(401, "wrong", "The password was changed just now. Sign in again."));
              return;
            }
            auto made = json_answer(write_json(api::session_begun{name, session_book::token_of(cookie)}));
            set_field(made, "Set-Cookie",
                      http::set_cookie({session_cookie(is_tls), cookie, is_tls, session_book::age_max}));
            to.deliver(std::move(made));
          },
          [this, to, session, failed](caf::error& why) mutable {
            end({session});  // it may be there all the same
            failed();
            to.deliver(refuse(runtime::to_failure(why)));
          });
}

void site::note_use(const session_hash& session) {
  if (auto row = book_.due(session, now())) keep(session, std::move(*row));
}

void site::keep(const session_hash& session, messages::kept_session row) {
  ask(services_.directory, keep_deadline,
      messages::keep_session{runtime::new_trace(on().random()), session, std::move(row)})
      .then([](const messages::session_kept&) {}, [](caf::error&) {});  // the next time, then
}

site::answer site::sign_out(const messages::http_request& asked) {
  const auto name = session_cookie(asked.is_tls);
  const auto cookie = cookie_of(asked, name);
  if (book_.find(cookie, now().steady) == nullptr) return signed_out();
  if (!session_book::is_token_of(cookie, field_of(asked, "x-csrf")))
    return refuse(403, "csrf", "X-CSRF is not the token of this session");
  auto to = make_response_promise<messages::http_answer>();
  end({hash_of_cookie(cookie)}, [to, name, is_tls = asked.is_tls](const std::optional<failure>& why) mutable {
    auto made = why ? refuse(failure{why->code,
                                     "You are signed out, but until this is on the disk a restart of the "
                                     "server would undo it. It is tried again every minute: " +
                                         why->what})
                    : json_answer(write_json(api::nothing()));
    set_field(made, "Set-Cookie", http::set_cookie({name, "", is_tls, 0s}));
    to.deliver(std::move(made));
  });
  return to;
}

void site::end(std::vector<session_hash> which, ended_function then) {
  for (const auto& one : which) {
    book_.end(one);
    to_end_.insert(one);
    const auto found = sessions_.find(one);
    if (found == sessions_.end()) continue;
    send(found->second, messages::end_session{true});
    sessions_.erase(found);
  }
  if (which.empty()) return then(std::nullopt);
  ask(services_.directory, keep_deadline, messages::end_sessions{runtime::new_trace(on().random()), which})
      .then(
          [this, ended = which, then](const messages::sessions_ended&) {
            for (const auto& one : ended) to_end_.erase(one);
            if (to_end_.empty()) return then(std::nullopt);
            // The disk takes it again: what it did not take before goes with this.
            end({to_end_.begin(), to_end_.end()}, [then](const std::optional<failure>&) { then(std::nullopt); });
          },
          [then](caf::error& why) { then(runtime::to_failure(why)); });
}

void site::end(std::vector<session_hash> which) {
  end(std::move(which), [](const std::optional<failure>&) {});
}

// Also those whose end was not durable when it was asked for.
void site::end_old() {
  for (const auto& one : book_.end_old(now().steady)) to_end_.insert(one);
  end({to_end_.begin(), to_end_.end()});
}

void site::end_old_later() {
  old_ones_ = remind(end_old_every, [this] {
    end_old();
    keep_if_clock_was_set();
    end_old_later();
  });
}

// What is kept says by the wall's clock when a session was used: by another clock it would be too old, or never.
void site::keep_if_clock_was_set() {
  using std::chrono::milliseconds;
  const auto at = now();
  const auto steady = std::chrono::duration_cast<milliseconds>(at.steady.time_since_epoch()).count();
  const auto ahead = at.wall.value - steady;
  const auto before = std::exchange(wall_is_ahead_ms_, ahead);
  if (!before || std::abs(ahead - *before) < clock_is_set_ms) return;
  for (auto& [session, row] : book_.all(at)) keep(session, std::move(row));
}

}  // namespace stagecoach::web

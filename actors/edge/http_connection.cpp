#include "actors/edge/http_connection.hpp"

#include "actors/runtime/stage.hpp"
#include "protocols/http/session.hpp"
#include "protocols/http/session2.hpp"

namespace stagecoach::edge {

using namespace std::chrono_literals;

namespace {

constexpr auto request_time = 10s;                  // for a head, and again for a body (security.md WB08)
constexpr auto idle_time = 60s;                     // between two requests
constexpr std::size_t unsent_max = 64 * 1024;       // answers that the client has not read; then we read no more
constexpr auto answer_deadline = 75s;               // a little more than the exchange's own
constexpr std::size_t body_bytes_max = 256 * 1024;  // of a request to the site
constexpr std::size_t bodies_bytes_max = 1 << 20;   // of all that are on their way
// Answers that are whole in memory, of all exchanges of a connection, until the client takes them.
constexpr std::size_t answers_bytes_max = 4 * 1024 * 1024;  // above it no more is asked for
constexpr std::size_t answer_bytes_max = 32 * 1024 * 1024;
constexpr const char* answers_wait = "Take the answers that wait first; try again later\n";
constexpr const char* body_too_large = "The body is larger than 256 KiB\n";
constexpr std::size_t read_bytes_max = 16 * 1024;  // at once

}  // namespace

http_connection::http_connection(caf::actor_config& cfg, runtime::stage& on, runtime::io_unit& unit,
                                 runtime::connected_socket from, http_options options)
    : connection(cfg, on, unit, "http_connection", std::move(from)),
      core_(std::make_unique<http::session>()),
      options_(std::move(options)) {
  wire().read_at_most(read_bytes_max);
  // An exchange that ends early leaves its answer without an end; one that was asked tells it by an error.
  set_down_handler([this](const caf::down_msg& down) {
    const auto one = exchange_of(down.source);
    if (one == exchanges_.end() || !one->second.is_streaming) return;
    core_->fail_body(one->first);
    forget(one);
    drive();
  });
}

http_connection::behavior_type http_connection::make_talk() {
  return {
      [this](const messages::stream_octets& m) { take(m); },
      [this](const messages::drain& how) { drain(how); },
  };
}

void http_connection::on_exit() {
  if (has_peer_ended_)
    for (const auto& [number, one] : exchanges_) note_unanswered(one);
  options_.site = runtime::handle_of<messages::site_talk>();
  exchanges_.clear();  // their actors end when they hear of it
  connection::on_exit();
}

void http_connection::begin() {
  watch_silence();
  if (options_.tls) wire().start_tls(*options_.tls, runtime::client_certificate::unwanted);
}

// HTTP/2 only where TLS has agreed on it (RFC 9113 3.2, 3.3).
void http_connection::secured() {
  const auto session = wire().session();
  if (!session || session->protocol != "h2") return;
  core_ = std::make_unique<http::session2>();
  drive();
}

void http_connection::received(std::string_view bytes) {
  core_->received(bytes,
                  std::chrono::duration_cast<std::chrono::milliseconds>(on().clock().steady().time_since_epoch()));
  drive();
}

void http_connection::drained() {
  stall_.cancel();
  is_socket_watched_ = false;
  drive();
}

void http_connection::peer_ended() {
  has_peer_ended_ = true;
  drive();
  wire().end();
}

void http_connection::closed(const failure& why) {
  has_peer_ended_ = true;
  connection::closed(why);
}

// Its client has gone; what is streamed is noted by its exchange.
void http_connection::note_unanswered(const exchange& what) const {
  constexpr std::uint16_t client_is_gone = 499;  // as other servers' logs say it
  if (!what.is_streaming) log(access_line(what.asked, {client_is_gone, 0, 0}));
}

void http_connection::drive() {
  while (wire().is_open() && (has_peer_ended_ || wire().unsent() < unsent_max)) {
    auto output = core_->next();
    if (!output) break;
    std::visit([this](auto& one) { perform(one); }, *output);
  }
  if (!wire().is_open()) return;
  if (turn_ != core_->whose_turn()) watch_silence();
  watch_stuck();
  want_more();
  read_or_pause();
}

void http_connection::read_or_pause() {
  if (core_->wants_input() && wire().unsent() < unsent_max) {
    wire().resume();
  } else {
    wire().pause();
  }
  if (!is_socket_watched_) watch_socket();
}

// Whatever else happens on the connection: who takes nothing of what waits for him is cut off.
void http_connection::watch_socket() {
  is_socket_watched_ = wire().unsent() > 0;
  if (!is_socket_watched_) return;
  stall_ = remind(options_.stall, [this, taken = written_ - wire().unsent()] {
    if (written_ - wire().unsent() == taken) return quit();
    watch_socket();
  });
}

void http_connection::watch_silence() {
  turn_ = core_->whose_turn();
  if (turn_ == http::turn::server) {
    silence_ = reminder();
    return;
  }
  silence_ = remind(turn_ == http::turn::nobody ? idle_time : request_time, [this] {
    core_->timed_out();
    watch_silence();
    drive();
  });
}

// The socket takes what there is, and the client has no window for it.
void http_connection::watch_stuck() {
  if (is_stuck_watched_ || !core_->is_stuck()) return;
  is_stuck_watched_ = true;
  stuck_ = remind(options_.stall, [this] {
    is_stuck_watched_ = false;
    core_->stalled();
    drive();
  });
}

void http_connection::want_more() {
  if (wire().unsent() > 0) return;
  for (auto& [number, one] : exchanges_)
    if (one.owes_more && core_->unsent(number) == 0) {
      one.owes_more = false;
      send(one.actor, messages::more_octets{one.asked.trace});
    }
}

void http_connection::perform(http::send& what) {
  written_ += what.bytes.size();
  wire().write(what.bytes);
}

void http_connection::perform(http::request& what) {
  const auto& head = what.head;
  const char* protocol = head.version == http::version::http_2     ? "HTTP/2"
                         : head.version == http::version::http_1_1 ? "HTTP/1.1"
                                                                   : "HTTP/1.0";
  messages::http_request asked{
      runtime::new_trace(on().random()), head.method, head.target, head.host, {}, {}, wire().peer().ip,
      options_.tls.has_value(),          protocol};
  if (!options_.site || options_.pages->has(head.target)) return show(what.number, asked, head);
  for (const auto& one : head.fields) asked.header.push_back({one.name, one.value});
  const auto one = exchanges_.emplace(what.number, exchange()).first;
  one->second.asked = std::move(asked);
  if (std::holds_alternative<http::no_body>(head.body)) return ask_site(one);
  const auto* sized = std::get_if<http::sized_body>(&head.body);
  if (sized != nullptr && sized->bytes > body_bytes_max) return respond(one, 413, body_too_large);
  core_->want_body(what.number);
  if (exchanges_.size() == 1) watch_silence();
}

// What is whole in memory takes no body: one that comes is answered without it.
void http_connection::show(http::exchange_number number, const messages::http_request& asked,
                           const http::request_head& head) {
  auto answer = options_.pages->answer(head);
  log(access_line(asked, {answer.head.status, answer.body.size(), answer.plain_bytes}));
  answer.head.fields.push_back({"Date", http::http_date(on().clock().wall())});
  core_->respond(number, answer.head, answer.body.size());
  core_->send_lasting_body(number, answer.body);
  core_->end_body(number);
  answer_ended();
}

void http_connection::perform(http::body_octets& what) {
  const auto one = exchanges_.find(what.number);
  if (core_->is_closed() || one == exchanges_.end()) return;
  auto& body = one->second.asked.body;
  if (body.size() + what.octets.size() > body_bytes_max) return respond(one, 413, body_too_large);
  if (body_bytes_ + what.octets.size() > bodies_bytes_max)
    return respond(one, 503, "Too much is sent at once; try again later\n");
  body += what.octets;
  body_bytes_ += what.octets.size();
  one->second.body_bytes += what.octets.size();
  if (what.is_last) ask_site(one);
}

void http_connection::perform(http::cancelled& what) {
  const auto one = exchanges_.find(what.number);
  if (one == exchanges_.end()) return;
  note_unanswered(one->second);
  forget(one);
}

void http_connection::ask_site(entry one) {
  if (core_->unsent() > answers_bytes_max) return respond(one, 503, answers_wait);
  auto& [number, what] = *one;
  what.actor = on().spawn<http_exchange>(options_.site);
  monitor(what.actor);
  messages::http_request asked = what.asked;
  what.asked.body = std::string();
  what.asked.header = std::vector<messages::http_field>();
  ask(what.actor, answer_deadline, std::move(asked))
      .then([this, number = number](messages::http_answer& m) { answered(number, std::move(m)); },
            [this, number = number](caf::error& why) {
              const auto found = exchanges_.find(number);
              if (found == exchanges_.end()) return;
              log(runtime::log_line(runtime::log_level::warning, "no_answer")
                      .with("target", found->second.asked.target)
                      .with("why", runtime::to_failure(why).what));
              respond(found, 503, "No answer at the moment; try again later\n");
              drive();
            });
}

void http_connection::answered(http::exchange_number number, messages::http_answer what) {
  const auto one = exchanges_.find(number);
  if (one == exchanges_.end() || !wire().is_open()) return;
  body_bytes_ -= std::exchange(one->second.body_bytes, 0);
  if (core_->unsent() + what.body.size() > answer_bytes_max) {
    respond(one, 503, answers_wait);
    return drive();
  }
  http::response_head head{what.status, {}};
  for (auto& field : what.header) head.fields.push_back({std::move(field.name), std::move(field.value)});
  head.fields.push_back({"Date", http::http_date(on().clock().wall())});
  const std::optional<std::uint64_t> length = what.body.size();
  core_->respond(number, head, what.is_streamed ? what.streamed_bytes : length);
  if (what.is_streamed && one->second.asked.method != "HEAD") {
    one->second.is_streaming = true;
    if (is_draining_) {
      core_->fail_body(number);
      forget(one);
    }
  } else {
    core_->send_body(number, what.body);
    core_->end_body(number);
    forget(one);
    answer_ended();
  }
  drive();
}

void http_connection::respond(entry one, std::uint16_t status, std::string text) {
  const auto number = one->first;
  if (status >= 500) text += "(id " + request_id(one->second.asked.trace) + ")\n";
  log(access_line(one->second.asked, {status, text.size(), text.size()}));
  http::response_head head{status, http::safe_fields()};
  head.fields.push_back({"Content-Type", "text/plain; charset=utf-8"});
  head.fields.push_back({"Date", http::http_date(on().clock().wall())});
  core_->respond(number, head, text.size());
  core_->send_body(number, text);
  core_->end_body(number);
  forget(one);
  answer_ended();
}

// Who is late with another request has no more time for this.
void http_connection::answer_ended() {
  if (core_->whose_turn() != http::turn::client) watch_silence();
}

void http_connection::take(const messages::stream_octets& m) {
  const auto one = exchange_of(caf::actor_cast<caf::actor_addr>(current_sender()));
  if (one == exchanges_.end() || !one->second.is_streaming) return;
  const auto number = one->first;
  if (m.is_failed) {
    core_->fail_body(number);
    forget(one);
  } else {
    core_->send_body(number, m.octets);
    one->second.owes_more = !m.is_last;
    if (m.is_last) {
      core_->end_body(number);
      forget(one);
      answer_ended();
    }
  }
  drive();
}

// Streams have no end of their own.
void http_connection::drain(const messages::drain& how) {
  if (how.now) return quit();
  is_draining_ = true;
  for (auto one = exchanges_.begin(); one != exchanges_.end();) {
    const auto next = std::next(one);
    if (one->second.is_streaming) {
      core_->fail_body(one->first);
      forget(one);
    }
    one = next;
  }
  core_->drain();
  drive();
}

void http_connection::forget(entry one) {
  if (auto& actor = one->second.actor) {
    demonitor(actor.address());
    send_exit(actor, caf::exit_reason::user_shutdown);
  }
  body_bytes_ -= one->second.body_bytes;
  exchanges_.erase(one);
}

http_connection::entry http_connection::exchange_of(const caf::actor_addr& actor) {
  return std::find_if(exchanges_.begin(), exchanges_.end(),
                      [&](const auto& one) { return one.second.actor && one.second.actor == actor; });
}

void http_connection::perform(http::refused& what) {
  log(runtime::log_line(runtime::log_level::info, "refused")
          .with("peer", wire().peer().ip)
          .with("status", what.why.status)
          .with("why", what.why.why));
}

void http_connection::perform(http::close&) {
  while (!exchanges_.empty()) forget(exchanges_.begin());
  wire().end();
}

}  // namespace stagecoach::edge

#include "actors/edge/http_connection.hpp"

#include "actors/runtime/stage.hpp"

namespace stagecoach::edge {

using namespace std::chrono_literals;

namespace {

constexpr auto request_time = 10s;                 // for a head, and again for a body (security.md WB08)
constexpr auto idle_time = 60s;                    // between two requests
constexpr std::size_t unsent_max = 64 * 1024;      // answers that the client has not read; then we read no more
constexpr std::size_t read_bytes_max = 16 * 1024;  // at once

}  // namespace

http_connection::http_connection(caf::actor_config& cfg, runtime::stage& on, runtime::io_unit& unit,
                                 runtime::connected_socket from, http_options options)
    : connection(cfg, on, unit, "http_connection", std::move(from)), options_(std::move(options)) {
  wire().read_at_most(read_bytes_max);
}

http_connection::behavior_type http_connection::make_talk() {
  return {[this](const messages::drain& how) {
    if (how.now) return quit();
    core_.drain();
    drive();
  }};
}

void http_connection::begin() {
  watch_silence();
  if (options_.tls) wire().start_tls(*options_.tls, runtime::client_certificate::unwanted);
}

void http_connection::received(std::string_view bytes) {
  core_.received(bytes);
  drive();
}

void http_connection::drained() {
  stall_.cancel();
  read_or_pause();
}

void http_connection::peer_ended() {
  drive();
  wire().end();
}

void http_connection::drive() {
  while (wire().is_open()) {
    auto output = core_.next();
    if (!output) break;
    std::visit([this](auto& one) { perform(one); }, *output);
  }
  if (!wire().is_open()) return;
  if (is_waiting_ != core_.is_idle()) watch_silence();
  read_or_pause();
}

void http_connection::read_or_pause() {
  if (core_.wants_input() && wire().unsent() < unsent_max) {
    wire().resume();
  } else {
    wire().pause();
  }
  if (wire().unsent() > 0) stall_ = remind(options_.stall, [this] { quit(); });
}

void http_connection::watch_silence() {
  is_waiting_ = core_.is_idle();
  silence_ = remind(is_waiting_ ? idle_time : request_time, [this] {
    core_.timed_out();
    drive();
  });
}

void http_connection::perform(http::send& what) { wire().write(what.bytes); }

// No page takes a body: one that comes is answered without it.
void http_connection::perform(http::request& what) {
  auto answer = options_.site->answer(what.head);
  log(runtime::log_line(runtime::log_level::info, "http")
          .with("peer", wire().peer().ip)
          .with("method", what.head.method)
          .with("target", what.head.target)
          .with("status", answer.head.status)
          .with("size", answer.body.size()));
  answer.head.fields.push_back({"Date", http::http_date(on().clock().wall())});
  core_.respond(answer.head, answer.body.size());
  core_.send_body(answer.body);
  core_.end_body();
  watch_silence();
}

void http_connection::perform(http::body_octets&) {}

void http_connection::perform(http::refused& what) {
  log(runtime::log_line(runtime::log_level::info, "refused")
          .with("peer", wire().peer().ip)
          .with("status", what.why.status)
          .with("why", what.why.why));
}

void http_connection::perform(http::close&) { wire().end(); }

}  // namespace stagecoach::edge

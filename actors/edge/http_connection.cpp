#include "actors/edge/http_connection.hpp"

#include "actors/runtime/stage.hpp"

namespace stagecoach::edge {

using namespace std::chrono_literals;

namespace {

constexpr auto request_time = 10s;                  // for a head, and again for a body (security.md WB08)
constexpr auto idle_time = 60s;                     // between two requests
constexpr std::size_t unsent_max = 64 * 1024;       // answers that the client has not read; then we read no more
constexpr auto answer_deadline = 70s;               // a little more than the site's own
constexpr std::size_t body_bytes_max = 256 * 1024;  // of a request to the site
constexpr const char* body_too_large = "The body is larger than 256 KiB\n";
constexpr std::size_t read_bytes_max = 16 * 1024;  // at once

}  // namespace

http_connection::http_connection(caf::actor_config& cfg, runtime::stage& on, runtime::io_unit& unit,
                                 runtime::connected_socket from, http_options options)
    : connection(cfg, on, unit, "http_connection", std::move(from)), options_(std::move(options)) {
  wire().read_at_most(read_bytes_max);
  set_down_handler([this](const caf::down_msg& down) {
    if (!source_ || down.source != source_) return;
    if (is_streaming_) return quit();
    // Its answer's head is still to come: it may have sent all that there is.
    if (!early_ || !early_->is_last) early_ = messages::stream_octets{{}, {}, true, true};
  });
}

http_connection::behavior_type http_connection::make_talk() {
  return {
      [this](const messages::stream_octets& m) { take(m); },
      [this](const messages::drain& how) {
        if (how.now || is_streaming_) return quit();
        core_.drain();
        drive();
      },
  };
}

void http_connection::on_exit() {
  options_.site = runtime::handle_of<messages::site_talk>();
  source_ = source_handle();
  connection::on_exit();
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
  if (std::exchange(owes_more_, false) && source_) send(source_, messages::more_octets{asked_.trace});
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
  if (is_asking_) {
    silence_ = reminder();
    return;
  }
  is_waiting_ = core_.is_idle();
  silence_ = remind(is_waiting_ ? idle_time : request_time, [this] {
    core_.timed_out();
    drive();
  });
}

void http_connection::perform(http::send& what) { wire().write(what.bytes); }

void http_connection::perform(http::request& what) {
  const auto& head = what.head;
  asked_ = {runtime::new_trace(on().random()), head.method, head.target, head.host, {}, {}, wire().peer().ip,
            options_.tls.has_value()};
  if (!options_.site || options_.pages->has(head.target)) return show(head);
  for (const auto& one : head.fields) asked_.header.push_back({one.name, one.value});
  if (std::holds_alternative<http::no_body>(head.body)) return ask_site();
  const auto* sized = std::get_if<http::sized_body>(&head.body);
  if (sized != nullptr && sized->bytes > body_bytes_max) return respond(413, body_too_large);
  core_.want_body();
}

// What is whole in memory takes no body: one that comes is answered without it.
void http_connection::show(const http::request_head& asked) {
  auto answer = options_.pages->answer(asked);
  log_answer(answer.head.status, answer.body.size(), answer.plain_bytes);
  answer.head.fields.push_back({"Date", http::http_date(on().clock().wall())});
  core_.respond(answer.head, answer.body.size());
  core_.send_body(answer.body);
  core_.end_body();
  watch_silence();
}

void http_connection::perform(http::body_octets& what) {
  if (core_.is_closed()) return;
  if (asked_.body.size() + what.octets.size() > body_bytes_max) return respond(413, body_too_large);
  asked_.body += what.octets;
  if (what.is_last) ask_site();
}

void http_connection::ask_site() {
  is_asking_ = true;
  watch_silence();
  ask(options_.site, answer_deadline, asked_)
      .then([this](messages::http_answer& m) { answered(std::move(m)); },
            [this](caf::error& why) {
              log(runtime::log_line(runtime::log_level::warning, "no_answer")
                      .with("target", asked_.target)
                      .with("why", runtime::to_failure(why).what));
              forget_source();
              respond(503, "No answer at the moment; try again later\n");
              drive();
            });
}

void http_connection::answered(messages::http_answer what) {
  if (!wire().is_open() || core_.is_closed()) return;
  http::response_head head{what.status, {}};
  for (auto& one : what.header) head.fields.push_back({std::move(one.name), std::move(one.value)});
  head.fields.push_back({"Date", http::http_date(on().clock().wall())});
  log_answer(what.status, what.body.size(), what.body.size());
  if (what.is_streamed && asked_.method != "HEAD") {
    is_streaming_ = true;
    core_.respond(head, std::nullopt);
    if (early_) pass_on(*std::exchange(early_, std::nullopt));
  } else {
    const std::optional<std::uint64_t> length = what.body.size();
    core_.respond(head, what.is_streamed ? std::nullopt : length);
    core_.send_body(what.body);
    core_.end_body();
    forget_source();
  }
  drive();
  watch_silence();
}

void http_connection::respond(std::uint16_t status, std::string text) {
  log_answer(status, text.size(), text.size());
  http::response_head head{status, http::safe_fields()};
  head.fields.push_back({"Content-Type", "text/plain; charset=utf-8"});
  head.fields.push_back({"Date", http::http_date(on().clock().wall())});
  core_.respond(head, text.size());
  core_.send_body(text);
  core_.end_body();
  watch_silence();
}

void http_connection::take(const messages::stream_octets& m) {
  if (!is_asking_ || (source_ && source_ != current_sender())) return;
  if (!source_) {
    source_ = sender_speaking<messages::octet_source_talk>();
    monitor(source_);
  }
  if (is_streaming_)
    pass_on(m);
  else
    early_ = m;
}

// What fails leaves its answer without an end, which is how the client hears of it.
void http_connection::pass_on(const messages::stream_octets& m) {
  if (m.is_failed) return quit();
  core_.send_body(m.octets);
  owes_more_ = !m.is_last;
  if (m.is_last) {
    forget_source();
    core_.end_body();
  }
  drive();
  if (m.is_last) watch_silence();
  if (wire().is_open() && wire().unsent() == 0 && std::exchange(owes_more_, false))
    send(source_, messages::more_octets{asked_.trace});
}

// The answer needs none any more: it ends with us.
void http_connection::forget_source() {
  is_asking_ = is_streaming_ = false;
  early_.reset();
  if (!source_) return;
  demonitor(source_.address());
  source_ = source_handle();
}

void http_connection::log_answer(std::uint16_t status, std::uint64_t bytes, std::uint64_t plain_bytes) {
  log(runtime::log_line(runtime::log_level::info, "http")
          .with(asked_.trace)
          .with("peer", wire().peer().ip)
          .with("method", asked_.method)
          .with("target", asked_.target.substr(0, asked_.target.find('?')))
          .with("status", status)
          .with("size", bytes)
          .with("uncompressedsize", plain_bytes));
}

void http_connection::perform(http::refused& what) {
  log(runtime::log_line(runtime::log_level::info, "refused")
          .with("peer", wire().peer().ip)
          .with("status", what.why.status)
          .with("why", what.why.why));
}

void http_connection::perform(http::close&) { wire().end(); }

}  // namespace stagecoach::edge

#include "actors/edge/http_exchange.hpp"

#include "actors/runtime/stage.hpp"

namespace stagecoach::edge {

using namespace std::chrono_literals;

namespace {
constexpr auto answer_deadline = 70s;  // a little more than the site's own
}

runtime::log_line access_line(const messages::http_request& asked, const answer_size& what) {
  runtime::log_line line(runtime::log_level::info, "http");
  line.with(asked.trace)
      .with("peer", asked.remote_ip)
      .with("protocol", asked.protocol)
      .with("method", asked.method)
      .with("target", asked.target.substr(0, asked.target.find('?')))
      .with("status", what.status)
      .with("size", what.bytes)
      .with("uncompressedsize", what.plain_bytes);
  return line;
}

http_exchange::http_exchange(caf::actor_config& cfg, runtime::stage& on, runtime::handle_of<messages::site_talk> site)
    : watched(cfg, on, "http_exchange", ""), site_(std::move(site)) {
  set_down_handler([this](const caf::down_msg& down) {
    if (connection_ && down.source == connection_) return quit();
    if (!source_ || down.source != source_) return;
    const messages::stream_octets broken{asked_.trace, {}, true, true};
    if (is_streaming_) return pass_on(broken);
    // Its answer's head is still to come: it may have sent all that there is.
    if (!early_ || !early_->is_last) early_ = broken;
  });
}

void http_exchange::on_exit() {
  if (is_streaming_) log(access_line(asked_, size_));
  site_ = runtime::handle_of<messages::site_talk>();
  source_ = source_handle();
  connection_ = sink_handle();
}

http_exchange::behavior_type http_exchange::make_behavior() {
  return {
      [this](const messages::http_request& asked) { return serve(asked); },
      [this](const messages::stream_octets& m) { take(m); },
      [this](const messages::more_octets& m) {
        if (source_) send(source_, m);
      },
  };
}

runtime::reply<messages::http_answer> http_exchange::serve(const messages::http_request& asked) {
  tracing(asked.trace);
  connection_ = sender_speaking<messages::octet_sink_talk>();
  monitor(connection_);
  asked_ = asked;
  asked_.body = {};
  auto to = make_response_promise<messages::http_answer>();
  ask(site_, answer_deadline, asked)
      .then([this, to](messages::http_answer& m) { answered(std::move(m), to); },
            [this, to](caf::error& why) mutable {
              to.deliver(std::move(why));
              quit();
            });
  return to;
}

void http_exchange::answered(messages::http_answer what, promise to) {
  size_ = {what.status, what.body.size(), what.body.size()};
  is_streaming_ = what.is_streamed && asked_.method != "HEAD";
  if (!is_streaming_) log(access_line(asked_, size_));
  to.deliver(std::move(what));
  if (!is_streaming_) return quit();
  if (early_) pass_on(*std::exchange(early_, std::nullopt));
}

void http_exchange::take(const messages::stream_octets& m) {
  if (source_ && source_ != current_sender()) return;
  if (!source_) {
    source_ = sender_speaking<messages::octet_source_talk>();
    monitor(source_);
  }
  if (is_streaming_)
    pass_on(m);
  else
    early_ = m;
}

void http_exchange::pass_on(const messages::stream_octets& m) {
  size_.plain_bytes += m.octets.size();
  size_.bytes += m.octets.size();
  send(connection_, m);
  if (m.is_last || m.is_failed) quit();
}

}  // namespace stagecoach::edge

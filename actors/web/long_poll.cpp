#include "actors/web/long_poll.hpp"

#include <utility>

#include "actors/runtime/stage.hpp"

namespace stagecoach::web {

using namespace std::chrono_literals;

namespace {
constexpr auto unpolled_max = 60s;  // a page that wants more comes sooner
// The stream says something every 25 s, if only that it is there: no poll waits longer.
constexpr auto answer_deadline = 60s;
}  // namespace

long_poll::long_poll(caf::actor_config& cfg, runtime::stage& on, std::string owner)
    : watched(cfg, on, "long_poll", std::move(owner)) {
  set_down_handler([this](const caf::down_msg&) {
    if (waiting_) waiting_->deliver(runtime::to_error({fault_code::not_found, "the stream has ended"}));
    quit();
  });
}

void long_poll::on_exit() {
  source_ = source_handle();
  waiting_.reset();
}

long_poll::behavior_type long_poll::make_behavior() {
  wait_for_polls();
  return {
      [this](const messages::stream_octets& m) { take(m); },
      [this](const messages::poll_events& m) { return give(m); },
      [this](const messages::end_session&) { session_ended(); },
  };
}

runtime::reply<messages::events_polled> long_poll::give(const messages::poll_events& asked) {
  tracing(asked.trace);
  wait_for_polls();
  // The page has given up on it, or what is between has.
  if (waiting_) std::exchange(waiting_, std::nullopt)->deliver(messages::events_polled());
  if (given_ && asked.after + 1 == count_) return messages::events_polled{*given_};
  if (asked.after != count_) return runtime::to_error({fault_code::not_found, "the stream is at another place"});
  if (given_) {
    given_.reset();
    send(source_, messages::more_octets{asked.trace});
  }
  waiting_ = make_response_promise<messages::events_polled>();
  return *waiting_;
}

void long_poll::take(const messages::stream_octets& m) {
  if (!source_) {
    source_ = sender_speaking<messages::octet_source_talk>();
    monitor(source_);
  }
  if (m.octets.empty() && !m.is_last && !m.is_failed) return;  // who it is
  given_ = m.octets;
  ++count_;
  if (!waiting_) return;
  wait_for_polls();
  std::exchange(waiting_, std::nullopt)->deliver(messages::events_polled{m.octets});
}

// Who waits hears the stream's last word; who comes later has to sign in.
void long_poll::session_ended() {
  if (!waiting_) quit();
}

void long_poll::wait_for_polls() {
  unpolled_ = remind(unpolled_max, [this] { quit(); });
}

poll_answer::poll_answer(caf::actor_config& cfg, runtime::stage& on, long_poll_handle from, messages::poll_events asked,
                         runtime::handle_of<messages::octet_sink_talk> to)
    : watched(cfg, on, "poll_answer", ""), from_(std::move(from)), asked_(std::move(asked)), to_(std::move(to)) {
  tracing(asked_.trace);
  monitor(to_);
  set_down_handler([this](const caf::down_msg&) { quit(); });
}

void poll_answer::on_exit() {
  from_ = long_poll_handle();
  to_ = runtime::handle_of<messages::octet_sink_talk>();
}

poll_answer::behavior_type poll_answer::make_behavior() {
  send(to_, messages::source_of(asked_.trace));
  const auto end = [this](std::string octets, bool is_failed) {
    send(to_, messages::stream_octets{asked_.trace, std::move(octets), true, is_failed});
    quit();
  };
  ask(from_, answer_deadline, asked_)
      .then([end](const messages::events_polled& m) { end(m.octets, false); },
            [end](const caf::error&) { end({}, true); });
  return {[](const messages::more_octets&) {}};
}

}  // namespace stagecoach::web

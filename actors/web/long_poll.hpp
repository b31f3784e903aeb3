// What a page gets its events by behind a proxy that holds streams back: an event stream whose octets are collected,
// and given to one poll after the other. It takes no more from the stream before a poll says that it has what was given
// before, so it costs what a slow reader of the stream does, and an answer that is lost on its way takes nothing along.
// `/events?poll=` begins, `/events?poll=STREAM&after=3` goes on after the third answer with events.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "actors/runtime/watched.hpp"
#include "messages/web.hpp"

namespace stagecoach::web {

struct event_collector_talk : runtime::joined<messages::octet_sink_talk, messages::long_poll_talk> {};
using long_poll_handle = runtime::handle_of<messages::long_poll_talk>;

// Ends when its stream does, and when nobody has polled for a while; the stream then ends, too.
class long_poll final : public runtime::watched<runtime::handle_of<event_collector_talk>> {
 public:
  long_poll(caf::actor_config& cfg, runtime::stage& on, std::string owner);
  void on_exit() override;

 private:
  using source_handle = runtime::handle_of<messages::octet_source_talk>;

  behavior_type make_behavior() override;
  runtime::reply<messages::events_polled> give(const messages::poll_events& asked);
  void take(const messages::stream_octets& m);
  void session_ended();
  void wait_for_polls();

  source_handle source_;  // none: it has not said anything yet
  std::optional<runtime::promise<messages::events_polled>> waiting_;
  std::optional<std::string> given_;  // and perhaps not taken
  std::uint32_t count_ = 0;           // of all that was given
  reminder unpolled_;
};

// The answer to one poll: the source of a streamed answer, which ends when it has something. So whoever polls is known
// to be gone when his connection is, and a connection that has to end does not wait for it.
class poll_answer final : public runtime::watched<runtime::handle_of<messages::octet_source_talk>> {
 public:
  poll_answer(caf::actor_config& cfg, runtime::stage& on, long_poll_handle from, messages::poll_events asked,
              runtime::handle_of<messages::octet_sink_talk> to);
  void on_exit() override;

 private:
  behavior_type make_behavior() override;

  long_poll_handle from_;
  messages::poll_events asked_;
  runtime::handle_of<messages::octet_sink_talk> to_;
};

}  // namespace stagecoach::web

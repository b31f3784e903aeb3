#include "actors/web/content_stream.hpp"

#include <algorithm>

#include "actors/runtime/stage.hpp"

namespace stagecoach::web {

using namespace std::chrono_literals;

namespace {
constexpr auto disk_deadline = 60s;
constexpr std::uint64_t chunk = 64 * 1024;
}  // namespace

content_stream::content_stream(caf::actor_config& cfg, runtime::stage& on, services::blob_readers readers, content what,
                               runtime::handle_of<messages::octet_sink_talk> to)
    : watched(cfg, on, "content_stream", std::to_string(what.message.value)),
      readers_(std::move(readers)),
      what_(std::move(what)),
      decoder_(what_.encoding),
      to_(std::move(to)),
      trace_(runtime::new_trace(on.random())) {
  tracing(trace_);
  monitor(to_);
  set_down_handler([this](const caf::down_msg&) { quit(); });
}

void content_stream::on_exit() {
  readers_ = {};
  to_ = runtime::handle_of<messages::octet_sink_talk>();
}

content_stream::behavior_type content_stream::make_behavior() {
  read();
  return {[this](const messages::more_octets&) { read(); }};
}

void content_stream::read() {
  messages::octet_piece piece{what_.message, what_.offset,
                              static_cast<std::uint32_t>(std::min<std::uint64_t>(chunk, what_.length))};
  what_.offset += piece.length;
  what_.length -= piece.length;
  ask(readers_.of(what_.message.value), disk_deadline,
      messages::read_octets{trace_, what_.account, what_.mailbox, piece, {}})
      .then(
          [this](const messages::octets_read& m) {
            messages::stream_octets next{trace_, {}, what_.length == 0, false};
            decoder_.decode(next.octets, m.octets);
            if (next.is_last) decoder_.finish(next.octets);
            // An encoding may have left nothing of it.
            if (next.octets.empty() && !next.is_last) return read();
            send(to_, std::move(next));
            if (next.is_last) quit();
          },
          [this](caf::error& why) {
            send(to_, messages::stream_octets{trace_, {}, true, true});
            quit(std::move(why));
          });
}

}  // namespace stagecoach::web

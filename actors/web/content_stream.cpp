#include "actors/web/content_stream.hpp"

#include <algorithm>

#include "actors/runtime/stage.hpp"
#include "actors/web/answers.hpp"
#include "protocols/http/range.hpp"

namespace stagecoach::web {

using namespace std::chrono_literals;

namespace {
constexpr auto disk_deadline = 60s;
constexpr std::uint64_t chunk = 64 * 1024;
}  // namespace

void answer_range(const messages::http_request& asked, content& what, messages::http_answer& made) {
  if (what.as_text || !mime::transfer_decoder(what.encoding).is_identity()) return;
  // What is stored never changes.
  const auto tag = '"' + std::to_string(what.message.value) + '-' + std::to_string(what.offset) + '-' +
                   std::to_string(what.length) + '"';
  set_field(made, "ETag", tag);
  set_field(made, "Accept-Ranges", "bytes");
  const auto wanted =
      http::range_of({asked.method, field_of(asked, "range"), field_of(asked, "if-range")}, what.length, tag);
  if (std::holds_alternative<http::no_range>(wanted)) {
    made = refuse(416, "out_of_range", "there is nothing in this range");
    set_field(made, "Content-Range", http::content_range_of_none(what.length));
    return;
  }
  if (const auto* part = std::get_if<http::octet_range>(&wanted)) {
    made.status = 206;
    set_field(made, "Content-Range", http::content_range(*part, what.length));
    what.offset += part->first;
    what.length = part->length;
  }
  made.streamed_bytes = what.length;
}

content_stream::content_stream(caf::actor_config& cfg, runtime::stage& on, services::blob_readers readers, content what,
                               runtime::handle_of<messages::octet_sink_talk> to)
    : watched(cfg, on, "content_stream", std::to_string(what.message.value)),
      readers_(std::move(readers)),
      what_(std::move(what)),
      decoder_(what_.encoding),
      to_(std::move(to)),
      trace_(runtime::new_trace(on.random())) {
  if (what_.as_text) text_.emplace(*what_.as_text);
  tracing(trace_);
  monitor(to_);
  set_down_handler([this](const caf::down_msg&) { quit(); });
}

void content_stream::on_exit() {
  readers_ = {};
  to_ = runtime::handle_of<messages::octet_sink_talk>();
}

content_stream::behavior_type content_stream::make_behavior() {
  send(to_, messages::source_of(trace_));
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
          [this, wanted = piece.length](const messages::octets_read& m) {
            if (m.octets.size() != wanted) {
              send(to_, messages::stream_octets{trace_, {}, true, true});
              return quit();
            }
            messages::stream_octets next{trace_, {}, what_.length == 0, false};
            decode(next.octets, m.octets, next.is_last);
            // An encoding may have left nothing of it.
            if (next.octets.empty() && !next.is_last) return read();
            const bool is_last = next.is_last;
            send(to_, std::move(next));
            if (is_last) quit();
          },
          [this](caf::error& why) {
            send(to_, messages::stream_octets{trace_, {}, true, true});
            quit(std::move(why));
          });
}

void content_stream::decode(std::string& out, std::string_view octets, bool is_last) {
  if (text_) {
    text_->decode(out, octets);
    if (is_last) text_->finish(out);
  } else {
    decoder_.decode(out, octets);
    if (is_last) decoder_.finish(out);
  }
}

}  // namespace stagecoach::web

#include "actors/web/zip_stream.hpp"

#include <algorithm>
#include <chrono>

#include "actors/runtime/stage.hpp"
#include "actors/web/shown.hpp"
#include "protocols/text/slug.hpp"
#include "protocols/zip/member_names.hpp"

namespace stagecoach::web {

using namespace std::chrono_literals;

namespace {

constexpr auto disk_deadline = 60s;
constexpr std::uint64_t chunk = 64 * 1024;
constexpr std::uint64_t small_message_max = std::uint64_t{3} << 30;  // with all that a zip adds it has less than 4 GiB
constexpr std::size_t subject_bytes_max = 60;

std::string padded(std::int64_t number, std::size_t digits) {
  auto text = std::to_string(number);
  return std::string(digits - std::min(digits, text.size()), '0') + text;
}

}  // namespace

zip_content zip_content_of(const messages::message_view& view, const messages::message_structure& structure) {
  zip_content made;
  made.size = view.size > small_message_max ? zip::extent::large : zip::extent::small;
  made.seconds = view.received.value / 1000;
  zip::member_names names;
  for (const auto& one : attachments_of(structure.parts)) {
    const auto& part = structure.parts.parts[one.part];
    const auto wanted = mime::file_name(part).value_or("");
    made.members.push_back({names.add({wanted, part.type + '/' + part.subtype}),
                            structure.prefix_bytes + part.body_offset(), part.body_bytes, part.encoding});
  }
  return made;
}

std::string zip_name_of(const messages::message_view& view, std::string_view subject) {
  const std::chrono::sys_time<std::chrono::milliseconds> moment{std::chrono::milliseconds(view.received.value)};
  const auto midnight = std::chrono::floor<std::chrono::days>(moment);
  const std::chrono::year_month_day day{midnight};
  const std::chrono::hh_mm_ss time{std::chrono::floor<std::chrono::seconds>(moment - midnight)};
  auto name = "email-" + std::to_string(view.message.value) + "-attachments-" +
              padded(static_cast<int>(day.year()), 4) + padded(static_cast<unsigned>(day.month()), 2) +
              padded(static_cast<unsigned>(day.day()), 2) + '-' + padded(time.hours().count(), 2) +
              padded(time.minutes().count(), 2) + padded(time.seconds().count(), 2);
  if (const auto words = slug(subject, subject_bytes_max); !words.empty()) name += '-' + words;
  return name + ".zip";
}

zip_stream::zip_stream(caf::actor_config& cfg, runtime::stage& on, services::blob_readers readers, zip_content what,
                       runtime::handle_of<messages::octet_sink_talk> to)
    : watched(cfg, on, "zip_stream", std::to_string(what.message.value)),
      readers_(std::move(readers)),
      what_(std::move(what)),
      decoder_(""),
      archive_(what_.size, what_.seconds),
      to_(std::move(to)),
      trace_(runtime::new_trace(on.random())) {
  tracing(trace_);
  monitor(to_);
  set_down_handler([this](const caf::down_msg&) { quit(); });
}

void zip_stream::on_exit() {
  readers_ = {};
  to_ = runtime::handle_of<messages::octet_sink_talk>();
}

zip_stream::behavior_type zip_stream::make_behavior() {
  send(to_, messages::source_of(trace_));
  go_on();
  return {[this](const messages::more_octets&) { go_on(); }};
}

// To the next octets that have to be read, or to the end.
void zip_stream::go_on() {
  while (left_ == 0) {
    if (made_.size() >= chunk) return give(false);
    if (begun_ == what_.members.size()) {
      archive_.finish(made_);
      return give(true);
    }
    const auto& next = what_.members[begun_++];
    archive_.begin(made_, next.name);
    decoder_ = mime::transfer_decoder(next.encoding);
    offset_ = next.offset;
    left_ = next.length;
  }
  read();
}

void zip_stream::read() {
  messages::octet_piece piece{what_.message, offset_, static_cast<std::uint32_t>(std::min(chunk, left_))};
  ask(readers_.of(what_.message.value), disk_deadline,
      messages::read_octets{trace_, what_.account, what_.mailbox, piece, {}})
      .then(
          [this, wanted = piece.length](const messages::octets_read& m) {
            if (m.octets.size() == wanted) return take(m.octets);
            fail();
            quit();
          },
          [this](caf::error& why) {
            fail();
            quit(std::move(why));
          });
}

void zip_stream::take(const std::string& octets) {
  offset_ += octets.size();
  left_ -= octets.size();
  std::string decoded;
  decoder_.decode(decoded, octets);
  if (left_ == 0) decoder_.finish(decoded);
  archive_.add(made_, decoded);
  // The packer may keep it all.
  return made_.empty() ? go_on() : give(false);
}

void zip_stream::give(bool is_last) {
  send(to_, messages::stream_octets{trace_, std::exchange(made_, {}), is_last, false});
  if (is_last) quit();
}

void zip_stream::fail() { send(to_, messages::stream_octets{trace_, {}, true, true}); }

}  // namespace stagecoach::web

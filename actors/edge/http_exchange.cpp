#include "actors/edge/http_exchange.hpp"

#include <algorithm>

#include "actors/runtime/stage.hpp"
#include "protocols/base/reader.hpp"
#include "protocols/base/sha256.hpp"

namespace stagecoach::edge {

using namespace std::chrono_literals;

namespace {

constexpr auto answer_deadline = 70s;      // a little more than the site's own
constexpr std::size_t zipped_from = 1024;  // of what is whole: below it the head is most of an answer
constexpr std::size_t request_id_octets = 16;

std::string* field_of(messages::http_answer& answer, std::string_view name) {
  for (auto& one : answer.header)
    if (equal_nocase(one.name, name)) return &one.value;
  return nullptr;
}

// mail-server-behaviour rows 9 to 13: whether it is compressed, and its header then says so. Only what is whole and
// 200: a part is one of what was not.
bool is_zipped(const messages::http_request& asked, messages::http_answer& answer) {
  const auto* type = field_of(answer, "Content-Type");
  if (answer.status != 200 || type == nullptr || !http::is_compressible(*type) ||
      field_of(answer, "Content-Encoding") != nullptr || (!answer.is_streamed && answer.body.size() < zipped_from))
    return false;
  answer.header.push_back({"Vary", "Accept-Encoding"});
  const auto accepted = std::find_if(asked.header.begin(), asked.header.end(),
                                     [](const auto& one) { return one.name == "accept-encoding"; });
  if (accepted == asked.header.end() || !http::accepts_gzip(accepted->value)) return false;
  answer.header.push_back({"Content-Encoding", "gzip"});
  answer.streamed_bytes.reset();
  // RFC 9110 8.8.3.3: a strong tag is of one coding, and ranges are of that with the tag.
  if (auto* tag = field_of(answer, "ETag"); tag != nullptr && !tag->starts_with("W/")) tag->insert(0, "W/");
  std::erase_if(answer.header, [](const auto& one) { return equal_nocase(one.name, "Accept-Ranges"); });
  return true;
}

}  // namespace

std::string request_id(const trace_context& trace) {
  const std::string_view octets(reinterpret_cast<const char*>(trace.trace.data()), trace.trace.size());
  return to_hex(sha256("request " + std::string(octets)).substr(0, request_id_octets));
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
  if (what.status >= 500) line.with("id", request_id(asked.trace));
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
  asked_ = {asked.trace, asked.method,    asked.target, asked.host,    asked.header,
            {},          asked.remote_ip, asked.is_tls, asked.protocol};
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
  size_ = {what.status, 0, what.body.size()};
  is_streaming_ = what.is_streamed && asked_.method != "HEAD";
  if (what.status >= 500) what.header.push_back({"X-Request-Id", request_id(asked_.trace)});
  if (is_zipped(asked_, what)) {
    if (is_streaming_)
      packer_.emplace();
    else if (!what.is_streamed)
      what.body = http::gzip_stream().finish(what.body);
  }
  size_.bytes = what.body.size();
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
  if (m.octets.empty() && !m.is_last && !m.is_failed) return;  // who it is
  if (is_streaming_)
    pass_on(m);
  else
    early_ = m;
}

void http_exchange::pass_on(const messages::stream_octets& m) {
  auto next = m;
  if (packer_ && !m.is_failed) next.octets = m.is_last ? packer_->finish(m.octets) : packer_->add(m.octets);
  size_.plain_bytes += m.octets.size();
  size_.bytes += next.octets.size();
  send(connection_, std::move(next));
  if (m.is_last || m.is_failed) quit();
}

}  // namespace stagecoach::edge

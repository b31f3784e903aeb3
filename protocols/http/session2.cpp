#include "protocols/http/session2.hpp"

#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <cstring>

#include "protocols/base/check.hpp"
#include "protocols/base/reader.hpp"
#include "protocols/http/limits.hpp"

namespace stagecoach::http {

namespace {

constexpr refusal head_too_large{431, "the header is too large"};
constexpr refusal malformed{400, "a malformed HTTP/2 request"};
constexpr refusal too_much{429, "too many frames that only cost"};
constexpr refusal not_http2{400, "not HTTP/2"};
constexpr std::size_t field_overhead = 32;  // RFC 9113 6.5.2

bool has_no_body(std::uint16_t status) { return status == 204 || status == 304; }

std::string_view text_of(const std::uint8_t* from, std::size_t size) {
  return {reinterpret_cast<const char*>(from), size};
}

// nghttp2 copies both.
nghttp2_nv pair_of(std::string_view name, std::string_view value) {
  const auto octets = [](std::string_view text) {
    return const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(text.data()));
  };
  // A secret is not put where the next answer could repeat it (RFC 7541 7.1.3).
  const auto flags = name == "set-cookie" ? NGHTTP2_NV_FLAG_NO_INDEX : NGHTTP2_NV_FLAG_NONE;
  return {octets(name), octets(value), name.size(), value.size(), static_cast<std::uint8_t>(flags)};
}

}  // namespace

// What nghttp2 calls while it reads and writes. There is C in between, so nothing here throws: an allocation that fails
// ends the process, as in the middle of a commit.
struct session2::callbacks {
  static session2& self(void* user) noexcept { return *static_cast<session2*>(user); }
  static stream* of(session2& on, std::int32_t id) {
    const auto found = on.streams_.find(static_cast<std::uint32_t>(id));
    return found == on.streams_.end() ? nullptr : &found->second;
  }

  static int begin_headers(nghttp2_session*, const nghttp2_frame* frame, void* user) noexcept {
    auto& on = self(user);
    if (frame->hd.type != NGHTTP2_HEADERS || frame->headers.cat != NGHTTP2_HCAT_REQUEST) return 0;
    if (on.is_draining_ || on.is_ending_) {
      on.end_stream(static_cast<std::uint32_t>(frame->hd.stream_id), NGHTTP2_REFUSED_STREAM);
      return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    }
    on.streams_.emplace(static_cast<std::uint32_t>(frame->hd.stream_id), stream());
    return 0;
  }

  static int header(nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name, std::size_t name_size,
                    const std::uint8_t* value, std::size_t value_size, std::uint8_t, void* user) noexcept {
    auto& on = self(user);
    const auto id = static_cast<std::uint32_t>(frame->hd.stream_id);
    auto* one = of(on, frame->hd.stream_id);
    if (frame->hd.type != NGHTTP2_HEADERS || one == nullptr) return 0;
    if (frame->headers.cat != NGHTTP2_HCAT_REQUEST) {  // trailers are dropped
      one->trailers += name_size + value_size + field_overhead;
    } else {
      on.take_field(*one, text_of(name, name_size), text_of(value, value_size));
    }
    if (one->trailers <= limits::trailer_bytes_max && one->bytes <= limits::refused_bytes_max) return 0;
    on.nuisance();
    on.end_stream(id, NGHTTP2_ENHANCE_YOUR_CALM);
    return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
  }

  // nghttp2 would only leave it out.
  static int invalid_header(nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t*, std::size_t,
                            const std::uint8_t*, std::size_t, std::uint8_t, void* user) noexcept {
    auto& on = self(user);
    on.put(refused{malformed});
    on.end_stream(static_cast<std::uint32_t>(frame->hd.stream_id), NGHTTP2_PROTOCOL_ERROR);
    return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
  }

  static int invalid_frame(nghttp2_session*, const nghttp2_frame* frame, int, void* user) noexcept {
    auto& on = self(user);
    if (frame->hd.type == NGHTTP2_HEADERS) on.put(refused{malformed});
    on.nuisance();
    return 0;
  }

  static int frame_received(nghttp2_session*, const nghttp2_frame* frame, void* user) noexcept {
    auto& on = self(user);
    const bool is_ack = (frame->hd.flags & NGHTTP2_FLAG_ACK) != 0;
    const bool is_end = (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
    const auto id = static_cast<std::uint32_t>(frame->hd.stream_id);
    auto* one = of(on, frame->hd.stream_id);
    switch (frame->hd.type) {
      case NGHTTP2_RST_STREAM:
        on.nuisance();
        break;
      case NGHTTP2_PING:
      case NGHTTP2_SETTINGS:
        if (!is_ack) on.nuisance();
        break;
      case NGHTTP2_DATA:
        if (is_end && one != nullptr) on.take_end(id, *one);
        if (!is_end && frame->hd.length == 0) on.nuisance();
        break;
      case NGHTTP2_HEADERS:
        if (one == nullptr) break;
        if (frame->headers.cat == NGHTTP2_HCAT_REQUEST) {
          one->parts.is_ended = one->is_whole = is_end;
          on.take_request(id, *one);
        } else if (is_end) {
          on.take_end(id, *one);
        }
        break;
      default:
        break;
    }
    return 0;
  }

  static int data_chunk(nghttp2_session*, std::uint8_t, std::int32_t id, const std::uint8_t* data, std::size_t size,
                        void* user) noexcept {
    auto& on = self(user);
    if (auto* one = of(on, id)) on.take_body(static_cast<std::uint32_t>(id), *one, text_of(data, size));
    return 0;
  }

  static int stream_closed(nghttp2_session*, std::int32_t id, std::uint32_t, void* user) noexcept {
    auto& on = self(user);
    const auto found = on.streams_.find(static_cast<std::uint32_t>(id));
    if (found == on.streams_.end()) return 0;
    if (found->second.is_asked && !found->second.is_ended) on.put(cancelled{exchange_number{found->first}});
    // What nobody took of its body counts against the window of the connection still.
    nghttp2_session_consume_connection(on.frames_.get(), found->second.held.size());
    on.streams_.erase(found);
    return 0;
  }

  static int frame_sent(nghttp2_session*, const nghttp2_frame* frame, void* user) noexcept {
    auto& on = self(user);
    if (frame->hd.type == NGHTTP2_RST_STREAM && frame->rst_stream.error_code != NGHTTP2_NO_ERROR) on.nuisance();
    auto* one = of(on, frame->hd.stream_id);
    if (one == nullptr || (frame->hd.type != NGHTTP2_DATA && frame->hd.type != NGHTTP2_HEADERS)) return 0;
    if ((frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0) {
      one->is_sent = true;
      on.drop(static_cast<std::uint32_t>(frame->hd.stream_id), *one, 0);
    }
    return 0;
  }

  static ssize_t read_answer(nghttp2_session*, std::int32_t id, std::uint8_t* into, std::size_t room,
                             std::uint32_t* flags, nghttp2_data_source*, void* user) noexcept {
    auto* one = of(self(user), id);
    if (one == nullptr) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    if (one->left.empty() && !one->is_ended) {
      one->is_waiting = true;
      return NGHTTP2_ERR_DEFERRED;
    }
    const auto size = std::min(room, one->left.size());
    if (size > 0) std::memcpy(into, one->left.data(), size);
    one->left.remove_prefix(size);
    one->moved += size;
    if (one->left.empty() && one->is_ended) *flags |= NGHTTP2_DATA_FLAG_EOF;
    return static_cast<ssize_t>(size);
  }
};

void session2::session_deleter::operator()(nghttp2_session* one) const { nghttp2_session_del(one); }

session2::session2() {
  nghttp2_session_callbacks* calls = nullptr;
  CHECK(nghttp2_session_callbacks_new(&calls) == 0);
  nghttp2_session_callbacks_set_on_begin_headers_callback(calls, &callbacks::begin_headers);
  nghttp2_session_callbacks_set_on_header_callback(calls, &callbacks::header);
  nghttp2_session_callbacks_set_on_invalid_header_callback(calls, &callbacks::invalid_header);
  nghttp2_session_callbacks_set_on_invalid_frame_recv_callback(calls, &callbacks::invalid_frame);
  nghttp2_session_callbacks_set_on_frame_recv_callback(calls, &callbacks::frame_received);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(calls, &callbacks::data_chunk);
  nghttp2_session_callbacks_set_on_stream_close_callback(calls, &callbacks::stream_closed);
  nghttp2_session_callbacks_set_on_frame_send_callback(calls, &callbacks::frame_sent);
  nghttp2_option* options = nullptr;
  CHECK(nghttp2_option_new(&options) == 0);
  nghttp2_option_set_no_auto_window_update(options, 1);
  nghttp2_option_set_no_closed_streams(options, 1);
  nghttp2_option_set_max_continuations(options, limits::continuations_max);
  nghttp2_session* made = nullptr;
  const int failed = nghttp2_session_server_new2(&made, calls, this, options);
  nghttp2_option_del(options);
  nghttp2_session_callbacks_del(calls);
  CHECK(failed == 0);
  frames_.reset(made);
  const nghttp2_settings_entry settings[] = {
      {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, limits::streams_max},
      {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, static_cast<std::uint32_t>(limits::head_bytes_max)},
      {NGHTTP2_SETTINGS_NO_RFC7540_PRIORITIES, 1}};
  CHECK(nghttp2_submit_settings(made, NGHTTP2_FLAG_NONE, settings, std::size(settings)) == 0);
}

session2::~session2() = default;

// An exchange that was put out and is not over.
const session2::stream* session2::find(exchange_number one) const {
  const auto found = streams_.find(one.value);
  if (is_closed_ || found == streams_.end() || !found->second.is_asked || found->second.is_ended) return nullptr;
  return &found->second;
}

session2::stream* session2::find(exchange_number one) { return const_cast<stream*>(std::as_const(*this).find(one)); }

void session2::received(std::string_view bytes, std::chrono::milliseconds now) {
  now_ = now;
  if (is_closed_ || is_ending_) return;
  const auto taken =
      nghttp2_session_mem_recv(frames_.get(), reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  if (taken >= 0) return;
  const bool is_flood = taken == NGHTTP2_ERR_FLOODED || taken == NGHTTP2_ERR_TOO_MANY_CONTINUATIONS;
  put(refused{is_flood ? too_much : not_http2});
  end_connection(is_flood ? NGHTTP2_ENHANCE_YOUR_CALM : NGHTTP2_PROTOCOL_ERROR);
}

// --- requests ---

void session2::take_field(stream& of, std::string_view name, std::string_view value) {
  of.bytes += name.size() + value.size() + field_overhead;
  auto& parts = of.parts;
  of.is_too_large = of.is_too_large || of.bytes > limits::head_bytes_max || parts.fields.size() > limits::fields_max;
  if (of.is_too_large) return;
  if (name == ":method")
    parts.method = value;
  else if (name == ":scheme")
    parts.scheme = value;
  else if (name == ":path")
    parts.path = value;
  else if (name == ":authority")
    parts.authority = value;
  else
    parts.fields.push_back({std::string(name), std::string(value)});
}

void session2::take_request(std::uint32_t id, stream& of) {
  of.is_head = of.parts.method == "HEAD";
  if (of.is_too_large) return answer(id, of, head_too_large);
  auto read = head_of(std::move(of.parts));
  of.parts = {};
  if (const auto* why = std::get_if<refusal>(&read)) {
    if (why->status != 400) return answer(id, of, *why);
    put(refused{*why});
    return end_stream(id, NGHTTP2_PROTOCOL_ERROR);
  }
  auto& head = std::get<request_head>(read);
  of.is_asked = true;
  of.expects_continue = head.expects_continue;
  put(request{exchange_number{id}, std::move(head)});
}

void session2::take_body(std::uint32_t id, stream& of, std::string_view octets) {
  if (of.is_answered || !of.is_asked) {
    drop(id, of, octets.size());
  } else if (of.is_body_wanted) {
    give_body(id, of, std::string(octets));
  } else {
    of.held += octets;
  }
}

// Of no use any more; others need the connection's window. Some clients take an answer for good only when they have
// sent their request, so a part of it is borne; who has much more hears that it is not wanted (RFC 9113 8.1).
void session2::drop(std::uint32_t id, stream& of, std::size_t size) {
  of.dropped += size;
  (void)nghttp2_session_consume_connection(frames_.get(), size);
  if (of.dropped <= limits::dropped_bytes_max)
    (void)nghttp2_session_consume_stream(frames_.get(), static_cast<std::int32_t>(id), size);
  else if (of.is_sent && !of.is_whole)
    end_stream(id, NGHTTP2_NO_ERROR);
}

void session2::take_end(std::uint32_t id, stream& of) {
  if (std::exchange(of.is_whole, true) || of.is_answered || !of.is_body_wanted) return;
  put(body_octets{exchange_number{id}, {}, true});
}

void session2::give_body(std::uint32_t id, stream& of, std::string octets) {
  (void)nghttp2_session_consume(frames_.get(), static_cast<std::int32_t>(id), octets.size());
  put(body_octets{exchange_number{id}, std::move(octets), false});
  of.was_late = false;
}

void session2::want_body(exchange_number of) {
  auto* one = find(of);
  if (one == nullptr || one->is_answered || std::exchange(one->is_body_wanted, true)) return;
  if (one->expects_continue && one->held.empty() && !one->is_whole) {
    const auto leave = pair_of(":status", "100");
    (void)nghttp2_submit_headers(frames_.get(), NGHTTP2_FLAG_NONE, static_cast<std::int32_t>(of.value), nullptr, &leave,
                                 1, nullptr);
  }
  if (!one->held.empty()) give_body(of.value, *one, std::exchange(one->held, {}));
  if (one->is_whole) put(body_octets{of, {}, true});
}

// --- answers ---

void session2::answer(std::uint32_t id, stream& of, const refusal& why) {
  put(refused{why});
  const std::string text =
      std::to_string(why.status) + ' ' + std::string(reason_of(why.status)) + ": " + std::string(why.why) + "\n";
  begin_answer(id, of, {why.status, {{"Content-Type", "text/plain; charset=utf-8"}}}, text.size());
  of.own = text;
  of.left = of.is_bodiless ? std::string_view() : of.own;
  of.is_ended = true;
}

void session2::respond(exchange_number to, const response_head& head, std::optional<std::uint64_t> length) {
  auto* one = find(to);
  if (one == nullptr) return;
  CHECK(!one->is_answered && head.status >= 200);
  drop(to.value, *one, std::exchange(one->held, {}).size());
  begin_answer(to.value, *one, head, length);
}

void session2::begin_answer(std::uint32_t id, stream& to, const response_head& head,
                            std::optional<std::uint64_t> length) {
  std::vector<std::string> texts;  // RFC 9113 8.2.1: names are lower-case
  texts.reserve(head.fields.size() + 2);
  std::vector<nghttp2_nv> pairs;
  texts.push_back(std::to_string(head.status));
  pairs.push_back(pair_of(":status", texts.back()));
  for (const auto& one : head.fields) {
    CHECK(is_token(one.name) && is_field_value(one.value));
    texts.push_back(ascii_lower(one.name));
    pairs.push_back(pair_of(texts.back(), one.value));
  }
  if (length && !has_no_body(head.status)) {
    texts.push_back(std::to_string(*length));
    pairs.push_back(pair_of("content-length", texts.back()));
  }
  to.is_answered = true;
  to.is_bodiless = to.is_head || has_no_body(head.status);
  nghttp2_data_provider body{};
  body.read_callback = &callbacks::read_answer;
  (void)nghttp2_submit_response(frames_.get(), static_cast<std::int32_t>(id), pairs.data(), pairs.size(),
                                to.is_bodiless || length == 0 ? nullptr : &body);
}

void session2::send_body(exchange_number of, std::string_view octets) {
  auto* one = find(of);
  if (one == nullptr || one->is_bodiless || octets.empty()) return;
  CHECK(one->is_answered);
  one->own.erase(0, one->own.size() - one->left.size());
  one->own += octets;
  one->left = one->own;
  go_on(of.value, *one);
}

void session2::send_lasting_body(exchange_number of, std::string_view octets) {
  auto* one = find(of);
  if (one == nullptr || one->is_bodiless) return;
  CHECK(one->is_answered && one->left.empty() && one->own.empty());
  one->left = octets;
  go_on(of.value, *one);
}

void session2::end_body(exchange_number of) {
  auto* one = find(of);
  if (one == nullptr) return;
  CHECK(one->is_answered);
  one->is_ended = true;
  go_on(of.value, *one);
}

void session2::fail_body(exchange_number of) {
  auto* one = find(of);
  if (one == nullptr) return;
  one->is_asked = false;
  end_stream(of.value, NGHTTP2_INTERNAL_ERROR);
}

void session2::go_on(std::uint32_t id, stream& of) {
  if (std::exchange(of.is_waiting, false))
    (void)nghttp2_session_resume_data(frames_.get(), static_cast<std::int32_t>(id));
}

// --- the end of one, and of all ---

// on_stream_close comes when the frame is out.
void session2::end_stream(std::uint32_t id, std::uint32_t code) {
  (void)nghttp2_submit_rst_stream(frames_.get(), NGHTTP2_FLAG_NONE, static_cast<std::int32_t>(id), code);
}

void session2::end_connection(std::uint32_t code) {
  if (std::exchange(is_ending_, true)) return;
  (void)nghttp2_session_terminate_session(frames_.get(), code);
}

// What costs us more than the client, too often: cancelled requests (CVE-2023-44487), pings, settings, empty frames
// (CVE-2019-9512, 9515, 9518), malformed requests. Priorities and unknown frames are only read over.
void session2::nuisance() {
  if (now_ - nuisances_since_ >= limits::nuisance_time) {
    nuisances_since_ = now_;
    nuisances_ = 0;
  }
  if (++nuisances_ <= limits::nuisances_max || is_ending_) return;
  put(refused{too_much});
  end_connection(NGHTTP2_ENHANCE_YOUR_CALM);
}

void session2::drain() {
  if (is_closed_ || is_ending_ || std::exchange(is_draining_, true)) return;
  (void)nghttp2_submit_goaway(frames_.get(), NGHTTP2_FLAG_NONE, nghttp2_session_get_last_proc_stream_id(frames_.get()),
                              NGHTTP2_NO_ERROR, nullptr, 0);
}

void session2::timed_out() {
  if (is_closed_) return;
  if (streams_.empty()) return end_connection(NGHTTP2_NO_ERROR);
  for (auto& [id, one] : streams_) {
    if (!is_clients_turn(one) || !std::exchange(one.was_late, true)) continue;
    // Within a header nothing else can be read.
    if (!one.is_asked && !one.is_answered) return end_connection(NGHTTP2_NO_ERROR);
    if (!one.is_sent) put(refused{{408, "the request did not come in time"}});
    end_stream(id, one.is_sent ? NGHTTP2_NO_ERROR : NGHTTP2_CANCEL);
  }
}

// Only what the client has no window for: what waits for other streams, or for the socket, is not its fault.
void session2::stalled() {
  const bool is_connection_shut = nghttp2_session_get_remote_window_size(frames_.get()) <= 0;
  for (auto& [id, one] : streams_) {
    const auto moved = std::exchange(one.moved, 0);
    if (one.left.empty() || moved >= limits::moved_min) continue;
    const auto stream_id = static_cast<std::int32_t>(id);
    if (is_connection_shut || nghttp2_session_get_stream_remote_window_size(frames_.get(), stream_id) <= 0)
      end_stream(id, NGHTTP2_CANCEL);
  }
}

std::size_t session2::unsent() const {
  std::size_t octets = 0;
  for (const auto& [id, one] : streams_) octets += one.own.size();
  return octets;
}

std::optional<output> session2::next() {
  if (outputs_.is_empty() && !is_closed_) {
    send what;
    const std::uint8_t* data = nullptr;
    while (what.bytes.size() < limits::sent_at_once) {
      const auto size = nghttp2_session_mem_send(frames_.get(), &data);
      if (size < 0) {
        is_closed_ = true;
        return close{};
      }
      if (size == 0) break;
      what.bytes.append(text_of(data, static_cast<std::size_t>(size)));
    }
    if (!what.bytes.empty()) return what;
    const bool is_over =
        nghttp2_session_want_read(frames_.get()) == 0 && nghttp2_session_want_write(frames_.get()) == 0;
    if (outputs_.is_empty() && (is_over || is_ending_ || (is_draining_ && streams_.empty()))) {
      is_closed_ = true;
      return close{};
    }
  }
  return outputs_.next();
}

turn session2::whose_turn() const {
  if (is_closed_ || streams_.empty()) return turn::nobody;
  return std::any_of(streams_.begin(), streams_.end(), [](const auto& one) { return is_clients_turn(one.second); })
             ? turn::client
             : turn::server;
}

std::size_t session2::unsent(exchange_number of) const {
  const auto found = streams_.find(of.value);
  return found == streams_.end() ? 0 : found->second.left.size();
}

bool session2::is_stuck() const {
  return !is_closed_ &&
         std::any_of(streams_.begin(), streams_.end(), [](const auto& one) { return !one.second.left.empty(); });
}

}  // namespace stagecoach::http

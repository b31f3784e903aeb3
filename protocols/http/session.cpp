#include "protocols/http/session.hpp"

#include <charconv>

#include "protocols/base/check.hpp"
#include "protocols/http/limits.hpp"

namespace stagecoach::http {

namespace {

constexpr refusal bad_octet{400, "a line that does not end in CRLF, or holds CR, LF or NUL"};
constexpr refusal not_http{400, "this is HTTP"};
constexpr refusal head_too_large{431, "the header is too large"};
constexpr refusal too_slow{408, "the request did not come in time"};

bool has_no_body(std::uint16_t status) { return status < 200 || status == 204 || status == 304; }

std::string chunk_head(std::size_t size) {
  char text[16];
  const auto [end, error] = std::to_chars(text, text + sizeof text, size, 16);
  return std::string(text, end) + "\r\n";
}

}  // namespace

void session::received(std::string_view bytes) {
  if (is_closed()) return;
  buffer_ += bytes;
  advance();
}

void session::advance() {
  for (;;) {
    if (is_closed()) return;
    if (body_) {
      if (!is_body_wanted_) return;
      take_body();
      if (body_ || is_closed()) return;
    }
    if (answer_ != answer::none) return;
    if (is_last_) {
      finish();
      return;
    }
    if (!take_head()) return;
  }
}

// No lone CR or LF and no NUL, seen as soon as it comes: who ends lines otherwise would wait for an answer for ever.
std::optional<refusal> session::look_at_new_octets(std::string_view head) const {
  for (std::size_t at = scanned_ > 0 ? scanned_ - 1 : 0; at < head.size(); ++at) {
    const char c = head[at];
    if (c == '\0') return bad_octet;
    if (c == '\n' && (at == 0 || head[at - 1] != '\r')) return bad_octet;
    if (c == '\r' && at + 1 < head.size() && head[at + 1] != '\n') return bad_octet;
    if (c == '\n' && at >= 3 && head.substr(at - 3, 4) == "\r\n\r\n") return std::nullopt;
  }
  return std::nullopt;
}

// In the order in which its octets come, so that the answer does not depend on how they were cut.
std::optional<refusal> session::look_at_head(std::string_view head) {
  if (!is_token(head.substr(0, 1))) return not_http;
  if (!is_line_good_) {
    const auto end = head.find("\r\n", scanned_ > 0 ? scanned_ - 1 : 0);
    if (end != std::string_view::npos) {
      if (auto wrong = refusal_of_request_line(head.substr(0, end))) return wrong;
      is_line_good_ = true;
    }
  }
  return look_at_new_octets(head);
}

// Whether a request came.
bool session::take_head() {
  // RFC 9112 2.2: an empty line before the request is passed over; one is enough.
  if (!is_empty_line_over_ && buffer_.starts_with("\r\n")) {
    buffer_.erase(0, 2);
    is_empty_line_over_ = true;
  }
  if (buffer_.empty() || (buffer_ == "\r" && !is_empty_line_over_)) return false;
  const auto seen = std::string_view(buffer_).substr(0, limits::head_bytes_max);
  if (const auto wrong = look_at_head(seen)) {
    refuse(*wrong);
    return false;
  }
  const auto end = seen.find("\r\n\r\n", scanned_ > 3 ? scanned_ - 3 : 0);
  if (end == std::string_view::npos) {
    scanned_ = seen.size();
    if (seen.size() == limits::head_bytes_max) refuse(head_too_large);
    return false;
  }
  auto parsed = parse_request_head(seen.substr(0, end + 4));
  if (const auto* why = std::get_if<refusal>(&parsed)) {
    refuse(*why);
    return false;
  }
  buffer_.erase(0, end + 4);
  scanned_ = 0;
  is_empty_line_over_ = false;
  is_line_good_ = false;
  auto& head = std::get<request_head>(parsed);
  answer_ = answer::awaited;
  is_head_ = head.method == "HEAD";
  is_old_ = head.version == version::http_1_0;
  is_last_ = is_last_ || !head.keeps_alive;
  expects_continue_ = head.expects_continue;
  is_body_wanted_ = false;
  if (!std::holds_alternative<no_body>(head.body)) body_.emplace(head.body);
  number_ = number_.next();
  put(request{number_, std::move(head)});
  return true;
}

void session::take_body() {
  std::string_view bytes = buffer_;
  body_octets found{number_, {}, false};
  const auto wrong = body_->take(bytes, found.octets);
  buffer_.erase(0, buffer_.size() - bytes.size());
  if (wrong) return refuse(*wrong);
  found.is_last = body_->is_at_end();
  if (found.is_last) body_.reset();
  if (!found.octets.empty() || found.is_last) put(std::move(found));
}

void session::want_body(exchange_number of) {
  if (is_over(of) || !body_ || is_body_wanted_) return;
  is_body_wanted_ = true;
  if (expects_continue_ && buffer_.empty() && answer_ == answer::awaited) put(send{"HTTP/1.1 100 Continue\r\n\r\n"});
  advance();
}

void session::respond(exchange_number to, const response_head& head, std::optional<std::uint64_t> length) {
  if (is_over(to)) return;
  CHECK(answer_ == answer::awaited && head.status >= 200);
  is_bodiless_ = has_no_body(head.status);
  // What is left of the body is not waited for: it could be anything.
  is_last_ = is_last_ || body_.has_value() || (!length && is_old_ && !is_bodiless_);
  is_chunked_ = !length && !is_old_ && !is_bodiless_;
  answer_left_ = length;
  std::string text = write_head(head);
  if (!is_bodiless_) {
    if (length) text += "Content-Length: " + std::to_string(*length) + "\r\n";
    if (is_chunked_) text += "Transfer-Encoding: chunked\r\n";
  }
  if (is_last_)
    text += "Connection: close\r\n";
  else if (is_old_)
    text += "Connection: keep-alive\r\n";
  text += "\r\n";
  is_bodiless_ = is_bodiless_ || is_head_;
  answer_ = answer::streaming;
  put(send{std::move(text)});
}

void session::send_body(exchange_number of, std::string_view octets) {
  if (is_over(of) || octets.empty()) return;
  CHECK(answer_ == answer::streaming);
  if (is_bodiless_) return;
  if (answer_left_) {
    CHECK(octets.size() <= *answer_left_);
    *answer_left_ -= octets.size();
  }
  put(send{is_chunked_ ? chunk_head(octets.size()) + std::string(octets) + "\r\n" : std::string(octets)});
}

void session::end_body(exchange_number of) {
  if (is_over(of)) return;
  CHECK(answer_ == answer::streaming && (is_bodiless_ || answer_left_.value_or(0) == 0));
  if (is_chunked_ && !is_bodiless_) put(send{"0\r\n\r\n"});
  answer_ = answer::none;
  if (is_last_) return finish();
  advance();
}

// Only the end of the connection tells it.
void session::fail_body(exchange_number of) {
  if (!is_over(of)) finish();
}

void session::drain() {
  if (is_closed()) return;
  is_last_ = true;
  if (answer_ == answer::none) finish();
}

void session::timed_out() {
  if (is_closed()) return;
  if (answer_ == answer::streaming || (answer_ == answer::none && buffer_.empty())) return finish();
  refuse(too_slow);
}

void session::refuse(const refusal& why) {
  put(refused{why});
  // Within an answer nothing can be said any more.
  if (answer_ != answer::streaming) {
    const std::string text =
        std::to_string(why.status) + ' ' + std::string(reason_of(why.status)) + ": " + std::string(why.why) + "\n";
    put(send{write_head({why.status, {{"Content-Type", "text/plain; charset=utf-8"}}}) +
             "Content-Length: " + std::to_string(text.size()) + "\r\nConnection: close\r\n\r\n" + text});
  }
  finish();
}

void session::finish() {
  answer_ = answer::closed;
  body_.reset();
  buffer_.clear();
  put(close{});
}

std::optional<output> session::next() { return outputs_.next(); }

turn session::whose_turn() const {
  if (answer_ == answer::none) return buffer_.empty() ? turn::nobody : turn::client;
  return answer_ == answer::awaited && body_ && is_body_wanted_ ? turn::client : turn::server;
}

bool session::wants_input() const {
  if (is_closed()) return false;
  return (body_ ? is_body_wanted_ : answer_ == answer::none) || buffer_.size() < limits::buffered_max;
}

}  // namespace stagecoach::http

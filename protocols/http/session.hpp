// The server's side of one HTTP/1.1 connection: bytes in, requests out, answers in, bytes out (RFC 9112). Requests are
// answered in their order, one at a time; a pipelined one waits in the buffer until the answer before it has ended.
// After anything that two readers could understand differently there is one answer, and the end.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "protocols/http/body_reader.hpp"
#include "protocols/http/head.hpp"
#include "protocols/http/response.hpp"

namespace stagecoach::http {

struct send {
  std::string bytes;
};
// Goes on with want_body(), if there is one and it is wanted, and respond().
struct request {
  request_head head;
};
// Of the request's body, after want_body(). `is_last`: that was all of it.
struct body_octets {
  std::string octets;
  bool is_last = false;
};
// The request was refused here, and the client told; for the log.
struct refused {
  refusal why;
};
// After the bytes before it are sent: close the connection. Nothing comes after it.
struct close {};

using output = std::variant<send, request, body_octets, refused, close>;

class session {
 public:
  void received(std::string_view bytes);
  // To a request with a body: it may come now. A client that waits for leave to send it gets that.
  void want_body();
  // To a request: head, then so many octets by send_body() and end_body(). `length`: of the body; none: not known yet.
  // 204, 304 and the answer to HEAD have no body: what send_body() is given is left out.
  void respond(const response_head& head, std::optional<std::uint64_t> length);
  void send_body(std::string_view octets);
  void end_body();
  // The server stops: no request after the one that is being answered.
  void drain();
  // The client was silent for too long: 408 within a request, else just the end.
  void timed_out();

  // Drain after every call.
  [[nodiscard]] std::optional<output> next();
  [[nodiscard]] bool wants_input() const;
  // Nothing is asked and nothing is being answered.
  [[nodiscard]] bool is_idle() const { return answer_ == answer::none && buffer_.empty(); }
  [[nodiscard]] bool is_closed() const { return answer_ == answer::closed; }

 private:
  enum class answer : std::uint8_t { none, awaited, streaming, closed };  // to the request that came last

  void advance();
  [[nodiscard]] bool take_head();
  [[nodiscard]] std::optional<refusal> look_at_new_octets(std::string_view head) const;
  [[nodiscard]] std::optional<refusal> look_at_head(std::string_view head);
  void take_body();
  void refuse(const refusal& why);
  void finish();
  void put(output one) { outputs_.push_back(std::move(one)); }

  std::deque<output> outputs_;
  std::string buffer_;
  std::size_t scanned_ = 0;  // octets of it in which no head ends
  bool is_empty_line_over_ = false;
  bool is_line_good_ = false;  // the request line
  answer answer_ = answer::none;
  std::optional<body_reader> body_;  // of the request, until its end
  bool is_body_wanted_ = false;
  bool expects_continue_ = false;
  bool is_head_ = false;     // of the request: the method HEAD
  bool is_old_ = false;      // HTTP/1.0
  bool is_last_ = false;     // the connection ends after this answer
  bool is_chunked_ = false;  // the answer
  bool is_bodiless_ = false;
  std::optional<std::uint64_t> answer_left_;  // of its length
};

}  // namespace stagecoach::http

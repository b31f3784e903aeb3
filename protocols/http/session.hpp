// The server's side of one HTTP/1.1 connection: bytes in, requests out, answers in, bytes out (RFC 9112). Requests are
// answered in their order, one at a time; a pipelined one waits in the buffer until the answer before it has ended.
// After anything that two readers could understand differently there is one answer, and the end.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "protocols/base/output_queue.hpp"
#include "protocols/http/body_reader.hpp"
#include "protocols/http/server.hpp"

namespace stagecoach::http {

class session final : public server {
 public:
  void received(std::string_view bytes, std::chrono::milliseconds) override { received(bytes); }
  void received(std::string_view bytes);
  void want_body(exchange_number of) override;
  void respond(exchange_number to, const response_head& head, std::optional<std::uint64_t> length) override;
  void send_body(exchange_number of, std::string_view octets) override;
  void send_lasting_body(exchange_number of, std::string_view octets) override { send_body(of, octets); }
  void end_body(exchange_number of) override;
  void fail_body(exchange_number of) override;
  void drain() override;
  void timed_out() override;  // 408 within a request, else just the end
  void stalled() override {}

  [[nodiscard]] std::optional<output> next() override;
  [[nodiscard]] bool wants_input() const override;
  [[nodiscard]] turn whose_turn() const override;
  [[nodiscard]] bool is_closed() const override { return answer_ == answer::closed; }
  [[nodiscard]] std::size_t unsent(exchange_number) const override { return 0; }
  [[nodiscard]] std::size_t unsent() const override { return 0; }
  [[nodiscard]] bool is_stuck() const override { return false; }

 private:
  enum class answer : std::uint8_t { none, awaited, streaming, closed };  // to the request that came last

  void advance();
  [[nodiscard]] bool take_head();
  [[nodiscard]] std::optional<refusal> look_at_new_octets(std::string_view head) const;
  [[nodiscard]] std::optional<refusal> look_at_head(std::string_view head);
  void take_body();
  void refuse(const refusal& why);
  void finish();
  [[nodiscard]] bool is_over(exchange_number one) const { return is_closed() || one != number_; }
  void put(output&& one) { outputs_.put(std::move(one)); }

  output_queue<output> outputs_;
  std::string buffer_;
  std::size_t scanned_ = 0;  // octets of it in which no head ends
  bool is_empty_line_over_ = false;
  bool is_line_good_ = false;  // the request line
  answer answer_ = answer::none;
  exchange_number number_;           // of the request that came last
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

// The server's side of one HTTP/2 connection (RFC 9113), chosen by ALPN. nghttp2 reads and writes frames and header
// compression; what a request may be is head.hpp's business, as with HTTP/1.1, and here is what holds for several at
// once: each answer waits for its own window, whoever cancels or pings too much is told to go, and a client that takes
// nothing loses what it does not take.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "protocols/base/output_queue.hpp"
#include "protocols/http/limits.hpp"
#include "protocols/http/server.hpp"

struct nghttp2_session;

namespace stagecoach::http {

class session2 final : public server {
 public:
  session2();
  session2(const session2&) = delete;
  session2& operator=(const session2&) = delete;
  ~session2() override;

  void received(std::string_view bytes, std::chrono::milliseconds now) override;
  void want_body(exchange_number of) override;
  void respond(exchange_number to, const response_head& head, std::optional<std::uint64_t> length) override;
  void send_body(exchange_number of, std::string_view octets) override;
  void send_lasting_body(exchange_number of, std::string_view octets) override;
  void end_body(exchange_number of) override;
  void fail_body(exchange_number of) override;
  void drain() override;
  void timed_out() override;  // ends what is unfinished for the second time, and a connection that asks nothing
  void stalled() override;

  [[nodiscard]] std::optional<output> next() override;
  [[nodiscard]] bool wants_input() const override { return !is_closed_; }  // the window holds back what is not wanted
  [[nodiscard]] turn whose_turn() const override;
  [[nodiscard]] bool is_closed() const override { return is_closed_; }
  [[nodiscard]] std::size_t unsent(exchange_number of) const override;
  [[nodiscard]] std::size_t unsent() const override;
  [[nodiscard]] bool is_stuck() const override;

 private:
  struct callbacks;  // of nghttp2
  struct session_deleter {
    void operator()(nghttp2_session* one) const;
  };

  struct stream {
    request_parts parts;
    std::size_t bytes = 0;        // of the header list, with 32 for each field (RFC 9113 6.5.2)
    std::size_t trailers = 0;     // octets
    bool is_too_large = false;    // the list: the rest of it is not kept
    bool is_asked = false;        // the request was put out
    bool is_whole = false;        // its body has ended
    bool is_body_wanted = false;  // what came before is in `held`
    bool expects_continue = false;
    std::string held;
    std::size_t dropped = 0;  // octets of the body, which came after the answer
    bool is_head = false;     // the method
    bool is_answered = false;
    bool is_bodiless = false;
    bool is_ended = false;                  // the answer's body is complete
    bool is_sent = false;                   // and gone
    bool is_waiting = false;                // nghttp2, for octets of the answer
    std::size_t moved = limits::moved_min;  // octets, since the last stalled()
    bool was_late = false;                  // at the last timed_out()
    std::string own;                        // octets of the answer;
    std::string_view left;                  // those of it, or of a lasting body, that are not in a frame yet
  };
  [[nodiscard]] stream* find(exchange_number one);
  [[nodiscard]] const stream* find(exchange_number one) const;
  void take_field(stream& of, std::string_view name, std::string_view value);
  void take_request(std::uint32_t id, stream& of);
  void take_body(std::uint32_t id, stream& of, std::string_view octets);
  void drop(std::uint32_t id, stream& of, std::size_t size);
  void take_end(std::uint32_t id, stream& of);
  void give_body(std::uint32_t id, stream& of, std::string octets);
  void answer(std::uint32_t id, stream& of, const refusal& why);
  void begin_answer(std::uint32_t id, stream& to, const response_head& head, std::optional<std::uint64_t> length);
  void go_on(std::uint32_t id, stream& of);
  void end_stream(std::uint32_t id, std::uint32_t code);
  void end_connection(std::uint32_t code);
  void nuisance();
  // Its head is not complete, or its body is wanted and is not, or it is all that is left.
  [[nodiscard]] static bool is_clients_turn(const stream& one) {
    if (one.is_answered) return one.is_sent && !one.is_whole;
    return !one.is_asked || (one.is_body_wanted && !one.is_whole);
  }
  void put(output&& one) { outputs_.put(std::move(one)); }

  std::unique_ptr<nghttp2_session, session_deleter> frames_;
  std::map<std::uint32_t, stream> streams_;
  output_queue<output> outputs_;
  std::chrono::milliseconds now_{};
  std::chrono::milliseconds nuisances_since_{};
  unsigned nuisances_ = 0;
  bool is_draining_ = false;
  bool is_ending_ = false;  // the last frame that matters is on its way
  bool is_closed_ = false;
};

}  // namespace stagecoach::http

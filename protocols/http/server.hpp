// The server's side of one HTTP connection, whichever version it speaks: bytes in, requests out, answers in, bytes out.
// A connection (actors/edge/http_connection.hpp) holds one, HTTP/1.1 (session.hpp) or HTTP/2 (session2.hpp), and treats
// both alike. A request and its answer are an exchange; with HTTP/2 there are several at a time.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "protocols/base/ids.hpp"
#include "protocols/http/head.hpp"
#include "protocols/http/response.hpp"

namespace stagecoach::http {

using exchange_number = strong<struct exchange_number_tag, std::uint32_t>;  // of one connection, never used again

struct send {
  std::string bytes;
};
// Goes on with want_body(), if there is one and it is wanted, and respond().
struct request {
  exchange_number number;
  request_head head;
};
// Of the request's body, after want_body(). `is_last`: that was all of it.
struct body_octets {
  exchange_number number;
  std::string octets;
  bool is_last = false;
};
// The client wants no answer any more, or was too slow to ask or to take it.
struct cancelled {
  exchange_number number;
};
// The request was refused here, and the client told; for the log.
struct refused {
  refusal why;
};
// After the bytes before it are sent: close the connection. Nothing comes after it.
struct close {};

using output = std::variant<send, request, body_octets, cancelled, refused, close>;

// Who owes the next octets of an exchange. Nobody: nothing is asked and nothing is being answered.
enum class turn : std::uint8_t { nobody, client, server };

class server {
 public:
  virtual ~server() = default;

  // `now`: of any clock that goes forward.
  virtual void received(std::string_view bytes, std::chrono::milliseconds now) = 0;
  // To a request with a body: it may come now. A client that waits for leave to send it gets that.
  virtual void want_body(exchange_number of) = 0;
  // To a request: head, then so many octets by send_body() and end_body(). `length`: of the body; none: not known yet.
  // 204, 304 and the answer to HEAD have no body: what send_body() is given is left out. What is said of an exchange
  // that is over is left out, too.
  virtual void respond(exchange_number to, const response_head& head, std::optional<std::uint64_t> length) = 0;
  virtual void send_body(exchange_number of, std::string_view octets) = 0;
  // The whole body, which lives longer than the connection, then end_body().
  virtual void send_lasting_body(exchange_number of, std::string_view octets) = 0;
  virtual void end_body(exchange_number of) = 0;
  // The rest of the body cannot be had: the client hears that something is missing.
  virtual void fail_body(exchange_number of) = 0;
  // The server stops: no request after those that are being answered.
  virtual void drain() = 0;
  // It was the client's turn, or nobody's, for too long.
  virtual void timed_out() = 0;
  // Is called again and again while is_stuck(): exchanges of which hardly an octet has gone since the last time,
  // because the client has no room, are ended.
  virtual void stalled() = 0;

  // Drain after every call, or as much as there is room for.
  [[nodiscard]] virtual std::optional<output> next() = 0;
  [[nodiscard]] virtual bool wants_input() const = 0;
  [[nodiscard]] virtual turn whose_turn() const = 0;
  [[nodiscard]] virtual bool is_closed() const = 0;
  // Octets of the answer that next() has not yielded, because the client has no room for them.
  [[nodiscard]] virtual std::size_t unsent(exchange_number of) const = 0;
  // Of all answers, kept in memory.
  [[nodiscard]] virtual std::size_t unsent() const = 0;
  // There are such octets.
  [[nodiscard]] virtual bool is_stuck() const = 0;
};

}  // namespace stagecoach::http

// The client's side of one mail that is handed to a server of ours on this machine (`stagecoach send`): greeting, EHLO,
// MAIL, RCPT for each, DATA, QUIT (RFC 5321 4.1.4). Fed with what the server says, yields what to send. It is not the
// client of deliveries to others: it needs no TLS, pipelines nothing and tries once.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/base/address.hpp"
#include "protocols/base/line_buffer.hpp"

namespace stagecoach::smtp {

struct parcel {
  std::optional<address> from;  // none: the null reverse path
  std::vector<address> to;
  std::string message;  // lines that end in CRLF
};

struct server_reply {
  std::uint16_t code = 0;
  std::string text;  // the lines of one reply, parted by spaces
  friend bool operator==(const server_reply&, const server_reply&) = default;
};

// How it went.
struct handed_over {
  std::string accepted;  // what the server said to the message; empty: it has none of it
  struct refused {
    address to;
    server_reply why;
    friend bool operator==(const refused&, const refused&) = default;
  };
  std::vector<refused> refusals;  // of recipients; the others get the mail all the same
  std::string_view failed_at;     // "MAIL": where it failed as a whole; empty: it did not
  server_reply why;               // what the server said there; code 0: nothing of SMTP
};

class handover {
 public:
  explicit handover(parcel what);

  void received(std::string_view bytes);
  void closed();  // the server has closed the connection
  // What is to be sent now; empty: wait for the server.
  [[nodiscard]] std::string take() { return std::exchange(out_, {}); }
  [[nodiscard]] bool is_over() const { return at_ == step::over; }
  [[nodiscard]] const handed_over& outcome() const { return outcome_; }

 private:
  enum class step { greeting, hello, mail, rcpt, data, message, quit, over };
  void take_line(std::string_view line);
  void on(server_reply r);
  void next_recipient();
  void fail(server_reply why);
  void say(step next, const std::string& line);
  [[nodiscard]] std::string mail_line() const;
  [[nodiscard]] static std::string_view name_of(step at);

  parcel what_;
  step at_ = step::greeting;
  std::size_t recipient_ = 0;  // the one that RCPT asks about
  line_buffer lines_;
  server_reply so_far_;  // the lines of a reply that has not ended
  std::string out_;
  handed_over outcome_;
};

// RFC 5321 4.5.2: the body of DATA with its end; a line that begins with a dot gets another one.
[[nodiscard]] std::string dotted(std::string_view message);

}  // namespace stagecoach::smtp

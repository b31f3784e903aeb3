// Collects one command from the stream, whatever the cuts: its line and the literals in it (RFC 3501 4.3), and decides
// nothing. Called by imap::session only. What is framed wrongly (a bare CR or LF, a NUL, quotes that run over a
// line, too much of it) ends the session, since client and server no longer agree on where a command ends.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "protocols/base/result.hpp"
#include "protocols/imap/tokens.hpp"

namespace stagecoach::imap {

class command_collector {
 public:
  struct more {};      // everything taken, the command goes on
  struct complete {};  // text() is a whole command, without its last CRLF
  struct literal_announced {
    literal_head head;
  };  // text() ends in `{n}`; CRLF is taken, the octets are not
  struct broken {
    fault why;
  };
  using event = std::variant<more, complete, literal_announced, broken>;

  // Takes from the front of `bytes`, at most to the end of one event.
  event take(std::string_view& bytes, std::size_t line_bytes_max);

  // The announced literal becomes part of text().
  void take_literal(std::uint64_t bytes);

  [[nodiscard]] std::string_view text() const { return text_; }
  [[nodiscard]] bool empty() const { return text_.empty(); }
  [[nodiscard]] std::size_t literals() const { return literals_; }
  [[nodiscard]] std::uint64_t literal_bytes() const { return literal_bytes_; }
  void reset() { *this = {}; }

 private:
  event take_line(std::string_view& bytes, std::size_t line_bytes_max);

  std::string text_;
  std::size_t line_start_ = 0;       // in text_: where the line after the last literal begins
  std::uint64_t literal_left_ = 0;   // octets of a literal that are to come
  std::uint64_t literal_bytes_ = 0;  // of all literals so far
  std::size_t literals_ = 0;
};

}  // namespace stagecoach::imap

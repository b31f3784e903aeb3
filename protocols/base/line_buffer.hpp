// Lines that end in CRLF, cut out of a stream in any pieces. For the command phase of a protocol that trusts nothing: a
// bare CR, a bare LF or a NUL is a fault of its line, a line that is too long is dropped while it arrives, so memory
// stays bounded. What comes out never depends on how the stream was cut. (RFC 5321 2.3.8)
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace stagecoach {

struct line_limits {
  std::size_t line_bytes_max;     // with its CRLF; a longer line is a fault when its end comes
  std::size_t endless_bytes_max;  // a line that has not ended by then is a fault at once
};

enum class line_fault { none, bare, too_long, endless };  // after `bare` and `endless` there is no next line to find

struct line {
  std::string_view text;  // without CRLF; valid until the next call of append
  line_fault fault = line_fault::none;
};

class line_buffer {
 public:
  explicit line_buffer(line_limits limits) : limits_(limits) {}

  void append(std::string_view bytes);
  // The next line; none: its end has not come yet.
  [[nodiscard]] std::optional<line> take();

  // For a phase without lines: everything that has not been taken. Only between lines.
  [[nodiscard]] std::string_view rest() const { return std::string_view(bytes_).substr(at_); }
  void drop(std::size_t count);
  // Forgets everything, also a line that has begun.
  void clear();

  [[nodiscard]] bool is_empty() const { return at_ == bytes_.size(); }
  [[nodiscard]] std::size_t size() const { return bytes_.size() - at_; }

 private:
  line end_line(std::size_t length, std::size_t with_end, line_fault fault);
  void release();

  line_limits limits_;
  std::string bytes_;
  std::size_t at_ = 0;       // where the line starts, or what is left of it
  std::size_t scanned_ = 0;  // octets from at_ in which no line ends
  std::size_t dropped_ = 0;  // octets of this line that are gone already, since it is too long
};

}  // namespace stagecoach

// The body of DATA (RFC 5321 4.5.2): finds its end, and removes the dots that were added for transparency. Only
// CRLF "." CRLF ends it. A bare CR, a bare LF or a NUL makes the body unacceptable and ends nothing: we read on to the
// real end, so that what follows a false one never runs as a command (SMTP smuggling, CVE-2023-51764).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace stagecoach::smtp {

class data_lines {
 public:
  // Reads as far as the end of the body, appends its content to `content`, returns how many octets were read.
  std::size_t read(std::string_view bytes, std::string& content);

  [[nodiscard]] bool has_ended() const { return at_ == place::ended; }
  [[nodiscard]] bool has_bare() const { return has_bare_; }          // CR, LF or NUL where none may be, so far
  [[nodiscard]] std::uint64_t octets_read() const { return read_; }  // with the added dots and the end

 private:
  enum class place { line_start, in_line, after_cr, after_dot, after_dot_cr, ended };
  void read_line_part(std::string_view& bytes, std::string& content);
  void step(char c, std::string& content);

  place at_ = place::line_start;  // the first line follows the CRLF of DATA
  bool has_bare_ = false;
  std::uint64_t read_ = 0;
};

}  // namespace stagecoach::smtp

// Looks at the header of a message while it streams by: where it ends, how many fields and how many Received fields it
// has. What it says never depends on how the stream was cut.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace stagecoach::smtp {

class header_watch {
 public:
  void read(std::string_view content);

  // Octets up to and with the empty line; all so far while there was none.
  [[nodiscard]] std::uint64_t octets() const { return octets_; }
  [[nodiscard]] std::size_t fields() const { return fields_; }
  [[nodiscard]] std::size_t received_fields() const { return received_; }  // RFC 5321 6.3

 private:
  void start_line(char first);

  std::uint64_t octets_ = 0;
  std::size_t fields_ = 0;
  std::size_t received_ = 0;
  std::size_t matched_ = 0;  // octets of "received" that this field's name begins with
  enum class place { line_start, maybe_empty, in_name, in_line, ended } at_ = place::line_start;
};

}  // namespace stagecoach::smtp

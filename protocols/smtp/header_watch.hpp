// Looks at the header of a message while it streams by: where it ends, how many fields it has, and how many of those
// that matter to who takes a mail. What it says never depends on how the stream was cut.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace stagecoach::smtp {

// RFC 5321 6.3: many Received are a loop. RFC 6409 8: Date and Message-ID are added where there is none, and From has
// to be of who submits.
enum class header_field : std::uint8_t { received, date, message_id, from };

class header_watch {
 public:
  void read(std::string_view content);

  // Octets up to and with the empty line; all so far while there was none.
  [[nodiscard]] std::uint64_t octets() const { return octets_; }
  [[nodiscard]] std::size_t fields() const { return fields_; }
  [[nodiscard]] std::size_t count(header_field one) const { return counts_[static_cast<std::size_t>(one)]; }
  // What stands in the first From field, folded as it came. none: there was none, or it is longer than
  // limits::author_bytes_max.
  [[nodiscard]] const std::optional<std::string>& author() const { return author_; }

 private:
  static constexpr std::size_t name_bytes_max = 10;  // of the names that are watched
  void start_line(char first);
  void keep(std::string_view of_line);
  void read_name(char c);
  void end_name();

  std::uint64_t octets_ = 0;
  std::size_t fields_ = 0;
  std::array<std::size_t, 4> counts_{};
  std::optional<std::string> author_;
  bool is_in_author_ = false;
  std::array<char, name_bytes_max> name_{};  // of this field, in lower case
  std::size_t name_size_ = 0;
  enum class place { line_start, maybe_empty, in_name, after_name, in_line, ended } at_ = place::line_start;
};

}  // namespace stagecoach::smtp

// Patterns of LIST (RFC 3501 6.3.8): `*` is anything, `%` is anything without the separator '/'. All alternatives are
// followed at once, as bits, so that the time is linear in the name whatever the pattern is (IM07).
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace stagecoach::imap {

class list_pattern {
 public:
  explicit list_pattern(std::string_view pattern);  // UTF-8, at most list_pattern_bytes_max

  // `name` is a stored name; its first level INBOX is compared without case.
  [[nodiscard]] bool matches(std::string_view name) const;

 private:
  using bits = std::vector<std::uint64_t>;  // one bit for each place in the pattern, and one behind its end

  void follow_wildcards(bits& places) const;

  std::size_t words_ = 0;
  std::size_t end_ = 0;                   // the place behind the last
  std::array<std::int16_t, 256> byte_{};  // index into literals_, -1: in no place
  std::vector<bits> literals_;            // places that are this byte
  bits anything_;                         // places that are `*`
  bits level_;                            // places that are `%`
};

}  // namespace stagecoach::imap

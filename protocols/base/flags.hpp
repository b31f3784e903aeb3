// The flags of one message as a value: system flags and the `$` flags that have a meaning here are bits, all other
// keywords are text, lower-case, sorted, without duplicates (RFC 9051 2.3.2). Spelling them is protocols/imap's.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/base/described.hpp"

namespace stagecoach {

// The bits are stored: a bit never changes its meaning.
enum class flag : std::uint16_t {
  seen = 1 << 0,
  answered = 1 << 1,
  flagged = 1 << 2,
  deleted = 1 << 3,
  draft = 1 << 4,
  forwarded = 1 << 5,  // $Forwarded
  junk = 1 << 6,       // $Junk
  not_junk = 1 << 7,   // $NotJunk
  phishing = 1 << 8,   // $Phishing
  mdn_sent = 1 << 9,   // $MDNSent
};

struct message_flags {
  std::uint16_t bits = 0;
  std::vector<std::string> keywords;  // lower-case, sorted, unique

  [[nodiscard]] bool has(flag one) const { return (bits & static_cast<std::uint16_t>(one)) != 0; }
  void set(flag one) { bits = static_cast<std::uint16_t>(bits | static_cast<std::uint16_t>(one)); }
  void clear(flag one) { bits = static_cast<std::uint16_t>(bits & ~static_cast<std::uint16_t>(one)); }
  // Keeps the order; `keyword` is lower-case already.
  void add_keyword(std::string keyword);
  [[nodiscard]] bool has_keyword(std::string_view keyword) const;
  // Of flags that came from outside: the keywords are as described above.
  [[nodiscard]] bool is_valid() const;

  static constexpr auto fields = described(field(1, "bits", &message_flags::bits, "system flags, see flag"),
                                           field(2, "keywords", &message_flags::keywords, "lower-case, sorted"));
  friend bool operator==(const message_flags&, const message_flags&) = default;
};

enum class flag_change : std::uint8_t { replace = 0, add = 1, remove = 2 };  // FLAGS, +FLAGS, -FLAGS
constexpr auto enum_names(flag_change) {
  return std::array{named(flag_change::replace, "replace"), named(flag_change::add, "add"),
                    named(flag_change::remove, "remove")};
}

struct flag_delta {
  flag_change change = flag_change::replace;
  message_flags flags;

  static constexpr auto fields = described(field(1, "change", &flag_delta::change, "what to do with the flags"),
                                           field(2, "flags", &flag_delta::flags));
  friend bool operator==(const flag_delta&, const flag_delta&) = default;
};

// RFC 9051 6.4.6: what the flags are after the change.
[[nodiscard]] message_flags apply(const flag_delta& delta, const message_flags& before);

}  // namespace stagecoach

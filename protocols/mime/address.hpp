// Address lists of header fields (RFC 5322 3.4): mailboxes, groups, routes, comments, the obsolete forms, quoted local
// parts, internationalised addresses, and what is seen in the wild. The one reader of them: ENVELOPE, search, DMARC and
// pages use it. Encoded words stay as they are: they are decoded behind this, for display only (security.md MI03).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/base/described.hpp"

namespace stagecoach::mime {

// The three things that stand in a list; the two of a group are spelled with NIL in IMAP (RFC 9051 7.5.2).
enum class address_kind : std::uint8_t { mailbox = 0, group_start = 1, group_end = 2 };
constexpr auto enum_names(address_kind) {
  return std::array{named(address_kind::mailbox, "mailbox"), named(address_kind::group_start, "group_start"),
                    named(address_kind::group_end, "group_end")};
}

struct address_entry {
  address_kind kind = address_kind::mailbox;
  std::string name;     // the phrase without quotes, or the comment where there is no phrase
  std::string route;    // "@a,@b" of the obsolete form
  std::string mailbox;  // the local part without quotes; the name of a group where one starts
  std::string host;     // the domain without comments and spaces; empty: there was none

  static constexpr auto fields = described(
      field(1, "kind", &address_entry::kind), field(2, "name", &address_entry::name, "display name, undecoded"),
      field(3, "route", &address_entry::route), field(4, "mailbox", &address_entry::mailbox, "unquoted"),
      field(5, "host", &address_entry::host));
  friend bool operator==(const address_entry&, const address_entry&) = default;
};

struct address_list {
  std::vector<address_entry> entries;
  bool has_defects = false;  // something was not of the grammar; the entries are the best guess
  bool is_cut = false;       // there were more than entries_max
};

// `value` may be folded. Every start of a group that is in the list has its end.
[[nodiscard]] address_list parse_addresses(std::string_view value, std::size_t entries_max);

}  // namespace stagecoach::mime

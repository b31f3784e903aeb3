// Where the octets of a section are in a message (RFC 3501 6.4.5): used by FETCH, one section after the other.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "protocols/imap/fetch_items.hpp"
#include "protocols/imap/needs.hpp"

namespace stagecoach::imap {

struct octet_range {
  std::uint64_t offset = 0;  // from the start of the message
  std::uint64_t length = 0;
  friend bool operator==(const octet_range&, const octet_range&) = default;
};

// RFC 3501 6.4.5: a piece that begins behind the end is empty, one that ends behind it is shorter.
[[nodiscard]] octet_range cut(octet_range whole, const std::optional<partial>& piece);

// The section is a choice of header fields: its range is the header that they are chosen from.
[[nodiscard]] bool chooses_fields(const body_section& section);

// None: the message has no such part, or the part no such section. `structure` may be null unless the section is of a
// part.
[[nodiscard]] std::optional<octet_range> range_of(const body_section& section, const message_facts& facts,
                                                  const message_structure* structure);

// The transfer encoding of a numbered part that range_of has found.
[[nodiscard]] std::string encoding_of(const body_section& section, const mime::part_index& parts);

}  // namespace stagecoach::imap

// What FETCH asks for, as values (RFC 3501 6.4.5, RFC 3516 4).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/base/reader.hpp"

namespace stagecoach::imap {

enum class section_kind : std::uint8_t { all, mime, header, text, header_fields, header_fields_not };

// As the message has it, or without its transfer encoding (BINARY), or how many octets that is.
enum class section_form : std::uint8_t { encoded, decoded, decoded_size };

struct partial {
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
  friend bool operator==(const partial&, const partial&) = default;
};

// Octets of the message, or of one of its parts.
struct body_section {
  section_kind kind = section_kind::all;
  section_form form = section_form::encoded;
  std::vector<std::uint32_t> part;  // 1, 2 of BODY[1.2.MIME]; empty: the message
  std::vector<std::string> fields;  // of HEADER.FIELDS, as the client wrote them
  std::optional<partial> piece;
  bool sets_seen = false;
  std::string label;  // as the response names it: BODY[HEADER]<0>
  friend bool operator==(const body_section&, const body_section&) = default;
};

struct fetch_items {
  bool flags = false;
  bool uid = false;
  bool size = false;
  bool internal_date = false;
  bool envelope = false;
  bool body = false;            // BODY, the structure without its extension data
  bool body_structure = false;  // BODYSTRUCTURE
  std::vector<body_section> sections;

  [[nodiscard]] bool sets_seen() const;
  // Whether what the message is made of has to be known.
  [[nodiscard]] bool needs_structure() const;
  [[nodiscard]] bool needs_parts() const;  // of the structure more than its envelope
};

[[nodiscard]] fetch_items take_fetch_items(reader& in);

}  // namespace stagecoach::imap

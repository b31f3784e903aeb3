// What IMAP tells of a message's structure (RFC 3501 7.4.2, RFC 9051 7.5.2), written from its index, and where the
// octets of a numbered part are (RFC 9051 6.4.5.1). Called by imap/commands/fetch for each message: no allocation but
// `out`'s.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "protocols/mime/part_index.hpp"
#include "protocols/text/imap_string.hpp"

namespace stagecoach::mime {

// `(date subject from sender reply-to to cc bcc in-reply-to message-id)`. A field that is empty is told as NIL, which
// RFC 3501 7.4.2 lets a server do.
void put_envelope(std::string& out, const envelope& from, string_form form);
// BODY: without extension data.
void put_body(std::string& out, const part_index& from, string_form form);
// BODYSTRUCTURE: with it.
void put_body_structure(std::string& out, const part_index& from, string_form form);

struct octet_range {
  std::uint64_t offset = 0;  // from the start of the message
  std::uint64_t length = 0;
  friend bool operator==(const octet_range&, const octet_range&) = default;
};

struct found_part {
  std::size_t number = 0;             // in part_index::parts: type, encoding and charset are there
  octet_range body;                   // BODY[1.2]
  octet_range mime;                   // BODY[1.2.MIME]
  std::optional<octet_range> header;  // BODY[1.2.HEADER], only of a part that holds a message
  std::optional<octet_range> text;    // BODY[1.2.TEXT], likewise
};
// `numbers`: 1, 2 of BODY[1.2]; not empty. None: there is no such part.
[[nodiscard]] std::optional<found_part> find_part(const part_index& index, std::span<const std::uint32_t> numbers);

}  // namespace stagecoach::mime

// Strings of IMAP responses (RFC 3501 4.3, RFC 9051 4.3, IM09): what a message contains can never end a response or
// begin another, because it is quoted when it is plain and a literal otherwise. For imap/response_writer and
// mime/structure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace stagecoach {

// Whether the client has enabled UTF8=ACCEPT or IMAP4rev2: then quoted strings may hold UTF-8 (RFC 6855 3).
enum class string_form : std::uint8_t { ascii, utf8 };

inline constexpr std::size_t quoted_bytes_max = 1000;  // clients have line limits; a literal has none

void put_imap_string(std::string& out, std::string_view text, string_form form);
// NIL where the text is empty.
void put_imap_nstring(std::string& out, std::string_view text, string_form form);
void put_literal_head(std::string& out, std::uint64_t bytes);
void put_decimal(std::string& out, std::uint64_t value);

}  // namespace stagecoach

// The words of IMAP commands (RFC 3501 9), read from a whole command: its line with each literal in its place,
// `{5}` CRLF and five octets. A reader is sticky, so callers check once.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "protocols/base/reader.hpp"

namespace stagecoach::imap {

[[nodiscard]] bool is_atom_char(char c);     // RFC 3501 9: no controls, 8-bit, ( ) { SP % * " \ ]
[[nodiscard]] bool is_astring_char(char c);  // the same and ]
[[nodiscard]] bool is_list_char(char c);     // the same and % *

// `{n}` or `{n+}` at the end of a line.
struct literal_head {
  std::uint64_t bytes = 0;
  bool is_sync = true;
  std::size_t at = 0;  // of the '{' in the line
};
// None when the line does not end in one. A number above 64 bits is the largest one.
[[nodiscard]] std::optional<literal_head> find_literal_head(std::string_view line);

void expect_space(reader& in);
void expect_end(reader& in);
std::string_view take_atom(reader& in);
// The opening quote stands here; \" and \\ only. UTF-8 is taken whether the client has enabled it or not (RFC 9051 9).
std::string take_quoted(reader& in);
std::string take_literal(reader& in);  // the '{' stands here; no NUL
std::string take_string(reader& in);   // quoted or literal
std::string take_astring(reader& in);
std::string take_list_mailbox(reader& in);  // LIST patterns
std::optional<std::string> take_nstring(reader& in);

[[nodiscard]] std::string to_upper(std::string_view text);
[[nodiscard]] std::string to_lower(std::string_view text);
[[nodiscard]] bool equal_nocase(std::string_view a, std::string_view b);

}  // namespace stagecoach::imap

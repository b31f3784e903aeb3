// The header of a message cut down to some of its fields (RFC 3501 6.4.5, HEADER.FIELDS): octets as they are, folded
// lines with their field, and the empty line.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace stagecoach::imap {

enum class field_choice { named, others };

// `header` ends with the empty line where the message has one; names are compared without case.
[[nodiscard]] std::string select_header_fields(std::string_view header, const std::vector<std::string>& names,
                                               field_choice choice);

}  // namespace stagecoach::imap

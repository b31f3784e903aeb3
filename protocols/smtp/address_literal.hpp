// Address literals (RFC 5321 4.1.3): [192.0.2.1] and [IPv6:2001:db8::1], as domains of addresses and in EHLO.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace stagecoach::smtp {

// The canonical spelling with brackets, lower-case (IPv6 as RFC 5952 has it), so that equal literals are equal text;
// none: it is no literal. `text` has its brackets.
[[nodiscard]] std::optional<std::string> canonical_literal(std::string_view text);
// The literal of an IP address as a socket prints it, "192.0.2.1" or "2001:db8::1"; for trace fields.
[[nodiscard]] std::string literal_of(std::string_view ip);

}  // namespace stagecoach::smtp

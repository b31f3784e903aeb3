// Paths and host names as commands spell them (RFC 5321 4.1.2): dot-strings and quoted local parts, domains, address
// literals, source routes (accepted and dropped). Read from a sticky reader that stands at the "<"; written for trace
// fields. UTF-8 is read wherever RFC 6531 3.3 allows it; whether the client may use it is the session's question.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "protocols/base/address.hpp"
#include "protocols/base/reader.hpp"

namespace stagecoach::smtp {

// none: "<>", the null reverse path. On failure the reader says why: too_long, not_utf8, syntax.
[[nodiscard]] std::optional<address> read_reverse_path(reader& in);
// "<Postmaster>" without a domain is accepted (RFC 5321 4.1.1.3): the domain is empty then, and it is ours.
[[nodiscard]] address read_forward_path(reader& in);
// Only local@domain, without angle brackets.
[[nodiscard]] result<address> parse_mailbox(std::string_view text);

// local@domain, the local part quoted where it must be; parse_mailbox reads it back.
[[nodiscard]] std::string write_mailbox(const address& a);
// The same in angle brackets; "<>" for none.
[[nodiscard]] std::string write_path(const std::optional<address>& a);

// The argument of EHLO and HELO: a host name or an address literal. Laxer than RFC 5321 4.1.1.1 in one point: "_" may
// stand in a label, since machines with such names send mail and their name decides nothing.
[[nodiscard]] bool is_greeting_name(std::string_view text);

}  // namespace stagecoach::smtp

// How flags are spelled (RFC 3501 2.3.2; mail-server-behaviour rows 51-53): system flags without case, the `$` flags
// that have a meaning here by their registered names, all other keywords lower-case.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "protocols/base/flags.hpp"
#include "protocols/base/reader.hpp"

namespace stagecoach::imap {

// One flag of a command into `flags`; an unknown \Flag is a fault, \Recent too (RFC 3501 2.3.2: not a client's to set).
void take_flag(reader& in, message_flags& flags);
// `(\Seen $Forwarded)`; STORE may leave the parentheses out.
[[nodiscard]] message_flags take_flag_list(reader& in);
[[nodiscard]] message_flags take_store_flags(reader& in);

// `\Seen $Forwarded work`, in the fixed order of the table, keywords after them.
void put_flags(std::string& out, const message_flags& flags);
// All that has a name here, then the keywords: what FLAGS lists.
void put_known_flags(std::string& out, const std::vector<std::string>& keywords);

}  // namespace stagecoach::imap

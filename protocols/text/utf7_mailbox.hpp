// Modified UTF-7, the spelling of mailbox names in IMAP4rev1 (RFC 3501 5.1.3), from and to UTF-8.
#pragma once

#include <string>
#include <string_view>

#include "protocols/base/result.hpp"

namespace stagecoach {

// `name` is UTF-8; what is not becomes U+FFFD, so that a stored name can always be shown.
[[nodiscard]] std::string to_utf7_mailbox(std::string_view name);
// Strict: only the one spelling that to_utf7_mailbox would choose is taken, so that a mailbox has one name. Control
// characters, raw 8-bit, lone surrogates, needless or unterminated shifts are faults.
[[nodiscard]] result<std::string> from_utf7_mailbox(std::string_view text);

}  // namespace stagecoach

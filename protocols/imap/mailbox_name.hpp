// Mailbox names between the wire and the store: there modified UTF-7, or UTF-8 once the client has enabled it (RFC 6855
// 3), here UTF-8 in NFC; INBOX without case there, "Inbox" here, as the first level too (RFC 3501 5.1;
// mail-server-behaviour 2.4). The separator is '/'. Which names a mailbox may have is the store's to say.
#pragma once

#include <string>
#include <string_view>

#include "protocols/base/reader.hpp"
#include "protocols/base/result.hpp"

namespace stagecoach::imap {

inline constexpr std::string_view stored_inbox = "Inbox";

enum class name_spelling : std::uint8_t { utf7, utf8 };

// The stored name of what a client wrote. Fails with not_utf8 when no name is spelled like this (IM06: it is refused,
// it is no error of syntax).
[[nodiscard]] result<std::string> to_stored_name(std::string_view written, name_spelling how);
// The same without what is said of INBOX and of length: a pattern of LIST.
[[nodiscard]] result<std::string> to_stored_pattern(std::string_view written, name_spelling how);
// As clients know it: INBOX, and an astring.
void put_mailbox(std::string& out, std::string_view stored, name_spelling how);

}  // namespace stagecoach::imap

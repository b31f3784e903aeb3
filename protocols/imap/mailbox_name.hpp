// Mailbox names between the wire and the store: modified UTF-7 there, UTF-8 here; INBOX without case there, "Inbox"
// here, as the first level too (RFC 3501 5.1; mail-server-behaviour 2.4). The separator is '/'.
#pragma once

#include <string>
#include <string_view>

#include "protocols/base/reader.hpp"

namespace stagecoach::imap {

inline constexpr std::string_view stored_inbox = "Inbox";

// The stored name. A string that no name can be spelled as fails with fault_code::not_utf8 (IM06: it is refused, it is
// no error of syntax).
[[nodiscard]] std::string take_mailbox(reader& in);

// The stored spelling of a UTF-8 name: its first level, where that is INBOX in any case, becomes "Inbox".
[[nodiscard]] std::string to_stored_name(std::string_view name);
// As clients know it: INBOX, modified UTF-7, as an astring.
void put_mailbox(std::string& out, std::string_view stored);

}  // namespace stagecoach::imap

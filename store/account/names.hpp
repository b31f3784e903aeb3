// Mailbox names as they are stored: UTF-8 in NFC, levels separated by '/', INBOX as "Inbox" (RFC 9051 5.1). For the
// account's transitions and for account_check.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace stagecoach::store {

inline constexpr std::string_view inbox_name = "Inbox";
inline constexpr std::size_t mailbox_name_bytes_max = 1000;  // far above any client's, far below a line of IMAP

// RFC 9051 5.1: INBOX is case-insensitive, as the first level also; everything else is as it was written, composed.
[[nodiscard]] std::string stored_mailbox_name(std::string_view name);

// Whether a mailbox may have this name: as stored_mailbox_name gives it, no empty level, no control character, and none
// that separates lines or paragraphs (RFC 6855 3).
[[nodiscard]] bool is_mailbox_name(std::string_view name);

// "a/b" is below "a".
[[nodiscard]] bool is_below(std::string_view name, std::string_view parent);

// "a/b/c": "a", "a/b", "a/b/c".
[[nodiscard]] std::vector<std::string> with_parents(std::string_view name);

}  // namespace stagecoach::store

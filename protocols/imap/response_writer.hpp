// The words of responses (RFC 3501 9, IM09): what a message or a mailbox name contains can never end a response or
// begin another, because it is quoted when it is plain and a literal otherwise.
#pragma once

#include <string>
#include <string_view>

namespace stagecoach::imap {

// An atom where the grammar lets it be one, else as put_string.
void put_astring(std::string& out, std::string_view text);
// Quoted when it is short 7-bit text without controls, else a literal.
void put_string(std::string& out, std::string_view text);
// As put_astring for a client that has enabled UTF-8 (RFC 6855 3): well-formed text is quoted, controls apart.
void put_utf8_astring(std::string& out, std::string_view text);
void put_literal_head(std::string& out, std::uint64_t bytes);

}  // namespace stagecoach::imap

// The words of responses (RFC 3501 9, IM09), for the commands; strings are written by text/imap_string.
#pragma once

#include <string>
#include <string_view>

#include "protocols/text/imap_string.hpp"

namespace stagecoach::imap {

using stagecoach::put_literal_head;

// An atom where the grammar lets it be one, else as put_string.
void put_astring(std::string& out, std::string_view text);
// Quoted when it is short 7-bit text without controls, else a literal.
void put_string(std::string& out, std::string_view text);
// As put_astring for a client that has enabled UTF-8 (RFC 6855 3): well-formed text is quoted, controls apart.
void put_utf8_astring(std::string& out, std::string_view text);

}  // namespace stagecoach::imap

// Encoded words of header fields (RFC 2047, with the language tag of RFC 2231 5), to UTF-8 for people and for search.
// Only for text that is not parsed again: an address list is read first, its names are decoded behind that (MI03).
#pragma once

#include <string>
#include <string_view>

namespace stagecoach {

// `text` is unfolded. Adjacent words are joined, also in the middle of a character. Words are read wherever they stand
// and with spaces in them, as many programs write them; what is none stays. 8-bit outside of words is read as UTF-8.
// The result is well-formed UTF-8 without control characters: those become U+FFFD, a tab a space.
[[nodiscard]] std::string decode_words(std::string_view text);

// Puts UTF-8 with its control characters (C0, DEL, C1) replaced so.
void put_without_controls(std::string& out, std::string_view utf8);

}  // namespace stagecoach

// Well-formed UTF-8 (Unicode 15, table 3-7: no overlong forms, no surrogates, nothing above U+10FFFF), for whoever
// writes or refuses text. What characters mean is not known here.
#pragma once

#include <cstddef>
#include <string_view>

namespace stagecoach {

// What stands at the start of `bytes`, which are not empty: one character, or else the bytes that one U+FFFD replaces
// (the longest start of a well-formed sequence, or one byte).
struct utf8_step {
  std::size_t bytes = 0;
  bool is_valid = false;
};
[[nodiscard]] utf8_step next_utf8(std::string_view bytes);

// The number of a character that is valid, all of it.
[[nodiscard]] char32_t code_point(std::string_view character);

// How many bytes from the start are well-formed; all of them if the text is.
[[nodiscard]] std::size_t valid_utf8_prefix(std::string_view bytes);
[[nodiscard]] inline bool is_utf8(std::string_view bytes) { return valid_utf8_prefix(bytes) == bytes.size(); }
[[nodiscard]] std::size_t ascii_prefix(std::string_view bytes);  // likewise of ASCII
[[nodiscard]] inline bool is_ascii(std::string_view bytes) { return ascii_prefix(bytes) == bytes.size(); }

}  // namespace stagecoach

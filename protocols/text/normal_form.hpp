// Unicode Normalization Form C (UAX 15): one spelling for what looks the same, so that a name has one form however a
// client composed its accents (RFC 5198 2).
#pragma once

#include <string>
#include <string_view>

namespace stagecoach {

// `utf8` is well-formed.
[[nodiscard]] std::string to_nfc(std::string_view utf8);
[[nodiscard]] bool is_nfc(std::string_view utf8);

}  // namespace stagecoach

// Base64 of RFC 4648 section 4, as SASL and MIME words use it: padded, without line breaks. Strict: what decodes
// encodes to the same text again, so that one credential has one spelling.
#pragma once

#include <string>
#include <string_view>

#include "protocols/base/result.hpp"

namespace stagecoach {

[[nodiscard]] std::string to_base64(std::string_view bytes);
// A character outside the alphabet, missing or surplus padding, or left-over bits that are not zero is a fault.
[[nodiscard]] result<std::string> from_base64(std::string_view text);

}  // namespace stagecoach

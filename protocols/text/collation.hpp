// Comparing text without case, for search (RFC 5051 i;unicode-casemap in spirit: both sides are folded, then octets are
// compared).
#pragma once

#include <string>
#include <string_view>

namespace stagecoach {

// Full case folding of UTF-8 by Unicode; what is no UTF-8 becomes U+FFFD.
[[nodiscard]] std::string fold_case(std::string_view text);

}  // namespace stagecoach

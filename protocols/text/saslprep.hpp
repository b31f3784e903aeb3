// SASLprep (RFC 4013): names and passwords in the one form that both sides of SCRAM reckon with.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace stagecoach {

// none: it is not UTF-8, or has a character that is forbidden or that Unicode 3.2 does not know.
[[nodiscard]] std::optional<std::string> saslprep(std::string_view utf8);

}  // namespace stagecoach

// SHA-256 of octets that are whole in memory: 32 octets.
#pragma once

#include <string>
#include <string_view>

namespace stagecoach {

[[nodiscard]] std::string sha256(std::string_view octets);

}  // namespace stagecoach

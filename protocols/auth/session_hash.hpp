// What a session of the pages is known by wherever it is kept: SHA-256 of its cookie. Who reads it has no session.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "protocols/base/described.hpp"

namespace stagecoach {

struct session_hash {
  std::array<std::uint8_t, 32> sha_256{};
  static constexpr auto fields = described(field(1, "sha_256", &session_hash::sha_256));
  friend auto operator<=>(const session_hash&, const session_hash&) = default;
};

[[nodiscard]] session_hash hash_of_cookie(std::string_view cookie);

// For people and logs, in hex.
[[nodiscard]] std::string session_text(const session_hash& session);

}  // namespace stagecoach

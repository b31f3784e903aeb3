// What a TLS client is known by: SHA-256 of the SubjectPublicKeyInfo of its certificate (RFC 5280 4.1), so that a
// certificate that was renewed with the same key is the same client, whoever signed it.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>

#include "protocols/base/described.hpp"

namespace stagecoach {

struct public_key_hash {
  std::array<std::uint8_t, 32> sha_256{};
  static constexpr auto fields = described(field(1, "sha_256", &public_key_hash::sha_256));
  friend auto operator<=>(const public_key_hash&, const public_key_hash&) = default;
};

// For people and logs: sha256:ab12...
[[nodiscard]] std::string key_text(const public_key_hash& key);

}  // namespace stagecoach

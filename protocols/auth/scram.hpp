// The arithmetic of SCRAM (RFC 5802 3, RFC 7677): keys from a password, and the check of a proof.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "protocols/auth/scram_keys.hpp"

namespace stagecoach {

enum class scram_hash : std::uint8_t { sha_1, sha_256 };

[[nodiscard]] std::size_t digest_bytes(scram_hash hash);  // of a key, a proof and a signature
[[nodiscard]] std::string scram_hmac(scram_hash hash, std::string_view key, std::string_view text);

// RFC 7677 4 wants 4096 at least. More costs who guesses from a stolen index the most, and a client some milliseconds.
inline constexpr std::uint32_t scram_iterations = 16'384;

inline constexpr std::size_t scram_salt_bytes = 16;

// Blocking, some milliseconds. none: the password has characters that RFC 4013 forbids, so no client can send it.
struct scram_salting {
  std::string_view salt;
  std::uint32_t iterations = scram_iterations;
};
[[nodiscard]] std::optional<scram_keys> derive_scram(scram_hash hash, std::string_view password,
                                                     const scram_salting& how);

// none: the proof is not of the password that the keys are of. Else the server's signature, its own proof.
[[nodiscard]] std::optional<std::string> check_proof(scram_hash hash, const scram_keys& keys,
                                                     std::string_view auth_message, std::string_view proof);

}  // namespace stagecoach

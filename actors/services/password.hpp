// Argon2id, m = 19 MiB, t = 2, p = 1 (OWASP's minimum; 33 ms here), as PHC strings. Blocking: called by the
// password_hasher's own threads only.
#pragma once

#include <string>
#include <string_view>

#include "protocols/base/result.hpp"

namespace stagecoach::services {

inline constexpr std::size_t password_bytes_max = 1024;
inline constexpr std::size_t salt_bytes = 16;

[[nodiscard]] result<std::string, failure> hash_of(std::string_view password, std::string_view salt);
// False for a wrong password and for a hash that is none.
[[nodiscard]] bool is_password(std::string_view password, const std::string& hash);
// Verifying against it takes the usual time and never succeeds: for names that do not exist.
[[nodiscard]] const std::string& hash_of_nobody();

}  // namespace stagecoach::services

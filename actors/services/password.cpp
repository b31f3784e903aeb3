#include "actors/services/password.hpp"

#include <argon2.h>

namespace stagecoach::services {

namespace {
constexpr std::uint32_t passes = 2;
constexpr std::uint32_t memory_kib = 19 * 1024;
constexpr std::uint32_t lanes = 1;
constexpr std::size_t hash_bytes = 32;
}  // namespace

result<std::string, failure> hash_of(std::string_view password, std::string_view salt) {
  if (password.empty()) return failure{fault_code::syntax, "the password is empty"};
  if (password.size() > password_bytes_max)
    return failure{fault_code::too_long, "the password is longer than 1024 octets"};
  CHECK(salt.size() == salt_bytes);
  std::string encoded(argon2_encodedlen(passes, memory_kib, lanes, salt_bytes, hash_bytes, Argon2_id), '\0');
  const int code = argon2id_hash_encoded(passes, memory_kib, lanes, password.data(), password.size(), salt.data(),
                                         salt.size(), hash_bytes, encoded.data(), encoded.size());
  if (code != ARGON2_OK) return failure{fault_code::full, std::string("argon2: ") + argon2_error_message(code)};
  encoded.resize(encoded.find('\0'));
  return encoded;
}

bool is_password(std::string_view password, const std::string& hash) {
  if (password.size() > password_bytes_max) return false;
  return argon2id_verify(hash.c_str(), password.data(), password.size()) == ARGON2_OK;
}

const std::string& hash_of_nobody() {
  static const std::string hash = *hash_of("nobody", "................");
  return hash;
}

}  // namespace stagecoach::services

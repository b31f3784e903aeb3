#include "protocols/auth/public_key_hash.hpp"

#include "protocols/base/ids.hpp"

namespace stagecoach {

std::string key_text(const public_key_hash& key) {
  return "sha256:" + to_hex(std::string_view(reinterpret_cast<const char*>(key.sha_256.data()), key.sha_256.size()));
}

}  // namespace stagecoach

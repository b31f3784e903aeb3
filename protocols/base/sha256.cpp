#include "protocols/base/sha256.hpp"

#include <openssl/sha.h>

namespace stagecoach {

std::string sha256(std::string_view octets) {
  std::string hash(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(octets.data()), octets.size(),
         reinterpret_cast<unsigned char*>(hash.data()));
  return hash;
}

}  // namespace stagecoach

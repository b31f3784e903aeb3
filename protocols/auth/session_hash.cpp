#include "protocols/auth/session_hash.hpp"

#include <algorithm>

#include "protocols/base/ids.hpp"
#include "protocols/base/sha256.hpp"

namespace stagecoach {

session_hash hash_of_cookie(std::string_view cookie) {
  session_hash made;
  const auto octets = sha256(cookie);
  std::transform(octets.begin(), octets.end(), made.sha_256.begin(),
                 [](char c) { return static_cast<std::uint8_t>(c); });
  return made;
}

std::string session_text(const session_hash& session) {
  return to_hex(std::string_view(reinterpret_cast<const char*>(session.sha_256.data()), session.sha_256.size()));
}

}  // namespace stagecoach

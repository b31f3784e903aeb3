#include "protocols/auth/external_exchange.hpp"

#include "protocols/base/utf8.hpp"

namespace stagecoach::sasl {

std::string attempt_name(const public_key_hash& key, std::string_view authorize_as) {
  return authorize_as.empty() ? key_text(key) : std::string(authorize_as);
}

// RFC 4422 A.1: *( UTF8-char-no-nul ), empty for whoever the key belongs to.
step external_exchange::received(std::string_view message) {
  if (message.find('\0') != std::string_view::npos || valid_utf8_prefix(message) != message.size())
    return failed{reason::malformed, name_};
  name_ = attempt_name(key_, message);
  return find_owner{key_, std::string(message)};
}

}  // namespace stagecoach::sasl

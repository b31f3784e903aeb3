// The message of SASL PLAIN (RFC 4616), as IMAP and SMTP get it from a client after base64.
#pragma once

#include <string>
#include <string_view>

#include "protocols/base/result.hpp"

namespace stagecoach {

struct plain_credentials {
  std::string authorize_as;  // empty: as oneself
  std::string name;
  std::string password;
};

// RFC 4616 2: [authzid] NUL authcid NUL passwd; name and password are not empty.
[[nodiscard]] result<plain_credentials> parse_plain(std::string_view message);

}  // namespace stagecoach

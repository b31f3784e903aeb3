#include "protocols/auth/plain.hpp"

namespace stagecoach {

result<plain_credentials> parse_plain(std::string_view message) {
  const auto first = message.find('\0');
  if (first == std::string_view::npos) return fault{fault_code::truncated, message.size(), "PLAIN has three parts"};
  const auto second = message.find('\0', first + 1);
  if (second == std::string_view::npos) return fault{fault_code::truncated, message.size(), "PLAIN has three parts"};
  plain_credentials found;
  found.authorize_as = message.substr(0, first);
  found.name = message.substr(first + 1, second - first - 1);
  found.password = message.substr(second + 1);
  if (found.name.empty()) return fault{fault_code::syntax, first + 1, "PLAIN without a name"};
  if (found.password.empty()) return fault{fault_code::syntax, second + 1, "PLAIN without a password"};
  if (found.password.find('\0') != std::string::npos)
    return fault{fault_code::syntax, second + 1, "a NUL in the password"};
  return found;
}

}  // namespace stagecoach

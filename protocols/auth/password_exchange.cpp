#include "protocols/auth/password_exchange.hpp"

#include "protocols/auth/plain.hpp"
#include "protocols/base/reader.hpp"

namespace stagecoach::sasl {

step plain_exchange::received(std::string_view message) {
  auto found = parse_plain(message);
  if (!found) return failed{reason::malformed, {}};
  name_ = found->name;
  if (!found->authorize_as.empty() && !equal_nocase(found->authorize_as, name_))
    return failed{reason::not_allowed, name_};
  return check_password{std::move(found->name), std::move(found->password)};
}

step login_exchange::received(std::string_view message) {
  if (message.empty() || message.find('\0') != std::string_view::npos) return failed{reason::malformed, name_};
  if (!name_.empty()) return check_password{name_, std::string(message)};
  name_ = message;
  return challenge{"Password:"};
}

}  // namespace stagecoach::sasl

// A mail address as a value: local part without quoting, domain in canonical form. How it is spelled in a path or a
// header field is protocols/smtp/path's and protocols/mime/address's business.
#pragma once

#include <compare>
#include <string>

#include "protocols/base/described.hpp"

namespace stagecoach {

// A domain in canonical form: lower-case, without a final dot; or an address literal with its brackets.
struct domain_name {
  std::string text;
  static constexpr auto fields = described(field(1, "text", &domain_name::text, "lower-case"));
  friend auto operator<=>(const domain_name&, const domain_name&) = default;
};

struct address {
  std::string local;  // RFC 5321 4.1.2 local part, quotes and escapes removed, case kept
  domain_name domain;
  static constexpr auto fields =
      described(field(1, "local", &address::local, "unquoted local part"), field(2, "domain", &address::domain));
  friend auto operator<=>(const address&, const address&) = default;
};

// For people and logs: local@domain, without quoting.
[[nodiscard]] inline std::string address_text(const address& a) { return a.local + "@" + a.domain.text; }

}  // namespace stagecoach

// The parameters of MAIL (RFC 5321 4.1.2, esmtp-param). Those of RCPT belong to extensions that are not offered.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "protocols/base/result.hpp"
#include "protocols/smtp/extensions.hpp"

namespace stagecoach::smtp {

enum class body_kind : std::uint8_t { seven_bit, eight_bit_mime, binary_mime };  // RFC 6152, RFC 3030

struct mail_parameters {
  std::optional<std::uint64_t> size;  // RFC 1870: octets, as the client reckons
  std::optional<body_kind> body;
  bool is_utf8 = false;  // RFC 6531: addresses and header may be UTF-8
  // RFC 4954 5: who has sent it, says the client. Read and not used: we trust nobody to tell us.
  bool has_auth = false;
  friend bool operator==(const mail_parameters&, const mail_parameters&) = default;
};

// `text` is what follows the path, from its first space on. The fault unknown_field is a keyword that is not offered;
// any other is a bad value or syntax.
[[nodiscard]] result<mail_parameters> parse_mail_parameters(std::string_view text, const offer& now);
[[nodiscard]] result<done> parse_rcpt_parameters(std::string_view text);

}  // namespace stagecoach::smtp

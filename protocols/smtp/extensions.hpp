// The service extensions of the server core: one table that EHLO prints and the parser of MAIL parameters obeys, so
// that nothing is advertised that is not there, and nothing taken that was not advertised (RFC 5321 2.2).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/auth/sasl.hpp"
#include "protocols/smtp/limits.hpp"

namespace stagecoach::smtp {

enum class extension {
  pipelining,             // RFC 2920
  size,                   // RFC 1870
  starttls,               // RFC 3207
  auth,                   // RFC 4954
  enhanced_status_codes,  // RFC 2034
  eight_bit_mime,         // RFC 6152
  chunking,               // RFC 3030
  binary_mime,            // RFC 3030
  limits,                 // RFC 9422
  smtputf8,               // RFC 6531
};

// Other servers bring mail for our users to port 25 (RFC 5321); our users bring mail for everybody to 587 and 465
// (RFC 6409, RFC 8314).
enum class service : std::uint8_t { reception, submission };

// What the offer depends on.
struct offer {
  std::uint64_t message_bytes_max = 0;
  bool tls_available = false;
  bool tls_active = false;
  service kind = service::reception;
  bool login_needs_tls = true;
  std::size_t recipients_max = limits::recipients_max;
  std::optional<public_key_hash> client_key = {};  // of the certificate that it has shown
};

[[nodiscard]] sasl::conditions sign_in_conditions(const offer& now);
[[nodiscard]] bool is_offered(extension one, const offer& now);
// The lines of an EHLO reply after the first, in the order of the table.
[[nodiscard]] std::vector<std::string> extension_lines(const offer& now);

enum class mail_parameter { unknown, size, body, smtputf8, auth };
// The keyword of a MAIL parameter ("SIZE"), in any case, as far as its extension is offered.
[[nodiscard]] mail_parameter mail_parameter_of(std::string_view keyword, const offer& now);

}  // namespace stagecoach::smtp

// The service extensions of the server core: one table that EHLO prints and the parser of MAIL parameters obeys, so
// that nothing is advertised that is not there, and nothing taken that was not advertised (RFC 5321 2.2).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace stagecoach::smtp {

enum class extension {
  pipelining,             // RFC 2920
  size,                   // RFC 1870
  starttls,               // RFC 3207
  enhanced_status_codes,  // RFC 2034
  eight_bit_mime,         // RFC 6152
  chunking,               // RFC 3030
  binary_mime,            // RFC 3030
  limits,                 // RFC 9422
  smtputf8,               // RFC 6531
};

// What the offer depends on.
struct offer {
  std::uint64_t message_bytes_max = 0;
  bool tls_available = false;
  bool tls_active = false;
};

[[nodiscard]] bool is_offered(extension one, const offer& now);
// The lines of an EHLO reply after the first, in the order of the table.
[[nodiscard]] std::vector<std::string> extension_lines(const offer& now);

enum class mail_parameter { unknown, size, body, smtputf8 };
// The keyword of a MAIL parameter ("SIZE"), in any case, as far as its extension is offered.
[[nodiscard]] mail_parameter mail_parameter_of(std::string_view keyword, const offer& now);

}  // namespace stagecoach::smtp

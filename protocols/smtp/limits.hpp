// The limits of the SMTP server, each with the reason for its number. What an administrator may change is in
// session_limits, with these as its defaults (config/limits.hpp); the rest is fixed.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace stagecoach::smtp::limits {

// RFC 5321 4.5.3.1.4 demands 512, extensions add to it; Postfix takes 2048.
inline constexpr std::size_t line_bytes_max = 4096;
// RFC 4954 4: the lines of an AUTH exchange, and AUTH itself with its initial response.
inline constexpr std::size_t auth_line_bytes_max = 12'288;
// A line that has not ended by then never will: the connection is closed.
inline constexpr std::size_t endless_line_bytes = 64 * 1024;
// What is buffered for a client that pipelines while we ask; then reading stops. One read may come on top.
inline constexpr std::size_t paused_input_bytes = 16 * 1024;

// RFC 5321 4.5.3.1.1 to 4.5.3.1.3, in octets as spelled.
inline constexpr std::size_t local_part_bytes_max = 64;
inline constexpr std::size_t domain_bytes_max = 255;
inline constexpr std::size_t label_bytes_max = 63;  // RFC 1035 2.3.4
inline constexpr std::size_t path_bytes_max = 256;  // with its angle brackets

// RFC 5321 4.5.3.1.8 demands 100; the number of Postfix, announced by LIMITS (RFC 9422).
inline constexpr std::size_t recipients_max = 1000;
// Of one mail of a person; who writes to more has a list.
inline constexpr std::size_t recipients_submitted_max = 100;
inline constexpr std::uint64_t message_bytes_default = 50ULL * 1024 * 1024;
// Legitimate headers are below 100 KB (Postfix's limit); what parses them later is linear, and still must end.
inline constexpr std::size_t header_bytes_max = 256 * 1024;
inline constexpr std::size_t header_fields_max = 2000;
// Of a From field, as it came, and in it; nobody writes with more names than that.
inline constexpr std::size_t author_bytes_max = 16 * 1024;
inline constexpr std::size_t authors_max = 10;
// RFC 5321 6.3 wants at least 100 hops; more is a loop.
inline constexpr std::size_t received_fields_max = 100;

// Errors (5xx) without a mail delivered in between: then each is answered slowly, then the connection ends. Postfix's.
inline constexpr std::size_t errors_before_delay = 10;
inline constexpr std::size_t errors_max = 20;
inline constexpr std::chrono::milliseconds error_delay{1000};
// Before a mail is refused none of whose recipients is known: who guesses addresses waits. mox's.
inline constexpr std::chrono::milliseconds unknown_recipients_delay{5000};
// In one session; then it ends. As with IMAP.
inline constexpr std::size_t failed_logins_max = 3;
// How long an address that asks for silence gets it; localserve only. Longer than any client waits (RFC 5321 4.5.3.2).
inline constexpr std::chrono::milliseconds silence{std::chrono::hours{1}};
// Commands that lead to no mail (NOOP, RSET, HELP, EHLO ...) without one in between. Half of Postfix's junk limit.
inline constexpr std::size_t idle_commands_max = 50;

}  // namespace stagecoach::smtp::limits

namespace stagecoach::smtp {

// Those of one session that can be set.
struct session_limits {
  std::size_t recipients_max = limits::recipients_max;
  std::size_t errors_before_delay = limits::errors_before_delay;
  std::size_t errors_max = limits::errors_max;
  std::size_t errors_max_in_stress = 1;  // of who has not signed in
  std::chrono::milliseconds error_delay = limits::error_delay;
  std::chrono::milliseconds unknown_recipients_delay = limits::unknown_recipients_delay;
  std::size_t failed_logins_max = limits::failed_logins_max;
  std::size_t idle_commands_max = limits::idle_commands_max;
};

}  // namespace stagecoach::smtp

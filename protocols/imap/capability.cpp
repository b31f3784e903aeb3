#include "protocols/imap/capability.hpp"

#include "protocols/imap/command_table.hpp"

namespace stagecoach::imap {

bool may_sign_in(const session_state& session) { return session.is_tls || !session.options.login_needs_tls; }

bool may_start_tls(const session_state& session) {
  return session.options.offers_tls && !session.is_tls && !session.is_signed_in;
}

std::string capabilities(const session_state& session) {
  std::string out = "IMAP4rev1 LITERAL- BINARY ESEARCH";  // RFC 7888, RFC 3516, RFC 4731
  if (may_start_tls(session)) out += " STARTTLS";
  if (!session.is_signed_in) out += may_sign_in(session) ? " SASL-IR AUTH=PLAIN" : " LOGINDISABLED";
  for (const auto& row : command_table()) {
    const bool is_listed =
        row.capability.empty() || (" " + out + " ").find(" " + std::string(row.capability) + " ") != std::string::npos;
    if (!is_listed) out += " " + std::string(row.capability);
  }
  // RFC 7889 2: one limit for all mailboxes.
  return out + " APPENDLIMIT=" + std::to_string(session.options.append_bytes_max);
}

}  // namespace stagecoach::imap

#include "protocols/imap/capability.hpp"

#include <algorithm>

#include "protocols/imap/command_table.hpp"

namespace stagecoach::imap {

namespace {

// What the commands are announced by, each once. The same for all sessions.
const std::string& capabilities_of_commands() {
  static const std::string all = [] {
    std::string out;
    const auto table = command_table();
    for (auto row = table.begin(); row != table.end(); ++row) {
      const bool is_listed =
          std::any_of(table.begin(), row, [&](const auto& before) { return before.capability == row->capability; });
      if (!row->capability.empty() && !is_listed) out += " " + std::string(row->capability);
    }
    return out;
  }();
  return all;
}

}  // namespace

sasl::conditions sign_in_conditions(const session_state& session) {
  return {session.is_tls, session.options.login_needs_tls, session.client_key};
}

bool may_sign_in(const session_state& session) { return !sasl::offered(sign_in_conditions(session)).empty(); }

bool may_start_tls(const session_state& session) {
  return session.options.offers_tls && !session.is_tls && !session.is_signed_in;
}

std::string capabilities(const session_state& session) {
  std::string out;
  out.reserve(capabilities_of_commands().size() + 256);
  out += "IMAP4rev1 IMAP4rev2 LITERAL+ BINARY ESEARCH SEARCHRES";  // RFC 7888, RFC 3516, RFC 4731, RFC 5182
  if (may_start_tls(session)) out += " STARTTLS";
  if (!session.is_signed_in && !may_sign_in(session)) out += " LOGINDISABLED";
  if (!session.is_signed_in && may_sign_in(session)) {
    out += " SASL-IR";
    for (const auto mechanism : sasl::offered(sign_in_conditions(session))) {
      out += " AUTH=";
      out += mechanism;
    }
  }
  out += capabilities_of_commands();
  out += " APPENDLIMIT=" + std::to_string(session.options.append_bytes_max);  // RFC 7889 2: one limit for all mailboxes
  return out;
}

}  // namespace stagecoach::imap

// What is advertised, and when: from the command table and from the session's state. Nothing that does not work.
#pragma once

#include <string>

#include "protocols/auth/sasl.hpp"
#include "protocols/imap/session_state.hpp"

namespace stagecoach::imap {

// `IMAP4rev1 LITERAL+ ...`, as CAPABILITY lists it and the greeting's code has it.
[[nodiscard]] std::string capabilities(const session_state& session);

[[nodiscard]] sasl::conditions sign_in_conditions(const session_state& session);
// Whether a password may be sent on this connection now.
[[nodiscard]] bool may_sign_in(const session_state& session);
[[nodiscard]] bool may_start_tls(const session_state& session);

}  // namespace stagecoach::imap

// What ties a sign-in to the TLS connection that it came through, so that somebody in between cannot pass it on
// (RFC 5056). Made when a client asks for it.
#pragma once

#include "protocols/auth/sasl_steps.hpp"

struct ssl_st;

namespace stagecoach::runtime {

// Of the server's side, after the handshake.
[[nodiscard]] sasl::channel_bindings channel_bindings_of(ssl_st* tls);

}  // namespace stagecoach::runtime

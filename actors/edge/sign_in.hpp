// What SMTP and IMAP connections do alike when somebody signs in.
#pragma once

#include "actors/runtime/stream.hpp"
#include "actors/runtime/world.hpp"
#include "actors/services/handles.hpp"
#include "messages/directory.hpp"
#include "protocols/auth/sasl_steps.hpp"

namespace stagecoach::edge {

// What a SCRAM exchange on this connection goes on with.
[[nodiscard]] sasl::key_facts facts_for(scram_hash hash, const messages::keys_found& found, const runtime::stream& wire,
                                        runtime::random_source& random);

// Where people sign in. RFC 8314 4.2: a server asks for a certificate only when one could sign somebody in.
[[nodiscard]] runtime::client_certificate certificate_of_client(const services::node_services& here);

}  // namespace stagecoach::edge

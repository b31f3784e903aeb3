// What STATUS tells of a mailbox (RFC 3501 6.3.10; SIZE RFC 8438; APPENDLIMIT RFC 7889; DELETED RFC 9051 6.3.11), for
// the command and for RETURN (STATUS ...) of LIST (RFC 5819).
#pragma once

#include <string>
#include <vector>

#include "protocols/base/reader.hpp"
#include "protocols/imap/needs.hpp"
#include "protocols/imap/session_state.hpp"

namespace stagecoach::imap {

struct status_item;
using status_items = std::vector<const status_item*>;

// `(MESSAGES UNSEEN)`, each once.
[[nodiscard]] status_items take_status_items(reader& in);
// The whole response.
void put_status(session_state& session, const mailbox_facts& facts, const status_items& wanted);

}  // namespace stagecoach::imap

// The counts of a mailbox, changed with every message in the commit that changes the message
// (mail-server-behaviour 5.1). For the transitions and for account_check, which counts again from the rows.
#pragma once

#include "messages/mailbox.hpp"
#include "protocols/base/flags.hpp"

namespace stagecoach::store {

struct counted_message {
  const message_flags& flags;
  std::uint64_t size;  // octets, prefix and body
};

void count_in(messages::mailbox_counts& counts, const counted_message& one);
// The message was counted in before, with these flags and this size.
void count_out(messages::mailbox_counts& counts, const counted_message& one);

}  // namespace stagecoach::store

// What a request to the single writer of an account becomes (store/account/state.hpp). The account actor hands `commit`
// to the commit log, and when that is durable tells `changes` to the mailboxes and then gives the answer.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "messages/account.hpp"
#include "messages/mailbox.hpp"
#include "messages/store.hpp"

namespace stagecoach::store {

struct mailbox_changes {
  mailbox_id mailbox;
  messages::apply_changes changes;
  friend bool operator==(const mailbox_changes&, const mailbox_changes&) = default;
};

template <class Answer>
struct transition {
  // Nothing of it may be told before commit number `sequence` of this account is durable. Without a commit of its own
  // it is the last one handed out before, which the answer has seen: a client must not learn a modseq or a flag that a
  // failed commit takes back.
  std::uint64_t sequence = 0;
  std::optional<messages::commit> commit;  // none: there is nothing to write
  std::vector<mailbox_changes> changes;    // of open mailboxes only
  Answer answer;
  messages::mailboxes_changed told = {};  // to who watches the account; empty while nobody does
};

}  // namespace stagecoach::store

// The conversation with an account, the single writer of everything in it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "messages/conversation.hpp"
#include "messages/mailbox.hpp"
#include "messages/store.hpp"

namespace stagecoach::messages {

// One message into one mailbox, from SMTP or APPEND. Answered after the commit.
struct deliver {
  trace_context trace;
  staged_body body;
  std::string prefix;   // our own header fields for this recipient, CRLF; empty for APPEND
  std::string mailbox;  // name; delivery goes to "Inbox"
  message_flags flags;
  unix_ms received;
  bool create_mailbox = false;  // delivery makes what is missing, APPEND is refused with not_found
  static constexpr auto fields = described(field(1, "trace", &deliver::trace), field(2, "body", &deliver::body),
                                           field(3, "prefix", &deliver::prefix), field(4, "mailbox", &deliver::mailbox),
                                           field(5, "flags", &deliver::flags), field(6, "received", &deliver::received),
                                           field(7, "create_mailbox", &deliver::create_mailbox));
  friend bool operator==(const deliver&, const deliver&) = default;
};
struct delivered {
  mailbox_id mailbox;
  uid_validity validity;
  uid id;
  modseq changed;
  static constexpr auto fields =
      described(field(1, "mailbox", &delivered::mailbox), field(2, "validity", &delivered::validity),
                field(3, "uid", &delivered::id), field(4, "changed", &delivered::changed));
  friend bool operator==(const delivered&, const delivered&) = default;
};

struct list_mailboxes {
  trace_context trace;
  static constexpr auto fields = described(field(1, "trace", &list_mailboxes::trace));
  friend bool operator==(const list_mailboxes&, const list_mailboxes&) = default;
};
struct mailboxes {
  std::vector<mailbox_status> all;  // by name
  static constexpr auto fields = described(field(1, "all", &mailboxes::all));
  friend bool operator==(const mailboxes&, const mailboxes&) = default;
};

// Answered with a handle to the mailbox, which is started if nobody looks at it yet.
struct open_mailbox {
  trace_context trace;
  std::string name;
  static constexpr auto fields =
      described(field(1, "trace", &open_mailbox::trace), field(2, "name", &open_mailbox::name));
  friend bool operator==(const open_mailbox&, const open_mailbox&) = default;
};

// From a mailbox that nobody has looked at for a while: may it end? Not if a handle to it was given out that it has not
// heard of.
struct close_mailbox {
  mailbox_id mailbox;
  std::uint64_t wanted = 0;  // the last `wanted` that it has seen
  static constexpr auto fields =
      described(field(1, "mailbox", &close_mailbox::mailbox), field(2, "wanted", &close_mailbox::wanted));
  friend bool operator==(const close_mailbox&, const close_mailbox&) = default;
};
struct mailbox_closed {
  bool may_end = false;
  static constexpr auto fields = described(field(1, "may_end", &mailbox_closed::may_end));
  friend bool operator==(const mailbox_closed&, const mailbox_closed&) = default;
};

struct account_talk : conversation<ask_for<deliver, delivered>, ask_for<list_mailboxes, mailboxes>,
                                   ask_for<open_mailbox, handle_to<mailbox_talk>>,
                                   ask_for<close_mailbox, mailbox_closed>, ask_for<set_flags, flags_set>,
                                   ask_for<expunge, messages_expunged>, ask_for<copy, copied>, tell<wanted>> {};

}  // namespace stagecoach::messages

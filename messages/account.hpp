// The conversation with an account, the single writer of everything in it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "messages/conversation.hpp"
#include "messages/mailbox.hpp"
#include "messages/store.hpp"
#include "protocols/base/record.hpp"

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
  std::optional<std::string> only;  // the name of one, refused with not_found when there is none; none: all
  static constexpr auto fields =
      described(field(1, "trace", &list_mailboxes::trace), field(2, "only", &list_mailboxes::only));
  friend bool operator==(const list_mailboxes&, const list_mailboxes&) = default;
};
struct mailboxes {
  std::vector<mailbox_status> all;   // by name
  std::vector<std::string> missing;  // names that are subscribed, of which there is no mailbox
  static constexpr auto fields = described(field(1, "all", &mailboxes::all), field(2, "missing", &mailboxes::missing));
  friend bool operator==(const mailboxes&, const mailboxes&) = default;
};

// As list_mailboxes; the asker is told of every later change of any mailbox, until it ends.
struct watch_account {
  trace_context trace;
  static constexpr auto fields = described(field(1, "trace", &watch_account::trace));
  friend bool operator==(const watch_account&, const watch_account&) = default;
};
// What one commit did to mailboxes: their counts, names, uses, keywords.
struct mailboxes_changed {
  trace_context trace;
  std::vector<mailbox_status> changed;  // as they are after it; also new ones
  std::vector<mailbox_id> removed;
  static constexpr auto fields =
      described(field(1, "trace", &mailboxes_changed::trace), field(2, "changed", &mailboxes_changed::changed),
                field(3, "removed", &mailboxes_changed::removed));
  friend bool operator==(const mailboxes_changed&, const mailboxes_changed&) = default;
};
// Whoever looks at all of an account: an event stream.
struct account_viewer_talk : conversation<tell<mailboxes_changed>> {};

// --- the tree of mailboxes (RFC 9051 6.3.4 to 6.3.8). Refused with duplicate: there is a mailbox of this name; syntax:
// no mailbox can have this name, or this one must stay; too_long, out_of_range: the account has too many. ---

// With its missing parents; all that are made are subscribed. not_found: another mailbox has this special use.
struct create_mailbox {
  trace_context trace;
  std::string name;
  std::string special_use;  // RFC 6154, "\\Sent"; empty: none
  static constexpr auto fields =
      described(field(1, "trace", &create_mailbox::trace), field(2, "name", &create_mailbox::name),
                field(3, "special_use", &create_mailbox::special_use));
  friend bool operator==(const create_mailbox&, const create_mailbox&) = default;
};
struct mailbox_created {
  mailbox_id mailbox;
  uid_validity validity;
  modseq changed;
  static constexpr auto fields =
      described(field(1, "mailbox", &mailbox_created::mailbox), field(2, "validity", &mailbox_created::validity),
                field(3, "changed", &mailbox_created::changed));
  friend bool operator==(const mailbox_created&, const mailbox_created&) = default;
};

// With its messages; its subscription stays. not_found; not_empty: it has children.
struct delete_mailbox {
  trace_context trace;
  std::string name;
  static constexpr auto fields =
      described(field(1, "trace", &delete_mailbox::trace), field(2, "name", &delete_mailbox::name));
  friend bool operator==(const delete_mailbox&, const delete_mailbox&) = default;
};
struct mailbox_deleted {
  mailbox_id mailbox;
  modseq changed;
  static constexpr auto fields =
      described(field(1, "mailbox", &mailbox_deleted::mailbox), field(2, "changed", &mailbox_deleted::changed));
  friend bool operator==(const mailbox_deleted&, const mailbox_deleted&) = default;
};

// With its children; missing parents are made. INBOX stays, and its messages become those of the new mailbox.
// not_found.
struct rename_mailbox {
  trace_context trace;
  std::string from;
  std::string to;
  static constexpr auto fields =
      described(field(1, "trace", &rename_mailbox::trace), field(2, "from", &rename_mailbox::from),
                field(3, "to", &rename_mailbox::to));
  friend bool operator==(const rename_mailbox&, const rename_mailbox&) = default;
};
struct mailbox_renamed {
  modseq changed;
  static constexpr auto fields = described(field(1, "changed", &mailbox_renamed::changed));
  friend bool operator==(const mailbox_renamed&, const mailbox_renamed&) = default;
};

// Of a name, whether there is such a mailbox or not.
struct set_subscription {
  trace_context trace;
  std::string name;
  bool is_subscribed = false;
  static constexpr auto fields =
      described(field(1, "trace", &set_subscription::trace), field(2, "name", &set_subscription::name),
                field(3, "is_subscribed", &set_subscription::is_subscribed));
  friend bool operator==(const set_subscription&, const set_subscription&) = default;
};
struct subscription_set {
  modseq changed;  // 0: it was so before
  static constexpr auto fields = described(field(1, "changed", &subscription_set::changed));
  friend bool operator==(const subscription_set&, const subscription_set&) = default;
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

// From an open mailbox: everybody who looks at it has processed what was removed from it up to here, so nobody reads
// that any more.
struct release_removed {
  mailbox_id mailbox;
  modseq up_to;
  static constexpr auto fields =
      described(field(1, "mailbox", &release_removed::mailbox), field(2, "up_to", &release_removed::up_to));
  friend bool operator==(const release_removed&, const release_removed&) = default;
};

struct account_talk
    : conversation<ask_for<deliver, delivered>, ask_for<list_mailboxes, mailboxes>, ask_for<watch_account, mailboxes>,
                   ask_for<create_mailbox, mailbox_created>, ask_for<delete_mailbox, mailbox_deleted>,
                   ask_for<rename_mailbox, mailbox_renamed>, ask_for<set_subscription, subscription_set>,
                   ask_for<open_mailbox, handle_to<mailbox_talk>>, ask_for<close_mailbox, mailbox_closed>,
                   ask_for<set_flags, flags_set>, ask_for<expunge, messages_expunged>, ask_for<copy, copied>,
                   tell<release_removed>, tell<wanted>> {};

}  // namespace stagecoach::messages

// Compiled in records.cpp.
namespace stagecoach {
extern template struct record_of<messages::deliver>;
extern template struct record_of<messages::delivered>;
extern template struct record_of<messages::list_mailboxes>;
extern template struct record_of<messages::mailboxes>;
extern template struct record_of<messages::watch_account>;
extern template struct record_of<messages::mailboxes_changed>;
extern template struct record_of<messages::create_mailbox>;
extern template struct record_of<messages::mailbox_created>;
extern template struct record_of<messages::delete_mailbox>;
extern template struct record_of<messages::mailbox_deleted>;
extern template struct record_of<messages::release_removed>;
extern template struct record_of<messages::rename_mailbox>;
extern template struct record_of<messages::mailbox_renamed>;
extern template struct record_of<messages::set_subscription>;
extern template struct record_of<messages::subscription_set>;
extern template struct record_of<messages::open_mailbox>;
extern template struct record_of<messages::close_mailbox>;
extern template struct record_of<messages::mailbox_closed>;
}  // namespace stagecoach

// The conversation with an open mailbox. Requests go down from here to the account and back, on one path: every answer
// comes after the changes that the asker had not been told, so a client sees the untagged updates before the tagged
// reply.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "messages/changes.hpp"
#include "messages/conversation.hpp"
#include "protocols/base/flags.hpp"
#include "protocols/base/ids.hpp"
#include "protocols/base/record.hpp"
#include "protocols/base/trace.hpp"
#include "protocols/base/uid_set.hpp"

namespace stagecoach::messages {

// RFC 9051 2.3.1: the counts of one mailbox (mail-server-behaviour 5.1).
struct mailbox_counts {
  std::uint32_t total = 0;    // without \Deleted
  std::uint32_t deleted = 0;  // with \Deleted; EXISTS is total + deleted
  std::uint32_t unseen = 0;   // not \Seen
  std::uint32_t unread = 0;   // not \Seen and not \Deleted
  std::uint64_t size = 0;     // octets of all
  static constexpr auto fields = described(field(1, "total", &mailbox_counts::total, "messages without \\Deleted"),
                                           field(2, "deleted", &mailbox_counts::deleted, "messages with \\Deleted"),
                                           field(3, "unseen", &mailbox_counts::unseen, "without \\Seen"),
                                           field(4, "unread", &mailbox_counts::unread, "without \\Seen and \\Deleted"),
                                           field(5, "size", &mailbox_counts::size, "octets"));
  friend bool operator==(const mailbox_counts&, const mailbox_counts&) = default;
};

struct mailbox_status {
  mailbox_id id;
  std::string name;  // UTF-8; INBOX is "Inbox"
  uid_validity validity;
  uid next_uid;
  modseq highest;
  mailbox_counts counts;
  std::vector<std::string> keywords;  // ever used here, lower-case, sorted
  std::string special_use;            // RFC 6154, "\\Sent"; empty: none
  bool subscribed = false;
  static constexpr auto fields =
      described(field(1, "id", &mailbox_status::id), field(2, "name", &mailbox_status::name),
                field(3, "validity", &mailbox_status::validity), field(4, "next_uid", &mailbox_status::next_uid),
                field(5, "highest", &mailbox_status::highest), field(6, "counts", &mailbox_status::counts),
                field(7, "keywords", &mailbox_status::keywords), field(8, "special_use", &mailbox_status::special_use),
                field(9, "subscribed", &mailbox_status::subscribed));
  friend bool operator==(const mailbox_status&, const mailbox_status&) = default;
};

// The asker becomes a viewer; it is told every change after `status.highest`.
struct watch {
  trace_context trace;
  static constexpr auto fields = described(field(1, "trace", &watch::trace));
  friend bool operator==(const watch&, const watch&) = default;
};
struct watching {
  mailbox_status status;
  uid_set uids;      // all, ascending: sequence numbers follow
  uid first_unseen;  // none: 0
  static constexpr auto fields = described(field(1, "status", &watching::status), field(2, "uids", &watching::uids),
                                           field(3, "first_unseen", &watching::first_unseen));
  friend bool operator==(const watching&, const watching&) = default;
};

// The asker is no viewer any more (its death has the same effect).
struct look_away {
  trace_context trace;
  static constexpr auto fields = described(field(1, "trace", &look_away::trace));
  friend bool operator==(const look_away&, const look_away&) = default;
};

// A viewer has taken the last `changes`: it may be sent more.
struct seen {
  trace_context trace;
  modseq up_to;
  static constexpr auto fields = described(field(1, "trace", &seen::trace), field(2, "up_to", &seen::up_to));
  friend bool operator==(const seen&, const seen&) = default;
};

// NOOP: everything that has happened comes as `changes` before the answer.
struct catch_up {
  trace_context trace;
  static constexpr auto fields = described(field(1, "trace", &catch_up::trace));
  friend bool operator==(const catch_up&, const catch_up&) = default;
};
struct caught_up {
  modseq up_to;
  static constexpr auto fields = described(field(1, "up_to", &caught_up::up_to));
  friend bool operator==(const caught_up&, const caught_up&) = default;
};

struct read_rows {
  trace_context trace;
  uid_set uids;  // those that do not exist are left out of the answer
  static constexpr auto fields = described(field(1, "trace", &read_rows::trace), field(2, "uids", &read_rows::uids));
  friend bool operator==(const read_rows&, const read_rows&) = default;
};
struct rows {
  std::vector<message_view> messages;  // ascending
  static constexpr auto fields = described(field(1, "messages", &rows::messages));
  friend bool operator==(const rows&, const rows&) = default;
};

struct set_flags {
  trace_context trace;
  mailbox_id mailbox;
  uid_set uids;
  flag_delta delta;
  static constexpr auto fields =
      described(field(1, "trace", &set_flags::trace), field(2, "mailbox", &set_flags::mailbox),
                field(3, "uids", &set_flags::uids, "messages to change"), field(4, "delta", &set_flags::delta));
  friend bool operator==(const set_flags&, const set_flags&) = default;
};
struct flags_set {
  modseq changed;                      // 0: nothing was different before
  std::vector<message_view> messages;  // every message named that exists, with its flags now, ascending
  std::vector<std::string> keywords;   // of the mailbox, now
  static constexpr auto fields =
      described(field(1, "changed", &flags_set::changed), field(2, "messages", &flags_set::messages),
                field(3, "keywords", &flags_set::keywords));
  friend bool operator==(const flags_set&, const flags_set&) = default;
};

// Removes those of the named messages that have \Deleted; all of the mailbox when `uids` is none (RFC
// 9051 6.4.3, 6.4.9).
struct expunge {
  trace_context trace;
  mailbox_id mailbox;
  std::optional<uid_set> uids;
  static constexpr auto fields = described(field(1, "trace", &expunge::trace), field(2, "mailbox", &expunge::mailbox),
                                           field(3, "uids", &expunge::uids, "none: all with \\Deleted"));
  friend bool operator==(const expunge&, const expunge&) = default;
};
struct messages_expunged {
  modseq changed;  // 0: nothing was removed
  uid_set uids;
  static constexpr auto fields =
      described(field(1, "changed", &messages_expunged::changed), field(2, "uids", &messages_expunged::uids));
  friend bool operator==(const messages_expunged&, const messages_expunged&) = default;
};

// COPY and MOVE (RFC 9051 6.4.7, 6.4.8). All or nothing.
struct copy {
  trace_context trace;
  mailbox_id mailbox;
  uid_set uids;
  std::string to;     // mailbox name
  bool move = false;  // remove from here in the same commit
  static constexpr auto fields =
      described(field(1, "trace", &copy::trace), field(2, "mailbox", &copy::mailbox), field(3, "uids", &copy::uids),
                field(4, "to", &copy::to), field(5, "move", &copy::move));
  friend bool operator==(const copy&, const copy&) = default;
};
struct copied {
  uid_validity validity;  // of the destination
  std::vector<uid> from;  // ascending; from[i] became to[i] (RFC 4315)
  std::vector<uid> to;
  modseq changed;
  static constexpr auto fields = described(field(1, "validity", &copied::validity), field(2, "from", &copied::from),
                                           field(3, "to", &copied::to), field(4, "changed", &copied::changed));
  friend bool operator==(const copied&, const copied&) = default;
};

// From the account, in commit order: what was committed to this mailbox. `originator` is told by the answer to its own
// request instead.
struct apply_changes {
  trace_context trace;
  modseq up_to;
  std::vector<change> entries;
  mailbox_status status;  // after them
  static constexpr auto fields =
      described(field(1, "trace", &apply_changes::trace), field(2, "up_to", &apply_changes::up_to),
                field(3, "entries", &apply_changes::entries), field(4, "status", &apply_changes::status));
  friend bool operator==(const apply_changes&, const apply_changes&) = default;
};

// From the account: the mailbox was deleted, and all its messages with it. It ends, and its viewers hear of it by that.
struct mailbox_removed {
  trace_context trace;
  static constexpr auto fields = described(field(1, "trace", &mailbox_removed::trace));
  friend bool operator==(const mailbox_removed&, const mailbox_removed&) = default;
};

// From whoever starts an account or a mailbox: somebody was just handed a handle to it, so it is not idle.
struct wanted {
  std::uint64_t count = 0;  // how often so far
  static constexpr auto fields = described(field(1, "count", &wanted::count));
  friend bool operator==(const wanted&, const wanted&) = default;
};

struct mailbox_talk
    : conversation<ask_for<watch, watching>, tell<look_away>, tell<seen>, ask_for<catch_up, caught_up>,
                   ask_for<read_rows, rows>, ask_for<set_flags, flags_set>, ask_for<expunge, messages_expunged>,
                   ask_for<copy, copied>, tell<apply_changes>, tell<mailbox_removed>, tell<wanted>> {};

}  // namespace stagecoach::messages

// Compiled in records.cpp.
namespace stagecoach {
extern template struct record_of<messages::wanted>;
extern template struct record_of<messages::mailbox_counts>;
extern template struct record_of<messages::mailbox_status>;
extern template struct record_of<messages::watch>;
extern template struct record_of<messages::watching>;
extern template struct record_of<messages::look_away>;
extern template struct record_of<messages::seen>;
extern template struct record_of<messages::catch_up>;
extern template struct record_of<messages::caught_up>;
extern template struct record_of<messages::read_rows>;
extern template struct record_of<messages::rows>;
extern template struct record_of<messages::set_flags>;
extern template struct record_of<messages::flags_set>;
extern template struct record_of<messages::expunge>;
extern template struct record_of<messages::messages_expunged>;
extern template struct record_of<messages::copy>;
extern template struct record_of<messages::copied>;
extern template struct record_of<messages::apply_changes>;
extern template struct record_of<messages::mailbox_removed>;
}  // namespace stagecoach

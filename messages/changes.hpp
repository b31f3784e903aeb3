// The journal's entries: what a mailbox, an event stream and, later, a remote node are told about an account.
#pragma once

#include <cstdint>
#include <string_view>
#include <variant>
#include <vector>

#include "messages/conversation.hpp"
#include "protocols/base/flags.hpp"
#include "protocols/base/ids.hpp"
#include "protocols/base/record.hpp"
#include "protocols/base/trace.hpp"
#include "protocols/base/uid_set.hpp"

namespace stagecoach::messages {

// One message as its viewers know it: everything but the body and the prefix.
struct message_view {
  uid id;
  message_flags flags;
  modseq changed;
  modseq created;
  std::uint64_t size = 0;          // octets, prefix and body
  std::uint32_t header_bytes = 0;  // of size; prefix and header of the body
  unix_ms received;                // INTERNALDATE
  message_id message;
  message_id thread;  // the first message of its thread, which may be gone
  message_id parent;  // 0: none is known
  static constexpr auto fields =
      described(field(1, "uid", &message_view::id), field(2, "flags", &message_view::flags),
                field(3, "changed", &message_view::changed), field(4, "created", &message_view::created),
                field(5, "size", &message_view::size, "octets, prefix and body"),
                field(6, "header_bytes", &message_view::header_bytes), field(7, "received", &message_view::received),
                field(8, "message", &message_view::message), field(9, "thread", &message_view::thread),
                field(10, "parent", &message_view::parent));
  friend bool operator==(const message_view&, const message_view&) = default;
};

struct added {
  static constexpr std::string_view kind = "added";
  message_view message;
  static constexpr auto fields = described(field(1, "message", &added::message));
  friend bool operator==(const added&, const added&) = default;
};

struct flags_changed {
  static constexpr std::string_view kind = "flags_changed";
  uid id;
  message_flags flags;
  modseq changed;
  static constexpr auto fields =
      described(field(1, "uid", &flags_changed::id), field(2, "flags", &flags_changed::flags),
                field(3, "changed", &flags_changed::changed));
  friend bool operator==(const flags_changed&, const flags_changed&) = default;
};

struct expunged {
  static constexpr std::string_view kind = "expunged";
  uid id;
  modseq changed;
  static constexpr auto fields = described(field(1, "uid", &expunged::id), field(2, "changed", &expunged::changed));
  friend bool operator==(const expunged&, const expunged&) = default;
};

using change = std::variant<added, flags_changed, expunged>;  // an alternative's place is its number for ever

// To a viewer: everything of one mailbox after what it was told before, in modseq order, at most one entry per UID.
// The viewer answers with `seen`; until then the mailbox sends no more of its own accord.
struct changes {
  trace_context trace;
  mailbox_id mailbox;
  modseq up_to;
  std::vector<change> entries;
  static constexpr auto fields = described(field(1, "trace", &changes::trace), field(2, "mailbox", &changes::mailbox),
                                           field(3, "up_to", &changes::up_to), field(4, "entries", &changes::entries));
  friend bool operator==(const changes&, const changes&) = default;
};

// Whoever looks at a mailbox: an IMAP connection, an event stream.
struct viewer_talk : conversation<tell<changes>> {};

}  // namespace stagecoach::messages

// Compiled in records.cpp.
namespace stagecoach {
extern template struct record_of<messages::message_view>;
extern template struct record_of<messages::added>;
extern template struct record_of<messages::flags_changed>;
extern template struct record_of<messages::expunged>;
extern template struct record_of<messages::changes>;
}  // namespace stagecoach

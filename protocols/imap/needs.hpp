// What the IMAP core yields and what it is answered. The connection actor sends, closes and asks; protocols/ knows no
// actor message, so these structs are the core's own. At most one need is open at a time, and each is answered once, by
// the struct named beside it or by `refused`.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "protocols/auth/sasl_steps.hpp"
#include "protocols/base/flags.hpp"
#include "protocols/base/ids.hpp"
#include "protocols/base/result.hpp"
#include "protocols/base/uid_set.hpp"
#include "protocols/mime/part_index.hpp"

namespace stagecoach::imap {

// --- what is known of messages and mailboxes ---

struct message_facts {
  uid id;
  message_flags flags;
  std::uint64_t size = 0;          // octets
  std::uint32_t header_bytes = 0;  // of size: up to and with the empty line
  unix_ms received;                // INTERNALDATE
};

struct mailbox_facts {
  std::string name;  // UTF-8, INBOX is "Inbox"
  uid_validity validity;
  uid next_uid;
  std::uint32_t messages = 0;
  std::uint32_t unseen = 0;
  std::uint32_t deleted = 0;
  std::uint64_t size = 0;  // octets
  std::vector<std::string> keywords;
  std::string special_use;  // "\\Sent"; empty: none
  bool is_subscribed = false;
};

// --- outputs that nobody answers ---

struct send {
  std::string bytes;
};
struct start_tls {};      // after everything sent so far; then `tls_started`
struct leave_mailbox {};  // its changes are wanted no more
struct append_octets {
  std::string octets;
};
struct abandon_append {};
// How an attempt to sign in ended that the core has judged (need_sign_in is judged by who answers it): it is `name`
// whose keys were asked for, or who was the answer to need_owner, and this is their connection now; or it is not.
struct sign_in_ended {
  std::string name;
  bool is_good = false;
};
struct hang_up {};  // after everything sent so far
// Goes on with the next output only when this long has passed; input is not read meanwhile.
struct wait {
  std::chrono::milliseconds time;
};

// --- needs and their answers ---

struct need_drained {};  // everything sent so far has been written to the socket
struct drained {};

struct need_sign_in {
  std::string name, password;
};
struct signed_in {};  // refused{not_found}: wrong name or password

struct need_keys {
  scram_hash hash = scram_hash::sha_256;
  std::string name;
};  // answered by sasl::key_facts

struct need_owner {
  public_key_hash key;  // of the client's certificate
  std::string authorize_as;
};  // answered by sasl::key_owner; refused{not_found}: nobody by that name

struct need_mailboxes {
  std::string only;  // the name of one; empty: all
};
struct mailbox_list {  // by name
  std::vector<mailbox_facts> all;
  std::vector<std::string> missing;  // names that are subscribed, of which there is no mailbox; only when asked for all
};

// Answered by mailboxes_changed. refused{not_found}: no such mailbox; {duplicate}: there is one of that name; {syntax}:
// none can have this name, or this one must stay; {not_empty}: it has children.
struct need_created {
  std::string name;
  std::string special_use;  // empty: none
};
struct need_deleted {
  std::string name;
};
struct need_renamed {
  std::string from, to;
};
struct need_subscribed {
  std::string name;
  bool is_subscribed = false;
};
struct mailboxes_changed {};

struct need_mailbox {
  std::string name;
};  // from now on its changes come as `changed`
struct mailbox_opened {
  mailbox_facts facts;
  uid_set uids;
  uid first_unseen;  // none: 0
};

struct need_changes {};  // all that has happened so far comes as `changed` before the answer
struct changes_told {};

struct need_rows {
  uid_set uids;
};
struct rows {
  std::vector<message_facts> messages;
};  // ascending; those that are gone are left out

struct need_structures {
  uid_set uids;
  bool envelopes_only = false;  // there need be no parts in the answer
};
struct message_structure {
  uid id;
  std::uint32_t prefix_bytes = 0;  // octets of the message before the first that `parts` counts
  mime::part_index parts;
};
struct structures {
  std::vector<message_structure> messages;  // ascending
  uid up_to;  // of those asked for: up to here, those that are not among `messages` are gone; ask again for the others
};

struct octet_piece {
  uid message;
  std::uint64_t offset = 0;
  std::uint32_t length = 0;
};
struct need_octets : octet_piece {      // at most octets_chunk
  std::vector<octet_piece> ahead = {};  // what will be asked for next, together at most octets_chunk
};
struct message_octets {
  std::string bytes;  // as many as asked for; fewer only at the end of the message
  // Of the pieces ahead, in their order, as many as there are; none: to be asked for in its turn, to learn why.
  std::vector<std::optional<std::string>> ahead = {};
};

struct need_flags_set {
  uid_set uids;
  flag_delta delta;
};
struct flags_set {
  std::vector<message_facts> messages;
};  // those that exist, as they are now, ascending

struct need_expunged {
  std::optional<uid_set> uids;
};  // none: all with \Deleted
struct messages_expunged {
  uid_set uids;
};

struct need_copied {
  uid_set uids;
  std::string to;
  bool is_move = false;
};
struct copied {  // refused{not_found}: no such mailbox
  uid_validity validity;
  std::vector<uid> from;  // from[i] became to[i]
  std::vector<uid> to;
};

struct need_append {
  std::uint64_t size = 0;
};  // then `append_octets` of that many, then need_appended
struct append_ready {};
struct need_appended {
  std::string mailbox;
  message_flags flags;
  std::optional<unix_ms> received;  // none: now
};
struct appended {  // refused{not_found}: no such mailbox
  uid_validity validity;
  uid id;
};

struct refused {
  fault_code code = fault_code::none;
};

using output =
    std::variant<send, start_tls, leave_mailbox, append_octets, abandon_append, sign_in_ended, hang_up, wait,
                 need_drained, need_sign_in, need_keys, need_owner, need_mailboxes, need_created, need_deleted,
                 need_renamed, need_subscribed, need_mailbox, need_changes, need_rows, need_structures, need_octets,
                 need_flags_set, need_expunged, need_copied, need_append, need_appended>;

using answer = std::variant<drained, signed_in, sasl::key_facts, sasl::key_owner, mailbox_list, mailboxes_changed,
                            mailbox_opened, changes_told, rows, structures, message_octets, flags_set,
                            messages_expunged, copied, append_ready, appended, refused>;

// --- what other sessions do to the selected mailbox, at any time ---

struct message_added {
  uid id;
};
struct flags_changed {
  uid id;
  message_flags flags;
};
struct message_expunged {
  uid id;
};
using change = std::variant<message_added, flags_changed, message_expunged>;

}  // namespace stagecoach::imap

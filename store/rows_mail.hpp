// The rows of an account (docs/formats/records.md). A row is a described struct in its record form; its key is in
// keys.hpp.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "messages/mailbox.hpp"
#include "messages/sessions.hpp"
#include "protocols/auth/scram_keys.hpp"
#include "protocols/base/described.hpp"
#include "protocols/base/flags.hpp"
#include "protocols/base/ids.hpp"
#include "protocols/base/record.hpp"
#include "protocols/mime/part_index.hpp"

namespace stagecoach::store {

// What the account hands out next, and what it has used.
struct account_row {
  std::string name;  // login name, an address
  unix_ms created;
  modseq highest{1};        // last handed out; the first is 2
  mailbox_id last_mailbox;  // last handed out
  message_id last_message;
  uid_validity next_validity;     // first is the creation time / 2
  std::uint64_t bytes_used = 0;   // sum of the live mailboxes' sizes
  std::uint64_t quota_bytes = 0;  // 0: unlimited
  static constexpr auto fields = described(
      field(1, "name", &account_row::name), field(2, "created", &account_row::created),
      field(3, "highest", &account_row::highest), field(4, "last_mailbox", &account_row::last_mailbox),
      field(5, "last_message", &account_row::last_message), field(6, "next_validity", &account_row::next_validity),
      field(7, "bytes_used", &account_row::bytes_used), field(8, "quota_bytes", &account_row::quota_bytes));
  friend bool operator==(const account_row&, const account_row&) = default;
};

// A live mailbox, or with `is_expunged` the tombstone of one.
struct mailbox_row {
  std::string name;  // UTF-8, "Inbox", levels separated by '/'
  uid_validity validity;
  uid next_uid{1};
  modseq created;
  modseq changed;  // of the mailbox itself and of all its messages, the highest
  messages::mailbox_counts counts;
  std::vector<std::string> keywords;  // only grows
  std::string special_use;
  bool is_expunged = false;
  static constexpr auto fields =
      described(field(1, "name", &mailbox_row::name), field(2, "validity", &mailbox_row::validity),
                field(3, "next_uid", &mailbox_row::next_uid), field(4, "created", &mailbox_row::created),
                field(5, "changed", &mailbox_row::changed), field(6, "counts", &mailbox_row::counts),
                field(7, "keywords", &mailbox_row::keywords), field(8, "special_use", &mailbox_row::special_use),
                field(10, "is_expunged", &mailbox_row::is_expunged));
  friend bool operator==(const mailbox_row&, const mailbox_row&) = default;
};

// One message in one mailbox: what changes of it and what a list of messages needs. It is small, since each change of a
// flag writes it anew; the rest is in its content_row. The octets of the message are the prefix, then the blob.
// Under removed_key it is what a removed message was, `changed` being when it was removed, while somebody may read it.
struct message_row {
  message_id message;
  message_flags flags;
  modseq created;
  modseq changed;
  unix_ms received;  // INTERNALDATE
  blob_hash blob;
  std::uint64_t blob_bytes = 0;
  std::uint32_t header_bytes = 0;  // of the blob: up to and with the empty line
  std::uint32_t prefix_bytes = 0;
  message_id thread;               // the first message of its thread, which may be gone; 0 in older rows: itself
  message_id parent;               // what it answers, which may be gone; 0: none is known
  std::uint64_t id_hash = 0;       // of Message-ID; 0: it has none (mime::threading)
  std::uint64_t subject_hash = 0;  // of the base subject; 0: it is empty
  [[nodiscard]] std::uint64_t size() const { return prefix_bytes + blob_bytes; }
  static constexpr auto fields =
      described(field(1, "message", &message_row::message), field(2, "flags", &message_row::flags),
                field(3, "created", &message_row::created), field(4, "changed", &message_row::changed),
                field(5, "received", &message_row::received), field(6, "blob", &message_row::blob),
                field(7, "blob_bytes", &message_row::blob_bytes), field(8, "header_bytes", &message_row::header_bytes),
                field(9, "prefix_bytes", &message_row::prefix_bytes), field(10, "thread", &message_row::thread),
                field(11, "parent", &message_row::parent), field(12, "id_hash", &message_row::id_hash),
                field(13, "subject_hash", &message_row::subject_hash));
  friend bool operator==(const message_row&, const message_row&) = default;
};

// What never changes of a message. Written once, copied by COPY and MOVE.
struct content_row {
  std::string prefix;      // our own header fields for this recipient
  mime::part_index parts;  // of the body; offsets count from its first octet
  static constexpr auto fields =
      described(field(1, "prefix", &content_row::prefix), field(2, "parts", &content_row::parts));
  friend bool operator==(const content_row&, const content_row&) = default;
};

// A content_row of which only the envelope is read: the same numbers, and what has others is passed over.
struct envelope_of_parts {
  mime::envelope envelope;
  static constexpr auto fields = described(field(1, "envelope", &envelope_of_parts::envelope));
  friend bool operator==(const envelope_of_parts&, const envelope_of_parts&) = default;
};
struct envelope_of_content {
  std::string prefix;
  envelope_of_parts parts;
  static constexpr auto fields =
      described(field(1, "prefix", &envelope_of_content::prefix), field(2, "parts", &envelope_of_content::parts));
  friend bool operator==(const envelope_of_content&, const envelope_of_content&) = default;
};

// For who answers a message: under the hash of its id and under that of its base subject.
struct thread_row {
  message_id thread;
  message_id message;
  unix_ms received;
  std::uint64_t subject_hash = 0;
  static constexpr auto fields =
      described(field(1, "thread", &thread_row::thread), field(2, "message", &thread_row::message),
                field(3, "received", &thread_row::received), field(4, "subject_hash", &thread_row::subject_hash));
  friend bool operator==(const thread_row&, const thread_row&) = default;
};

// What is left of a message that was expunged or moved away.
struct tombstone_row {
  message_id message;
  modseq created;
  modseq changed;  // when it was removed
  static constexpr auto fields =
      described(field(1, "message", &tombstone_row::message), field(2, "created", &tombstone_row::created),
                field(3, "changed", &tombstone_row::changed));
  friend bool operator==(const tombstone_row&, const tombstone_row&) = default;
};

// A name that is subscribed, which is in its key, whether there is a mailbox of this name or not (RFC 9051 6.3.7).
struct subscription_row {
  modseq created;
  static constexpr auto fields = described(field(1, "created", &subscription_row::created));
  friend bool operator==(const subscription_row&, const subscription_row&) = default;
};

// Where a body is, and how many rows use it.
struct blob_row {
  std::uint32_t segment = 0;
  std::uint64_t offset = 0;  // of the record in the segment
  std::uint64_t size = 0;    // octets of the body
  std::uint64_t references = 0;
  static constexpr auto fields =
      described(field(1, "segment", &blob_row::segment), field(2, "offset", &blob_row::offset),
                field(3, "size", &blob_row::size), field(4, "references", &blob_row::references));
  friend bool operator==(const blob_row&, const blob_row&) = default;
};

// Who may sign in; the node's directory, not part of the account's own range of keys.
struct login_row {
  account_id account;
  std::string password_hash;  // PHC string, Argon2id
  unix_ms created;
  scram_keys scram_sha_256;  // of the same password; not set in older rows
  scram_keys scram_sha_1;
  static constexpr auto fields =
      described(field(1, "account", &login_row::account), field(2, "password_hash", &login_row::password_hash),
                field(3, "created", &login_row::created), field(4, "scram_sha_256", &login_row::scram_sha_256),
                field(5, "scram_sha_1", &login_row::scram_sha_1));
  friend bool operator==(const login_row&, const login_row&) = default;
};

// Whoever proves in a TLS handshake to have the key, whose hash is in the row's key, may sign in to the account.
struct public_key_row {
  account_id account;
  std::string name;  // that its person gave it; of the account's keys no two have the same
  unix_ms added;
  static constexpr auto fields =
      described(field(1, "account", &public_key_row::account), field(2, "name", &public_key_row::name),
                field(3, "added", &public_key_row::added));
  friend bool operator==(const public_key_row&, const public_key_row&) = default;
};

// Who is signed in to the pages; the hash of the cookie is in the row's key.
using session_row = messages::kept_session;

}  // namespace stagecoach::store

// Compiled in rows.cpp.
namespace stagecoach {
extern template struct record_of<store::account_row>;
extern template struct record_of<store::mailbox_row>;
extern template struct record_of<store::message_row>;
extern template struct record_of<store::content_row>;
extern template struct record_of<store::envelope_of_content>;
extern template struct record_of<store::thread_row>;
extern template struct record_of<store::tombstone_row>;
extern template struct record_of<store::subscription_row>;
extern template struct record_of<store::blob_row>;
extern template struct record_of<store::login_row>;
extern template struct record_of<store::public_key_row>;
}  // namespace stagecoach

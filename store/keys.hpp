// The keys of the index (docs/formats/keys.md): ordered tuples, big endian, so that LevelDB's byte order is the order
// of the tuple. Everything of an account stands under its shard, so that a range of keys can move between nodes.
//
//   'a' shard account kind ...      kind 1: account row, 2: mailbox, 3: message, 4: tombstone, 5: content,
//                                   6: subscription, 7: removed message, 8: what threads are found by
//   'b' hash                        a body
//   'l' login name                  who may sign in
//   'f'                             format version
//   'k' hash                        a TLS public key that signs in to an account
//   'n'                             number of commits so far
//   'q' use key                     a row that a repair has set aside, behind the key that it had
//   's' number                      a segment file of bodies
//   'w' hash                        a session of the pages
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "protocols/auth/public_key_hash.hpp"
#include "protocols/auth/session_hash.hpp"
#include "protocols/base/ids.hpp"

namespace stagecoach::store {

// What stands under an account. A row's number is part of its key and means it for ever.
enum class row_kind : std::uint8_t {
  account = 1,
  mailbox = 2,
  message = 3,
  tombstone = 4,
  content = 5,
  subscription = 6,
  removed = 7,
  thread = 8
};

[[nodiscard]] std::string account_key(account_id account);
[[nodiscard]] std::string mailbox_key(account_id account, mailbox_id mailbox);
[[nodiscard]] std::string message_key(account_id account, mailbox_id mailbox, uid message);
[[nodiscard]] std::string tombstone_key(account_id account, mailbox_id mailbox, uid message);
[[nodiscard]] std::string content_key(account_id account, mailbox_id mailbox, uid message);
[[nodiscard]] std::string removed_key(account_id account, mailbox_id mailbox, uid message);
[[nodiscard]] std::string subscription_key(account_id account, std::string_view name);  // not empty
// `hash`: of the message's id or base subject (mime::threading), or of its thread.
[[nodiscard]] std::string thread_key(account_id account, std::uint64_t hash, mailbox_id mailbox, uid message);
[[nodiscard]] std::uint64_t thread_hash(message_id thread);  // no two threads have the same
[[nodiscard]] std::string blob_key(const blob_hash& hash);
[[nodiscard]] std::string login_key(std::string_view name);
[[nodiscard]] std::string public_key_key(const public_key_hash& hash);
[[nodiscard]] std::string session_key(const session_hash& session);
[[nodiscard]] std::string format_key();
[[nodiscard]] std::string sequence_key();
[[nodiscard]] std::string segment_key(std::uint32_t number);
// Of a row that a repair has set aside: a message that still uses its body, or any other.
enum class set_aside : std::uint8_t { other = 0, uses_body = 1 };
[[nodiscard]] std::string set_aside_key(set_aside what, std::string_view key);

// Prefixes for range reads: every key that starts with them, in order.
[[nodiscard]] std::string account_prefix(account_id account);    // all of one account
[[nodiscard]] std::string mailboxes_prefix(account_id account);  // its mailbox rows
[[nodiscard]] std::string messages_prefix(account_id account, mailbox_id mailbox);
[[nodiscard]] std::string tombstones_prefix(account_id account, mailbox_id mailbox);
[[nodiscard]] std::string contents_prefix(account_id account, mailbox_id mailbox);
[[nodiscard]] std::string subscriptions_prefix(account_id account);
[[nodiscard]] std::string removed_prefix(account_id account);                      // of all its mailboxes
[[nodiscard]] std::string threads_prefix(account_id account, std::uint64_t hash);  // of all its mailboxes
[[nodiscard]] std::string threads_prefix(account_id account, std::uint64_t hash, mailbox_id mailbox);
[[nodiscard]] std::string all_accounts_prefix();
[[nodiscard]] std::string blobs_prefix();
[[nodiscard]] std::string logins_prefix();
[[nodiscard]] std::string public_keys_prefix();
[[nodiscard]] std::string segments_prefix();
[[nodiscard]] std::string sessions_prefix();
[[nodiscard]] std::string set_aside_prefix(set_aside what);  // the rest of a key is the one that the row had

// A key taken apart again; none when it is not of that form.
struct account_key_parts {
  account_id account;
  row_kind kind = row_kind::account;
  mailbox_id mailbox;      // of all kinds but account and subscription
  uid message;             // of message, tombstone, content, removed and thread
  std::uint64_t hash = 0;  // of thread
  std::string name;        // of subscription: that of a mailbox
};
[[nodiscard]] std::optional<account_key_parts> parse_account_key(std::string_view key);
[[nodiscard]] std::optional<blob_hash> parse_blob_key(std::string_view key);
[[nodiscard]] std::optional<std::string> parse_login_key(std::string_view key);
[[nodiscard]] std::optional<public_key_hash> parse_public_key_key(std::string_view key);
[[nodiscard]] std::optional<session_hash> parse_session_key(std::string_view key);
[[nodiscard]] std::optional<std::uint32_t> parse_segment_key(std::string_view key);

}  // namespace stagecoach::store

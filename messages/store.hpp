// What the store is told: one ordered batch of row writes plus the bodies that it refers to (docs/formats/keys.md).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "messages/conversation.hpp"
#include "protocols/base/described.hpp"
#include "protocols/base/ids.hpp"
#include "protocols/base/record.hpp"
#include "protocols/base/trace.hpp"
#include "protocols/base/uid_set.hpp"
#include "protocols/mime/part_index.hpp"

namespace stagecoach::messages {

// A body that has arrived but is not committed; names an entry of this node's staging area (store/staging.hpp).
using staged_id = strong<struct staged_id_tag, std::uint64_t>;  // 0 is none

struct staged_body {
  staged_id id;
  blob_hash hash;
  std::uint64_t size = 0;          // octets of the body, without any prefix
  std::uint32_t header_bytes = 0;  // up to and with the empty line; all of it when there is none
  mime::part_index parts;
  static constexpr auto fields =
      described(field(1, "id", &staged_body::id), field(2, "hash", &staged_body::hash),
                field(3, "size", &staged_body::size, "octets"),
                field(4, "header_bytes", &staged_body::header_bytes, "up to and with the empty line"),
                field(5, "parts", &staged_body::parts));
  friend bool operator==(const staged_body&, const staged_body&) = default;
};

struct row_write {
  std::string key;
  std::optional<std::string> value;  // none: delete
  static constexpr auto fields = described(field(1, "key", &row_write::key), field(2, "value", &row_write::value));
  friend bool operator==(const row_write&, const row_write&) = default;
};

// A change of a body's reference count, in the batch of the rows that use it.
struct blob_use {
  blob_hash hash;
  std::int64_t delta = 0;  // +1 a row more uses it
  staged_id staged;        // where the bytes are if the store does not have them yet; none for COPY and EXPUNGE
  std::uint64_t size = 0;
  static constexpr auto fields = described(field(1, "hash", &blob_use::hash), field(2, "delta", &blob_use::delta),
                                           field(3, "staged", &blob_use::staged), field(4, "size", &blob_use::size));
  friend bool operator==(const blob_use&, const blob_use&) = default;
};

struct commit {
  trace_context trace;
  std::uint64_t generation = 0;  // of the store when the committer loaded its rows; a stale one is refused
  std::vector<row_write> rows;
  std::vector<blob_use> blobs;
  static constexpr auto fields =
      described(field(1, "trace", &commit::trace), field(2, "generation", &commit::generation),
                field(3, "rows", &commit::rows), field(4, "blobs", &commit::blobs));
  friend bool operator==(const commit&, const commit&) = default;
};

struct committed {
  std::uint64_t sequence = 0;  // counts the commits of this store, from its first
  static constexpr auto fields = described(field(1, "sequence", &committed::sequence));
  friend bool operator==(const committed&, const committed&) = default;
};

// To itself: write the commits that have gathered as one group.
struct flush_group {
  static constexpr auto fields = described();
  friend bool operator==(const flush_group&, const flush_group&) = default;
};

struct store_writer_talk : conversation<ask_for<commit, committed>, tell<flush_group>> {};

// --- reading and staging, done by the pool of detached readers ---

// Octets of a stored message: prefix, then body.
struct octet_piece {
  uid message;
  std::uint64_t offset = 0;
  std::uint32_t length = 0;
  static constexpr auto fields =
      described(field(1, "message", &octet_piece::message), field(2, "offset", &octet_piece::offset),
                field(3, "length", &octet_piece::length));
  friend bool operator==(const octet_piece&, const octet_piece&) = default;
};
struct read_octets {
  trace_context trace;
  account_id account;
  mailbox_id mailbox;
  octet_piece piece;               // at most read_length_max; fewer octets come back only at the end
  std::vector<octet_piece> ahead;  // what will be wanted next: together at most read_length_max
  static constexpr auto fields =
      described(field(1, "trace", &read_octets::trace), field(2, "account", &read_octets::account),
                field(3, "mailbox", &read_octets::mailbox), field(4, "piece", &read_octets::piece),
                field(5, "ahead", &read_octets::ahead));
  friend bool operator==(const read_octets&, const read_octets&) = default;
};
inline constexpr std::uint32_t read_length_max = 256 * 1024;

struct octets_read {
  std::string octets;
  std::vector<std::optional<std::string>> ahead;  // in the order of the question; none: could not be read
  static constexpr auto fields =
      described(field(1, "octets", &octets_read::octets), field(2, "ahead", &octets_read::ahead));
  friend bool operator==(const octets_read&, const octets_read&) = default;
};

// A chunk of a body that is too large for the memory budget of the staging area.
struct stage_octets {
  trace_context trace;
  staged_id id;
  std::string octets;
  static constexpr auto fields = described(field(1, "trace", &stage_octets::trace), field(2, "id", &stage_octets::id),
                                           field(3, "octets", &stage_octets::octets));
  friend bool operator==(const stage_octets&, const stage_octets&) = default;
};

struct octets_staged {
  std::uint64_t size = 0;  // so far
  static constexpr auto fields = described(field(1, "size", &octets_staged::size));
  friend bool operator==(const octets_staged&, const octets_staged&) = default;
};

// Ends a body: its hash and size stand, and a file of its own is synced.
struct finish_staging {
  trace_context trace;
  staged_id id;
  static constexpr auto fields =
      described(field(1, "trace", &finish_staging::trace), field(2, "id", &finish_staging::id));
  friend bool operator==(const finish_staging&, const finish_staging&) = default;
};

// Rows of the index, raw, from one consistent snapshot: all keys that start with one of the prefixes, in their order.
struct scan_rows {
  std::vector<std::string> prefixes;
  std::uint32_t last_of_each = 0;  // so many of each prefix, the last one first; 0: all
  static constexpr auto fields =
      described(field(1, "prefixes", &scan_rows::prefixes), field(2, "last_of_each", &scan_rows::last_of_each));
  friend bool operator==(const scan_rows&, const scan_rows&) = default;
};
struct stored_row {
  std::string key;
  std::string value;
  static constexpr auto fields = described(field(1, "key", &stored_row::key), field(2, "value", &stored_row::value));
  friend bool operator==(const stored_row&, const stored_row&) = default;
};
struct scanned_rows {
  std::uint64_t generation = 0;  // of the store at the snapshot: commits made from these rows carry it
  std::vector<stored_row> rows;
  static constexpr auto fields =
      described(field(1, "generation", &scanned_rows::generation), field(2, "rows", &scanned_rows::rows));
  friend bool operator==(const scanned_rows&, const scanned_rows&) = default;
};

// The rows of what never changes of these messages, in the order of their UIDs; those that are gone are left out.
struct read_contents {
  trace_context trace;
  account_id account;
  mailbox_id mailbox;
  uid_set uids;
  static constexpr auto fields =
      described(field(1, "trace", &read_contents::trace), field(2, "account", &read_contents::account),
                field(3, "mailbox", &read_contents::mailbox), field(4, "uids", &read_contents::uids));
  friend bool operator==(const read_contents&, const read_contents&) = default;
};

// What these messages are made of, in the order of their UIDs. The answer has a limit of octets: it says how far it
// goes.
struct read_structures {
  trace_context trace;
  account_id account;
  mailbox_id mailbox;
  uid_set uids;
  bool envelopes_only = false;  // the parts are not wanted; most of a structure need not be read then
  static constexpr auto fields =
      described(field(1, "trace", &read_structures::trace), field(2, "account", &read_structures::account),
                field(3, "mailbox", &read_structures::mailbox), field(4, "uids", &read_structures::uids),
                field(5, "envelopes_only", &read_structures::envelopes_only));
  friend bool operator==(const read_structures&, const read_structures&) = default;
};
struct message_structure {
  uid id;
  std::uint32_t prefix_bytes = 0;  // octets of the message before the first that `parts` counts
  mime::part_index parts;
  static constexpr auto fields =
      described(field(1, "uid", &message_structure::id), field(2, "prefix_bytes", &message_structure::prefix_bytes),
                field(3, "parts", &message_structure::parts));
  friend bool operator==(const message_structure&, const message_structure&) = default;
};
struct structures {
  std::vector<message_structure> messages;
  uid up_to;  // those asked for up to here are among `messages`, or gone
  static constexpr auto fields =
      described(field(1, "messages", &structures::messages), field(2, "up_to", &structures::up_to));
  friend bool operator==(const structures&, const structures&) = default;
};
inline constexpr std::size_t structure_bytes_max = 1024 * 1024;  // of rows in one answer, and one row more

// Every invariant of one account, recomputed from its rows (store/check).
struct check_account {
  account_id account;
  static constexpr auto fields = described(field(1, "account", &check_account::account));
  friend bool operator==(const check_account&, const check_account&) = default;
};
struct account_checked {
  std::vector<std::string> problems;  // empty: all is well
  static constexpr auto fields = described(field(1, "problems", &account_checked::problems));
  friend bool operator==(const account_checked&, const account_checked&) = default;
};

// A body with a file of its own was discarded: the file goes, which blocks.
struct sweep_staging {
  static constexpr auto fields = described();
  friend bool operator==(const sweep_staging&, const sweep_staging&) = default;
};

struct blob_reader_talk : conversation<ask_for<read_octets, octets_read>, ask_for<stage_octets, octets_staged>,
                                       ask_for<finish_staging, staged_body>, ask_for<scan_rows, scanned_rows>,
                                       ask_for<read_contents, scanned_rows>, ask_for<read_structures, structures>,
                                       ask_for<check_account, account_checked>, tell<sweep_staging>> {};

}  // namespace stagecoach::messages

// Compiled in records.cpp.
namespace stagecoach {
extern template struct record_of<messages::staged_body>;
extern template struct record_of<messages::row_write>;
extern template struct record_of<messages::blob_use>;
extern template struct record_of<messages::commit>;
extern template struct record_of<messages::committed>;
extern template struct record_of<messages::octet_piece>;
extern template struct record_of<messages::read_octets>;
extern template struct record_of<messages::octets_read>;
extern template struct record_of<messages::stage_octets>;
extern template struct record_of<messages::octets_staged>;
extern template struct record_of<messages::finish_staging>;
extern template struct record_of<messages::flush_group>;
extern template struct record_of<messages::sweep_staging>;
extern template struct record_of<messages::scan_rows>;
extern template struct record_of<messages::stored_row>;
extern template struct record_of<messages::scanned_rows>;
extern template struct record_of<messages::read_contents>;
extern template struct record_of<messages::read_structures>;
extern template struct record_of<messages::message_structure>;
extern template struct record_of<messages::structures>;
extern template struct record_of<messages::check_account>;
extern template struct record_of<messages::account_checked>;
}  // namespace stagecoach

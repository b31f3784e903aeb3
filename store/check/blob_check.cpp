#include "store/check/blob_check.hpp"

#include <map>
#include <optional>
#include <tuple>
#include <unordered_map>

#include "protocols/base/record.hpp"
#include "protocols/mime/part_scanner.hpp"
#include "store/body_digest.hpp"
#include "store/keys.hpp"
#include "store/rows_mail.hpp"
#include "store/rows_segment.hpp"

namespace stagecoach::store {

namespace {

constexpr std::uint64_t read_bytes = 1024 * 1024;

class blob_checker {
 public:
  blob_checker(index& rows, blobs& bodies, blob_check_depth depth) : rows_(rows), bodies_(bodies), depth_(depth) {}

  std::vector<std::string> run() {
    const auto view = rows_.view();
    scan(view, all_accounts_prefix(), [&](auto key, auto value) { count_message(key, value); });
    const auto aside = set_aside_prefix(set_aside::uses_body);
    scan(view, aside, [&](auto key, auto value) { count_message(key.substr(aside.size()), value); });
    scan(view, blobs_prefix(), [&](auto key, auto value) { check_body(key, value); });
    for (const auto& [hash, users] : used_)
      problem(body(hash) + " is not in the index, but " + users.example + " uses it");
    scan(view, segments_prefix(), [&](auto key, auto value) { check_segment(key, value); });
    if (depth_ == blob_check_depth::full)
      scan(view, all_accounts_prefix(), [&](auto key, auto value) { check_structure(key, value); });
    for (const auto& [number, bytes] : live_)
      problem("segment " + std::to_string(number) + " has no row, but holds " + std::to_string(bytes) +
              " octets in use");
    return std::move(problems_);
  }

 private:
  struct body_use {
    std::uint64_t messages = 0;
    std::uint64_t size = 0;
    std::string example;
  };

  static std::string body(const blob_hash& hash) { return "body " + to_hex(hash); }
  static std::string message_name(const account_key_parts& of) {
    return "message " + std::to_string(of.message.value) + " of mailbox " + std::to_string(of.mailbox.value) +
           " of account " + std::to_string(of.account.value);
  }
  void problem(std::string what) { problems_.push_back(std::move(what)); }

  template <class Visit>
  void scan(const index_view& view, const std::string& prefix, Visit visit) {
    auto scanned = view.scan(prefix, [&](std::string_view key, std::string_view value) {
      visit(key, value);
      return true;
    });
    if (!scanned) problem(scanned.error().what);
  }

  void count_message(std::string_view key, std::string_view value) {
    const auto parts = parse_account_key(key);
    const bool is_removed = parts && parts->kind == row_kind::removed;
    if (!parts || (parts->kind != row_kind::message && !is_removed)) return;  // the account's own check names those
    const std::string name = message_name(*parts);
    auto row = read_record<message_row>(value);
    if (!row) return problem(name + ": its row cannot be read");
    if (is_removed) removed_[{parts->account, parts->mailbox, parts->message}] = row->blob;
    auto& seen = used_[row->blob];
    if (seen.messages++ == 0) {
      seen.size = row->blob_bytes;
      seen.example = name;
    } else if (seen.size != row->blob_bytes) {
      problem(name + ": its size is another than that of " + seen.example + ", which has the same body");
    }
  }

  void check_body(std::string_view key, std::string_view value) {
    const auto hash = parse_blob_key(key);
    if (!hash) return problem("a row of a body has a key of " + std::to_string(key.size()) + " octets");
    auto row = read_record<blob_row>(value);
    if (!row) return problem(body(*hash) + ": its row cannot be read");
    live_[row->segment] += record_bytes(row->size);
    ends_[row->segment] = std::max(ends_[row->segment], row->offset + record_bytes(row->size));
    body_use users;
    if (const auto found = used_.find(*hash); found != used_.end()) {
      users = std::move(found->second);
      used_.erase(found);
    }
    if (users.messages != row->references)
      problem(body(*hash) + " is used by " + std::to_string(users.messages) + " messages, but its row counts " +
              std::to_string(row->references));
    if (users.messages > 0 && users.size != row->size)
      problem(users.example + ": its row says that its body has " + std::to_string(users.size) +
              " octets, but it has " + std::to_string(row->size));
    check_octets(*hash, *row);
  }

  void check_octets(const blob_hash& hash, const blob_row& row) {
    body_digest digest;
    mime::part_scanner scanner;
    body_range range{0, depth_ == blob_check_depth::full ? read_bytes : 0};
    do {
      auto octets = bodies_.read_at(hash, row, range);
      if (!octets) return problem(body(hash) + ": " + octets.error().what);
      digest.add(*octets);
      scanner.received(*octets);
      range.offset += range.length;
    } while (depth_ == blob_check_depth::full && range.offset < row.size);
    if (depth_ == blob_check_depth::quick) return;
    if (digest.hash() != hash) return problem(body(hash) + ": its octets have another hash");
    structures_[hash] = std::hash<std::string>()(write_record(scanner.finished()));
  }

  // Of an account its messages come first, then their contents, both by mailbox and UID.
  void check_structure(std::string_view key, std::string_view value) {
    const auto parts = parse_account_key(key);
    if (!parts) return;
    if (parts->kind == row_kind::account) bodies_of_.clear();
    if (parts->kind == row_kind::message) {
      if (const auto row = read_record<message_row>(value)) bodies_of_[{parts->mailbox, parts->message}] = row->blob;
    }
    if (parts->kind != row_kind::content) return;
    const auto hash = body_of(*parts);
    const auto row = read_record<content_row>(value);
    if (!hash || !row) return;  // which the account's own check names
    const auto found = structures_.find(*hash);
    if (found != structures_.end() && found->second != std::hash<std::string>()(write_record(row->parts)))
      problem(message_name(*parts) + ": its structure is not that of its body");
  }

  std::optional<blob_hash> body_of(const account_key_parts& content) const {
    const auto message = bodies_of_.find({content.mailbox, content.message});
    if (message != bodies_of_.end()) return message->second;
    const auto removed = removed_.find({content.account, content.mailbox, content.message});
    return removed == removed_.end() ? std::nullopt : std::optional(removed->second);
  }

  void check_segment(std::string_view key, std::string_view value) {
    const auto number = parse_segment_key(key);
    if (!number) return problem("the row of a segment has a key that is none");
    const std::string name = "segment " + std::to_string(*number);
    auto row = read_record<segment_row>(value);
    if (!row) return problem(name + ": its row cannot be read");
    const std::uint64_t live = live_.contains(*number) ? live_[*number] : 0;
    live_.erase(*number);
    if (row->live_bytes != live)
      problem(name + " has " + std::to_string(live) + " octets in use, but its row counts " +
              std::to_string(row->live_bytes));
    if (row->is_dead) return;
    if (ends_[*number] > row->bytes) problem(name + ": a body ends behind what its row knows of it");
    auto segment = bodies_.segment_file(*number);
    if (!segment) return problem(name + ": " + segment.error().what);
    auto size = (*segment)->size();
    if (!size) return problem(name + ": " + size.error().what);
    if (*size < row->bytes)
      problem(name + " has " + std::to_string(*size) + " octets, but its row knows of " + std::to_string(row->bytes));
    if (auto header = check_segment_header(**segment); !header) problem(header.error().what);
  }

  index& rows_;
  blobs& bodies_;
  blob_check_depth depth_;
  std::vector<std::string> problems_;
  std::unordered_map<blob_hash, body_use> used_;  // and not met as a body yet
  std::map<std::uint32_t, std::uint64_t> live_;   // by segment
  std::map<std::uint32_t, std::uint64_t> ends_;
  std::unordered_map<blob_hash, std::size_t> structures_;      // hashes of their records
  std::map<std::pair<mailbox_id, uid>, blob_hash> bodies_of_;  // of the account that is read
  std::map<std::tuple<account_id, mailbox_id, uid>, blob_hash> removed_;
};

}  // namespace

std::vector<std::string> check_blobs(index& rows, blobs& bodies, blob_check_depth depth) {
  return blob_checker(rows, bodies, depth).run();
}

}  // namespace stagecoach::store

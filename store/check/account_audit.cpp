#include "store/check/account_audit.hpp"

#include <algorithm>
#include <array>

#include "protocols/base/record.hpp"
#include "store/account/counts.hpp"
#include "store/account/keywords.hpp"
#include "store/account/names.hpp"
#include "store/account/state.hpp"
#include "store/account/threads.hpp"

namespace stagecoach::store {

namespace {

constexpr std::array<std::string_view, 8> special_uses = {"\\All",       "\\Archive", "\\Drafts", "\\Flagged",
                                                          "\\Important", "\\Junk",    "\\Sent",   "\\Trash"};

template <class Id>
std::string number(Id id) {
  return std::to_string(id.value);
}

std::uint64_t digest_of(const thread_row& row) {
  std::uint64_t digest = 0;
  for (const std::uint64_t one :
       {row.thread.value, row.message.value, static_cast<std::uint64_t>(row.received.value), row.subject_hash}) {
    digest = (digest ^ one) * 0x9e3779b97f4a7c15;
    digest ^= digest >> 32;
  }
  return digest;
}

std::string counts_text(const messages::mailbox_counts& counts) {
  return "total " + std::to_string(counts.total) + ", deleted " + std::to_string(counts.deleted) + ", unseen " +
         std::to_string(counts.unseen) + ", unread " + std::to_string(counts.unread) + ", size " +
         std::to_string(counts.size);
}

}  // namespace

account_audit::account_audit(account_id account, const report_problem& report) : account_(account), report_(report) {
  if (account.value == 0) problem(here(), "0 is not the id of an account");
}

void account_audit::row(std::string_view key, std::string_view value) {
  const auto parts = parse_account_key(key);
  if (!parts || parts->account != account_) return problem(here(), "the key " + to_hex(key) + " has no known form");
  switch (parts->kind) {
    case row_kind::account:
      return account(value);
    case row_kind::mailbox:
      return mailbox(parts->mailbox, value);
    case row_kind::message:
      return message(*parts, value);
    case row_kind::tombstone:
      return tombstone(*parts, value);
    case row_kind::content:
      return content(*parts, value);
    case row_kind::subscription:
      return subscription(parts->name, value);
    case row_kind::removed:
      return removed(*parts, value);
    case row_kind::thread:
      return thread(*parts, value);
  }
}

void account_audit::account(std::string_view value) {
  has_account_key_ = true;
  auto row = read_record<account_row>(value);
  if (!row) return problem(here(), "its row cannot be read: " + std::string(row.error().what));
  row_ = std::move(*row);
  if (row_->name.empty()) problem(here(), "has no name");
  if (row_->highest.value < 2) problem(here(), "has handed out no modseq");
  if (row_->next_validity.value == 0) problem(here(), "has no next UIDVALIDITY");
}

void account_audit::mailbox(mailbox_id id, std::string_view value) {
  audited_mailbox& box = mailboxes_[id];
  auto row = read_record<mailbox_row>(value);
  if (!row) return problem(at(id), "its row cannot be read: " + std::string(row.error().what));
  box.row = std::move(*row);
  const place where = at(id);
  if (id.value == 0) problem(where, "0 is not the id of a mailbox");
  if (row_ && id > row_->last_mailbox)
    problem(where, "id above the last one handed out, " + number(row_->last_mailbox));
  mailbox_sequences(where, *box.row);
  mailbox_names(where, *box.row);
}

void account_audit::mailbox_sequences(const place& where, const mailbox_row& row) {
  if (row.created.value == 0) problem(where, "created is 0");
  if (row.created > row.changed)
    problem(where, "created " + number(row.created) + " is above changed " + number(row.changed));
  if (row_ && row.changed > row_->highest)
    problem(where, "changed " + number(row.changed) + " is above the account's highest, " + number(row_->highest));
  if (row.validity.value == 0) problem(where, "UIDVALIDITY is 0");
  if (row_ && row.validity >= row_->next_validity)
    problem(where,
            "UIDVALIDITY " + number(row.validity) + " is not below the account's next, " + number(row_->next_validity));
  if (!validities_.insert(row.validity).second)
    problem(where, "UIDVALIDITY " + number(row.validity) + " is that of another mailbox");
  if (row.next_uid.value == 0) problem(where, "next UID is 0");
}

void account_audit::mailbox_names(const place& where, const mailbox_row& row) {
  if (!is_mailbox_name(row.name)) problem(where, "is no name of a mailbox");
  if (!are_storable_keywords(row.keywords))
    problem(where, "its keywords are not all lower-case keywords, sorted, each once");
  if (row.keywords.size() > mailbox_keywords_max)
    problem(where, "has more than " + std::to_string(mailbox_keywords_max) + " keywords");
  if (row.is_expunged) return;
  if (!live_names_.insert(row.name).second) problem(where, "has the name of another one");
  if (row.special_use.empty()) return;
  if (std::find(special_uses.begin(), special_uses.end(), row.special_use) == special_uses.end())
    problem(where, "has the unknown special use " + row.special_use);
  if (!special_uses_.insert(row.special_use).second)
    problem(where, "has the special use of another one, " + row.special_use);
}

// mail-server-behaviour 2.4: a mailbox is made with its parents, which stay as long as they have children.
void account_audit::mailbox_parent(const place& where, std::string_view name) {
  const auto end = name.rfind('/');
  if (end == std::string_view::npos || live_names_.contains(name.substr(0, end))) return;
  problem(where, "its parent \"" + std::string(name.substr(0, end)) + "\" is missing");
}

void account_audit::message(const account_key_parts& key, std::string_view value) {
  const place where = at(key.mailbox, key.message);
  audited_mailbox* box = mailbox_of(key, where);
  const auto row = read_record<message_row>(value);
  if (!row) return problem(where, "its row cannot be read: " + std::string(row.error().what));
  contents_.push_back({{key.mailbox, key.message}, row->prefix_bytes, row->blob_bytes});
  if (!note_message_id(row->message)) problem(where, "message id " + number(row->message) + " is that of another one");
  if (row->header_bytes > row->blob_bytes) problem(where, "its header is longer than its body");
  if (row->blob == blob_hash{}) problem(where, "has no body");
  if (!are_storable_flags(row->flags))
    problem(where, "its keywords are not all lower-case keywords, sorted, each once, or a flag is unknown");
  expect_threads(where, key, *row);
  if (box == nullptr) return;
  box->live.add(key.message);
  count_in(box->counts, {row->flags, row->size()});
  if (box->row->is_expunged) problem(where, "is in a mailbox that was deleted");
  message_traces(where, *box->row, {key.message, row->message, row->created, row->changed});
  if (const auto missing = count_missing(box->row->keywords, row->flags.keywords); missing != 0)
    problem(where, std::to_string(missing) + " of its keywords are not in the list of the mailbox");
}

void account_audit::tombstone(const account_key_parts& key, std::string_view value) {
  const place where = at(key.mailbox, key.message);
  audited_mailbox* box = mailbox_of(key, where);
  const auto row = read_record<tombstone_row>(value);
  if (!row) return problem(where, "its tombstone cannot be read: " + std::string(row.error().what));
  if (box == nullptr) return;
  if (box->live.contains(key.message)) problem(where, "is there and has a tombstone");
  box->gone.add(key.message);
  message_traces(where, *box->row, {key.message, row->message, row->created, row->changed});
  if (row->created == row->changed) problem(where, "was removed by what created it");
}

// Contents come after all messages, in the same order.
void account_audit::content(const account_key_parts& key, std::string_view value) {
  const place where = at(key.mailbox, key.message);
  const std::pair of(key.mailbox, key.message);
  const auto next = std::find_if(contents_.begin(), contents_.end(), [&](const auto& one) { return one.of >= of; });
  report_missing_contents(static_cast<std::size_t>(next - contents_.begin()));
  const bool has_message = !contents_.empty() && contents_.front().of == of;
  const auto expected = has_message ? contents_.front() : expected_content{};
  if (has_message) contents_.pop_front();
  const auto row = read_record<content_row>(value);
  if (!row) return problem(where, "its content cannot be read: " + std::string(row.error().what));
  if (row->parts.parts.empty()) problem(where, "its structure has no part");
  found_content found{row->prefix.size(), 0};
  for (const auto& part : row->parts.parts) found.end = std::max(found.end, part.end());
  if (has_message)
    compare_content(where, found, expected);
  else
    lone_contents_.emplace(of, found);
}

void account_audit::compare_content(const place& where, const found_content& found, const expected_content& expected) {
  if (found.prefix_bytes != expected.prefix_bytes)
    problem(where, "its prefix has " + std::to_string(found.prefix_bytes) + " octets and should have " +
                       std::to_string(expected.prefix_bytes));
  if (found.end > expected.blob_bytes) problem(where, "its structure ends behind its body");
}

// Somebody may still read it: so it has a content, and a tombstone since it is gone for everybody else.
void account_audit::removed(const account_key_parts& key, std::string_view value) {
  const place where = at(key.mailbox, key.message);
  const audited_mailbox* box = mailbox_of(key, where);
  const auto row = read_record<message_row>(value);
  if (!row) return problem(where, "its row of a removed message cannot be read: " + std::string(row.error().what));
  if (box != nullptr && !box->gone.contains(key.message)) problem(where, "was removed and has no tombstone");
  const auto content = lone_contents_.find({key.mailbox, key.message});
  if (content == lone_contents_.end()) return problem(where, "was removed and has no content");
  compare_content(where, content->second, {content->first, row->prefix_bytes, row->blob_bytes});
  lone_contents_.erase(content);
}

// Rows of before there were threads have none of it.
void account_audit::expect_threads(const place& where, const account_key_parts& key, const message_row& row) {
  if (row_ && std::max(row.thread, row.parent) > row_->last_message)
    problem(where, "is in a thread, or answers a message, that was never handed out");
  if (row.thread.value == 0 && (row.id_hash | row.subject_hash | row.parent.value) != 0)
    problem(where, "is in no thread");
  const auto digest = digest_of(thread_row_of(row));
  for (const auto hash : thread_hashes(row)) threads_.push_back({hash, key.mailbox, key.message, digest});
}

// Threads come last, by their hashes.
void account_audit::thread(const account_key_parts& key, std::string_view value) {
  sort_threads();
  const expected_thread here_is{key.hash, key.mailbox, key.message, 0};
  while (next_thread_ < threads_.size() && threads_[next_thread_].order() < here_is.order()) report_missing_thread();
  const place where = at(key.mailbox, key.message);
  const auto row = read_record<thread_row>(value);
  if (!row) problem(where, "its row of a thread cannot be read: " + std::string(row.error().what));
  if (next_thread_ == threads_.size() || threads_[next_thread_].order() != here_is.order())
    return problem(where, "has a row of a thread that is not its own");
  if (row && digest_of(*row) != threads_[next_thread_].digest) problem(where, "its row of a thread says otherwise");
  ++next_thread_;
}

void account_audit::sort_threads() {
  if (std::exchange(are_threads_sorted_, true)) return;
  std::sort(threads_.begin(), threads_.end(), [](const auto& a, const auto& b) { return a.order() < b.order(); });
}

void account_audit::report_missing_thread() {
  const auto& one = threads_[next_thread_++];
  problem(at(one.mailbox, one.message), "cannot be found by its thread, or by who answers it");
}

void account_audit::report_missing_contents(std::size_t count) {
  for (; count > 0; --count, contents_.pop_front())
    problem(at(contents_.front().of.first, contents_.front().of.second), "has no content");
}

void account_audit::subscription(const std::string& name, std::string_view value) {
  const place where{here().text + ", subscription of \"" + name + "\""};
  if (!is_mailbox_name(name)) problem(where, "is no name of a mailbox");
  if (++subscriptions_ == subscriptions_max + 1)
    problem(here(), "has more than " + std::to_string(subscriptions_max) + " subscriptions");
  const auto row = read_record<subscription_row>(value);
  if (!row) return problem(where, "its row cannot be read: " + std::string(row.error().what));
  if (row->created.value == 0) problem(where, "created is 0");
  if (row_ && row->created > row_->highest)
    problem(where, "created " + number(row->created) + " is above the account's highest, " + number(row_->highest));
}

void account_audit::message_traces(const place& where, const mailbox_row& box, const traces& row) {
  if (row.id.value == 0) problem(where, "0 is not a UID");
  if (row.id >= box.next_uid) problem(where, "UID is not below the mailbox's next, " + number(box.next_uid));
  if (row.message.value == 0) problem(where, "message id is 0");
  if (row_ && row.message > row_->last_message)
    problem(where,
            "message id " + number(row.message) + " is above the last one handed out, " + number(row_->last_message));
  if (row.created.value == 0) problem(where, "created is 0");
  if (row.created < box.created) problem(where, "created is below that of its mailbox");
  if (row.created > row.changed)
    problem(where, "created " + number(row.created) + " is above changed " + number(row.changed));
  if (row.changed > box.changed)
    problem(where, "changed " + number(row.changed) + " is above the mailbox's, " + number(box.changed));
}

account_audit::audited_mailbox* account_audit::mailbox_of(const account_key_parts& key, const place& where) {
  const auto found = mailboxes_.find(key.mailbox);
  if (found == mailboxes_.end()) {
    problem(where, "is in a mailbox that does not exist");
    return nullptr;
  }
  return found->second.row ? &found->second : nullptr;
}

void account_audit::finish() {
  for (sort_threads(); next_thread_ < threads_.size();) report_missing_thread();
  if (!has_account_key_) problem(here(), "has rows and no account row");
  std::uint64_t octets = 0;
  for (const auto& [id, box] : mailboxes_) {
    if (!box.row) continue;
    if (box.counts != box.row->counts)
      problem(at(id), "counts say " + counts_text(box.row->counts) + "; its messages are " + counts_text(box.counts));
    if (!box.row->is_expunged) octets += box.counts.size;
    if (!box.row->is_expunged) mailbox_parent(at(id), box.row->name);
  }
  report_missing_contents(contents_.size());
  for (const auto& [of, content] : lone_contents_) problem(at(of.first, of.second), "has a content and no message");
  if (row_ && !live_names_.contains(inbox_name)) problem(here(), "has no Inbox");
  if (live_names_.size() > mailboxes_max)
    problem(here(), "has more than " + std::to_string(mailboxes_max) + " mailboxes");
  if (row_ && row_->bytes_used != octets)
    problem(here(),
            "bytes used are " + std::to_string(row_->bytes_used) + "; its messages are " + std::to_string(octets));
  if (problems_ > account_problems_max)
    report_(here().text + ": " + std::to_string(problems_ - account_problems_max) + " more problems");
}

account_audit::place account_audit::here() const {
  return {"account " + number(account_) + (row_ && !row_->name.empty() ? " (" + row_->name + ")" : "")};
}

account_audit::place account_audit::at(mailbox_id mailbox) const {
  const auto found = mailboxes_.find(mailbox);
  const bool has_name = found != mailboxes_.end() && found->second.row;
  return {here().text + ", mailbox " + number(mailbox) + (has_name ? " \"" + found->second.row->name + "\"" : "")};
}

account_audit::place account_audit::at(mailbox_id mailbox, uid message) const {
  return {at(mailbox).text + ", uid " + number(message)};
}

void account_audit::problem(const place& where, std::string what) {
  if (++problems_ <= account_problems_max) report_(where.text + ": " + std::move(what));
}

bool account_audit::note_message_id(message_id id) {
  auto&& bit = message_ids_[id.value / ids_per_page][id.value % ids_per_page];
  if (bit) return false;
  bit = true;
  return true;
}

}  // namespace stagecoach::store

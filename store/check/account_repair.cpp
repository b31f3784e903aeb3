#include "store/check/account_repair.hpp"

#include "protocols/base/record.hpp"
#include "store/account/counts.hpp"
#include "store/account/threads.hpp"

namespace stagecoach::store {

void account_repair::row(std::string_view key, std::string_view value) {
  const auto parts = parse_account_key(key);
  if (!parts) return;  // named by the checker, and left alone
  const place at(parts->mailbox, parts->message);
  const stored as{std::string(key), std::string(value)};
  switch (parts->kind) {
    case row_kind::account:
      if (auto row = read_record<account_row>(value)) row_ = std::move(*row);
      break;
    case row_kind::mailbox:
      if (auto row = read_record<mailbox_row>(value)) mailboxes_[parts->mailbox] = std::move(*row);
      break;
    case row_kind::message: {
      auto row = read_record<message_row>(value);
      messages_[at] = {as, row ? std::optional(std::move(*row)) : std::nullopt};
      break;
    }
    case row_kind::content: {
      auto row = read_record<content_row>(value);
      contents_[at] = {as, row ? std::optional(std::move(*row)) : std::nullopt};
      break;
    }
    case row_kind::removed: {
      auto row = read_record<message_row>(value);
      removed_[at] = {as, row ? std::optional(std::move(*row)) : std::nullopt};
      break;
    }
    case row_kind::thread:
      threads_.insert_or_assign(as.key, as.value);
      break;
    case row_kind::tombstone:
    case row_kind::subscription:
      break;
  }
}

std::string account_repair::why_not(const place& at, const found_message& message) const {
  if (!message.row) return "its row cannot be read";
  const auto box = mailboxes_.find(at.first);
  if (box == mailboxes_.end()) return "its mailbox is missing or cannot be read";
  if (box->second.is_expunged) return "its mailbox was deleted";
  const auto content = contents_.find(at);
  if (content == contents_.end() || !content->second.row) return "its content is missing or cannot be read";
  if (content->second.row->prefix.size() != message.row->prefix_bytes) return "its prefix is another one";
  const auto size = good_body_(message.row->blob);
  if (!size) return "its body is missing or damaged";
  return *size == message.row->blob_bytes ? "" : "its body has another size";
}

void account_repair::put_aside(const stored& row, set_aside as, repair_plan& into) {
  into.rows.push_back({row.key, std::nullopt});
  into.rows.push_back({set_aside_key(as, row.key), row.value});
}

bool account_repair::has_good_body(const found_message& message) const {
  return message.row && good_body_(message.row->blob) == message.row->blob_bytes;
}

void account_repair::drop(const place& at, const found_message& message, const use_body& use, repair_plan& into) {
  const bool is_good = has_good_body(message);
  put_aside(message.as, is_good ? set_aside::uses_body : set_aside::other, into);
  if (is_good) use(message.row->blob);
  if (const auto content = contents_.find(at); content != contents_.end())
    put_aside(content->second.as, set_aside::other, into);
}

// So that clients which know the message are told that it is gone.
void account_repair::leave_tombstone(const place& at, const message_row& row, repair_plan& into) {
  const auto box = mailboxes_.find(at.first);
  if (box == mailboxes_.end()) return;          // nobody can have seen it
  if (touched_.empty()) ++row_->highest.value;  // one change of the account, one modseq
  touched_.insert(at.first);
  is_row_changed_ = true;
  box->second.changed = row_->highest;
  into.rows.push_back({tombstone_key(account_, at.first, at.second),
                       write_record(tombstone_row{row.message, row.created, row_->highest})});
}

void account_repair::keep_threads(const place& at, const message_row& row) {
  const auto value = write_record(thread_row_of(row));
  for (auto& key : thread_keys(account_, at.first, at.second, row)) wanted_threads_.insert_or_assign(key, value);
}

// They say nothing that the messages do not say.
void account_repair::mend_threads(repair_plan& into) {
  std::size_t count = 0;
  for (const auto& [key, value] : wanted_threads_) {
    const auto found = threads_.find(key);
    if (found != threads_.end() && found->second == value) continue;
    into.rows.push_back({key, value});
    ++count;
  }
  for (const auto& [key, value] : threads_) {
    if (wanted_threads_.contains(key)) continue;
    into.rows.push_back({key, std::nullopt});
    ++count;
  }
  if (count != 0)
    into.steps.push_back("write " + std::to_string(count) + " rows anew by which threads of account " +
                         std::to_string(account_.value) + " are found");
}

void account_repair::mend_mailboxes(repair_plan& into) {
  for (auto& [id, box] : mailboxes_) {
    const bool is_wrong = box.counts != counts_[id];
    if (is_wrong) into.steps.push_back("recount " + name_of(id));
    if (!is_wrong && !touched_.contains(id)) continue;
    box.counts = counts_[id];
    into.rows.push_back({mailbox_key(account_, id), write_record(box)});
  }
}

void account_repair::mend_account(repair_plan& into) {
  std::uint64_t octets = 0;
  for (const auto& [id, box] : mailboxes_) octets += box.is_expunged ? 0 : box.counts.size;
  if (octets != row_->bytes_used) {
    into.steps.push_back("recount the octets of account " + std::to_string(account_.value) + " (" + row_->name + ")");
    row_->bytes_used = octets;
    is_row_changed_ = true;
  }
  if (is_row_changed_) into.rows.push_back({account_key(account_), write_record(*row_)});
}

void account_repair::finish(repair_plan& into, const use_body& use) {
  if (!row_) {
    // Nobody can say what it has handed out: the checker names it, and it is left alone.
    for (const auto* all : {&messages_, &removed_})
      for (const auto& [at, message] : *all)
        if (message.row) use(message.row->blob);
    return;
  }
  for (const auto& [at, message] : messages_) {
    const auto why = why_not(at, message);
    if (why.empty()) {
      use(message.row->blob);
      count_in(counts_[at.first], {message.row->flags, message.row->size()});
      keep_threads(at, *message.row);
      continue;
    }
    into.steps.push_back("set aside " + name_of(at) + ": " + why);
    drop(at, message, use, into);
    if (message.row) leave_tombstone(at, *message.row, into);
  }
  for (const auto& [at, message] : removed_) {
    if (has_good_body(message) && contents_.contains(at)) {
      use(message.row->blob);
      continue;
    }
    into.steps.push_back("set aside what was removed, " + name_of(at) + ": it can no longer be read");
    drop(at, message, use, into);
  }
  for (const auto& [at, content] : contents_) {
    if (messages_.contains(at) || removed_.contains(at)) continue;
    into.steps.push_back("set aside the content of " + name_of(at) + ": there is no such message");
    put_aside(content.as, set_aside::other, into);
  }
  mend_threads(into);
  mend_mailboxes(into);
  mend_account(into);
}

std::string account_repair::name_of(mailbox_id mailbox) const {
  const auto found = mailboxes_.find(mailbox);
  return "mailbox " + std::to_string(mailbox.value) +
         (found == mailboxes_.end() ? "" : " \"" + found->second.name + "\"") + " of account " +
         std::to_string(account_.value) + (row_ ? " (" + row_->name + ")" : "");
}

std::string account_repair::name_of(const place& at) const {
  return "message " + std::to_string(at.second.value) + " of " + name_of(at.first);
}

}  // namespace stagecoach::store

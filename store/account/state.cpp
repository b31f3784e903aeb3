#include "store/account/state.hpp"

#include "protocols/base/record.hpp"
#include "store/account/keywords.hpp"
#include "store/account/names.hpp"
#include "store/account/views.hpp"
#include "store/keys.hpp"

namespace stagecoach::store {

namespace {
failure corrupt(account_id account, const std::string& what) {
  return {fault_code::corrupt, "account " + std::to_string(account.value) + ": " + what + "; run `stagecoach verify`"};
}
}  // namespace

result<account_state, failure> account_state::load(account_id account, const messages::scanned_rows& found) {
  account_state state;
  state.account_ = account;
  state.generation_ = found.generation;
  bool has_account_row = false;
  std::uint64_t octets = 0;
  for (const auto& [key, value] : found.rows) {
    const auto parts = parse_account_key(key);
    if (!parts || parts->account != account) return corrupt(account, "the key " + to_hex(key) + " is not one of it");
    if (key == account_key(account)) {
      auto row = read_record<account_row>(value);
      if (!row) return corrupt(account, "its row cannot be read: " + std::string(row.error().what));
      state.row_ = std::move(*row);
      has_account_row = true;  // first of all, by the order of keys
    } else if (key == mailbox_key(account, parts->mailbox)) {
      auto row = read_record<mailbox_row>(value);
      const std::string mailbox = "mailbox " + std::to_string(parts->mailbox.value);
      if (!row) return corrupt(account, mailbox + " cannot be read: " + std::string(row.error().what));
      if (!row->is_expunged) octets += row->counts.size;
      if (auto why = state.add_mailbox(parts->mailbox, std::move(*row))) return *why;
    } else if (parts->kind == row_kind::removed) {
      auto row = read_record<message_row>(value);
      if (!row) return corrupt(account, "a removed message cannot be read: " + std::string(row.error().what));
      state.removed_[parts->mailbox].emplace(parts->message, removed_message{row->changed, row->blob, row->blob_bytes});
    } else if (!parts->name.empty()) {
      state.subscriptions_.insert(parts->name);
    }
  }
  if (!has_account_row) return failure{fault_code::not_found, "no account " + std::to_string(account.value)};
  if (octets != state.row_.bytes_used) return corrupt(account, "its mailboxes hold another size than it has used");
  return state;
}

std::optional<failure> account_state::add_mailbox(mailbox_id mailbox, mailbox_row row) {
  if (row.is_expunged) {
    note_former(row);
    return std::nullopt;
  }
  if (auto why = refuse_mailbox_row(mailbox, row)) return why;
  by_name_.emplace(row.name, mailbox);
  mailboxes_[mailbox].row = std::move(row);
  return std::nullopt;
}

// What the transitions rely on: going on from a row that breaks it would write more of what is wrong.
std::optional<failure> account_state::refuse_mailbox_row(mailbox_id mailbox, const mailbox_row& row) const {
  const auto refuse = [&](std::string_view why) {
    return corrupt(account_, "mailbox " + std::to_string(mailbox.value) + " \"" + row.name + "\" " + std::string(why));
  };
  if (mailbox.value == 0 || mailbox > row_.last_mailbox) return refuse("has an id that was never handed out");
  if (row.validity >= row_.next_validity) return refuse("has a UIDVALIDITY that was never handed out");
  if (row.changed > row_.highest || row.created > row.changed) return refuse("has a modseq that was never handed out");
  if (row.next_uid.value == 0) return refuse("has no next UID");
  if (by_name_.contains(row.name)) return refuse("has the name of another one");
  return std::nullopt;
}

account_state::live_mailbox& account_state::live(mailbox_id mailbox) {
  const auto at = mailboxes_.find(mailbox);
  CHECK(at != mailboxes_.end());
  return at->second;
}

account_state::message_index& account_state::messages_of(mailbox_id mailbox) {
  auto* content = std::get_if<open>(&live(mailbox).content);
  CHECK(content != nullptr);
  return content->messages;
}

std::optional<mailbox_id> account_state::find(std::string_view name) const {
  const auto at = by_name_.find(stored_mailbox_name(name));
  return at == by_name_.end() ? std::nullopt : std::optional(at->second);
}

messages::mailbox_status account_state::status_of(mailbox_id mailbox) const {
  const auto& row = mailboxes_.at(mailbox).row;
  auto status = store::status_of(mailbox, row);
  status.subscribed = subscriptions_.contains(row.name);
  return status;
}

transition<messages::mailboxes> account_state::list_mailboxes() const {
  messages::mailboxes answer;
  for (const auto& [name, id] : by_name_) answer.all.push_back(status_of(id));
  for (const auto& name : subscriptions_)
    if (!by_name_.contains(name)) answer.missing.push_back(name);
  return unchanged(std::move(answer));
}

result<transition<messages::mailboxes>, failure> account_state::list_mailbox(std::string_view name) const {
  const auto one = status(name);
  if (!one) return one.error();
  return unchanged(messages::mailboxes{{one->answer}, {}});
}

result<transition<messages::mailbox_status>, failure> account_state::status(std::string_view name) const {
  const auto id = find(name);
  if (!id) return failure{fault_code::not_found, "no " + place(stored_mailbox_name(name))};
  return unchanged(status_of(*id));
}

std::string account_state::place(std::string_view mailbox_name) const {
  return "mailbox \"" + std::string(mailbox_name) + "\" in account " + row_.name;
}

}  // namespace stagecoach::store

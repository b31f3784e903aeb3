// What a transition does to mailboxes and subscriptions as such.
#include "protocols/base/check.hpp"
#include "protocols/base/record.hpp"
#include "store/account/draft.hpp"
#include "store/account/names.hpp"
#include "store/keys.hpp"

namespace stagecoach::store {

mailbox_id account_state::draft::create_mailbox(const std::string& name) {
  for (const auto& level : with_parents(name)) {
    if (state_.by_name_.contains(level)) continue;
    const mailbox_id id = state_.row_.last_mailbox = state_.row_.last_mailbox.next();
    live_mailbox& box = state_.mailboxes_[id];
    box.row.name = level;
    box.row.validity = state_.take_validity();
    box.row.created = changed_;
    state_.by_name_.emplace(level, id);
    touched_[id];
    subscribe(level);
  }
  return state_.by_name_.at(name);
}

void account_state::draft::set_special_use(mailbox_id mailbox, std::string special_use) {
  state_.live(mailbox).row.special_use = std::move(special_use);
  touched_[mailbox];
}

void account_state::draft::rename_mailbox(mailbox_id mailbox, const std::string& name) {
  mailbox_row& row = state_.live(mailbox).row;
  CHECK(!state_.by_name_.contains(name));
  state_.by_name_.erase(row.name);
  state_.by_name_.emplace(name, mailbox);
  // RFC 9051 2.3.1.1: of one name UIDVALIDITY grows. A client may remember the one that had this name before.
  const auto former = state_.former_.find(name);
  if (former != state_.former_.end() && former->second >= row.validity) row.validity = state_.take_validity();
  if (state_.subscriptions_.contains(row.name)) subscribe(name);
  row.name = name;
  touched_[mailbox];
}

void account_state::draft::remove_mailbox(mailbox_id mailbox) {
  message_index& messages = state_.messages_of(mailbox);
  while (!messages.empty()) {
    const uid id = messages.begin()->first;
    const message_row row = take_out(mailbox, id);
    erase(content_key(state_.account_, mailbox, id));
    use({row.blob, -1, {}, row.blob_bytes});
  }
  release(mailbox, changed_);
  mailbox_row& row = state_.live(mailbox).row;
  row.is_expunged = true;
  state_.by_name_.erase(row.name);
  state_.note_former(row);
  touched_[mailbox];
}

// mail-server-behaviour row 36: the name may be subscribed before it is a mailbox's.
void account_state::draft::subscribe(const std::string& name) {
  if (!state_.subscriptions_.insert(name).second) return;
  put(subscription_key(state_.account_, name), write_record(subscription_row{changed_}));
}

void account_state::draft::unsubscribe(const std::string& name) {
  CHECK(state_.subscriptions_.erase(name) == 1);
  erase(subscription_key(state_.account_, name));
}

void account_state::draft::forget_removed_mailboxes() {
  for (const auto& [id, touched] : touched_)
    if (state_.live(id).row.is_expunged) state_.mailboxes_.erase(id);
}

}  // namespace stagecoach::store

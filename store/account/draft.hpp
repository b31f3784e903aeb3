// What one transition writes, while it is being made: rows in order, uses of bodies, what the mailboxes are told. Every
// change of a message goes through here, so that its row, the counts, the quota, the index of an open mailbox and the
// journal's entry cannot disagree. Only for the transitions of account_state. Nothing here can fail: check before.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "store/account/state.hpp"

namespace stagecoach::store {

class account_state::draft {
 public:
  draft(account_state& state, const trace_context& trace);
  // For release() alone: nobody sees a change, so it has no modseq of its own.
  explicit draft(account_state& state);

  // The one modseq of this transition.
  [[nodiscard]] modseq changed() const { return changed_; }
  [[nodiscard]] bool is_empty() const { return commit_.rows.empty() && touched_.empty(); }
  [[nodiscard]] message_id new_message_id();
  // With its missing parents; subscribed.
  mailbox_id create_mailbox(const std::string& name);
  void set_special_use(mailbox_id mailbox, std::string special_use);
  // Only this one: its children are somebody else's business.
  void rename_mailbox(mailbox_id mailbox, const std::string& name);
  // Its row stays and says that it was deleted; its messages leave tombstones, and nothing to be read. The mailbox is
  // open.
  void remove_mailbox(mailbox_id mailbox);
  void subscribe(const std::string& name);  // which it may be already
  void unsubscribe(const std::string& name);

  // Puts a message into the mailbox under its next UID, with its content_row; created and changed are set
  // here.
  uid add(mailbox_id mailbox, message_row row, std::string content_record);
  // The mailbox is open.
  void set_flags(mailbox_id mailbox, uid id, message_flags flags);
  // Leaves a tombstone, and until it is released a removed row, the content and the use of the body. The mailbox is
  // open.
  void remove(mailbox_id mailbox, uid id);
  // What was removed from the mailbox, at or before `up_to`.
  void release(mailbox_id mailbox, modseq up_to);
  void use(const messages::blob_use& use) { commit_.blobs.push_back(use); }

  // Hands it out. The draft is spent.
  template <class Answer>
  [[nodiscard]] transition<Answer> finish(Answer answer) {
    std::vector<mailbox_changes> changes = hand_out();
    return {state_.last_sequence_, std::move(commit_), std::move(changes), std::move(answer), std::move(told_)};
  }

 private:
  struct touched_mailbox {
    std::vector<messages::change> entries;
    uid_set uids;
  };

  void put(std::string key, std::string value) { commit_.rows.push_back({std::move(key), std::move(value)}); }
  void put_threads(mailbox_id mailbox, uid id, const message_row& row);
  void erase_threads(mailbox_id mailbox, uid id, const message_row& row);
  message_row take_out(mailbox_id mailbox, uid id);
  void erase(std::string key) { commit_.rows.push_back({std::move(key), std::nullopt}); }
  std::vector<mailbox_changes> hand_out();
  void tell_of(mailbox_id mailbox);
  void forget_removed_mailboxes();

  account_state& state_;
  modseq changed_;
  messages::commit commit_;
  std::map<mailbox_id, touched_mailbox> touched_;
  messages::mailboxes_changed told_;
};

}  // namespace stagecoach::store

// The committed messages of one open mailbox, as its viewers see them: what `mailbox` answers reads from, and what it
// computes changes from. Knows no actor. A viewer is described by the modseq up to which it was told: whatever it lacks
// follows from the index, so a slow viewer costs no memory.
#pragma once

#include <deque>
#include <span>
#include <vector>

#include "messages/mailbox.hpp"

namespace stagecoach::mail {

class mailbox_index {
 public:
  // `all` ascending by UID.
  mailbox_index(messages::mailbox_status status, std::vector<messages::message_view> all);

  [[nodiscard]] const messages::mailbox_status& status() const { return status_; }
  [[nodiscard]] messages::watching watching() const;
  // Those of the set that exist, ascending.
  [[nodiscard]] std::vector<messages::message_view> read(const uid_set& uids) const;

  void apply(const messages::apply_changes& m);

  // What a viewer lacks that was told everything up to `since`: at most one entry for each UID, additions before other
  // changes, in the order of UIDs. Changes with a modseq of `own` (ascending) are left out: the viewer made them
  // itself. Messages that came and went since then do not appear.
  [[nodiscard]] messages::changes changes_after(modseq since, std::span<const modseq> own) const;
  // Every viewer was told up to `told`: what happened until then need not be remembered.
  void forget(modseq told);
  [[nodiscard]] std::size_t remembered() const { return journal_.size(); }

 private:
  struct entry {
    uid id;
    modseq created;  // of the message
    modseq changed;
  };
  using place = std::vector<messages::message_view>::iterator;
  [[nodiscard]] place find(uid id);
  [[nodiscard]] const messages::message_view* at(uid id) const;
  void take(const messages::added& one);
  void take(const messages::flags_changed& one);
  void take(const messages::expunged& one);

  messages::mailbox_status status_;
  std::vector<messages::message_view> messages_;  // ascending
  std::deque<entry> journal_;                     // what changed since the first modseq that a viewer lacks; ascending
};

}  // namespace stagecoach::mail

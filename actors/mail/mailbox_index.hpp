// What the mailbox actor knows: the durable messages of one mailbox as their viewers see them, by UID, and what has
// happened to them since the viewer that is furthest behind was told. Knows no CAF. 80 octets a message; looking a UID
// up is O(log n), adding is O(1), changes cost what they are, never the size of the mailbox.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "messages/changes.hpp"
#include "messages/mailbox.hpp"

namespace stagecoach::mail {

class mailbox_index {
 public:
  // As the account opened it: `messages` ascending.
  mailbox_index(messages::mailbox_status status, const std::vector<messages::message_view>& messages);

  // What the account tells of each commit, in their order.
  void apply(const messages::apply_changes& told);

  [[nodiscard]] const messages::mailbox_status& status() const { return status_; }
  // The answer to `watch`.
  [[nodiscard]] messages::watching watching();
  // With removed messages that are not released.
  [[nodiscard]] messages::rows read(const uid_set& uids) const;

  // Removed messages are kept until all viewers have processed that. False: `up_to` ends the wait of none.
  [[nodiscard]] bool release(modseq up_to);
  [[nodiscard]] bool has_unreleased() const { return !unreleased_.empty(); }

  // Everything after `since`, at most one entry for each UID: a message that was added since then comes with its flags
  // as they are now, or not at all when it is gone again. In the order of modseqs, an added message where it was added.
  // Of the commit `own` (0: none) only messages are told that are new or that others changed before it: its originator
  // learns by the answer to its request what became of those that it knew. `since` is not below what forget() was told.
  [[nodiscard]] messages::changes changes_after(modseq since, modseq own) const;

  // Whether enough is remembered for forget() to be worth its time.
  [[nodiscard]] bool is_cluttered() const { return journal_.size() > journal_max_ || removed_ > removed_max_; }
  // `told`: what the viewers were told up to, ascending, each value once. From now on changes_after is asked only for
  // these and for modseqs from now on.
  void forget(std::span<const modseq> told);

 private:
  // A message, or one that was: then `changed` is when it was removed.
  struct entry {
    uid id;
    std::uint32_t header_bytes;
    std::uint64_t size;
    modseq changed;
    modseq created;
    unix_ms received;
    message_id message;
    message_id thread;
    message_id parent;
    std::unique_ptr<const std::vector<std::string>> keywords;  // null: none, as most have
    std::uint32_t since_before;  // `changed` less what it was before that change, at most this many
    std::uint16_t bits;
    bool is_live;
  };
  // Newest last. An entry that was changed again later has a later moment, which counts.
  struct moment {
    modseq changed;
    uid id;
  };

  static entry entry_of(const messages::message_view& view);
  static messages::message_view view_of(const entry& one);
  static message_flags flags_of(const entry& one);
  static void set_flags(entry& one, const message_flags& flags);
  [[nodiscard]] std::size_t place_of(uid id) const;  // the first entry that is not below
  [[nodiscard]] const entry* find(uid id) const;
  [[nodiscard]] entry& live(uid id);
  static bool was_changed_between(modseq since, const entry& one);
  [[nodiscard]] uid first_unseen();
  void on(const messages::added& change);
  void on(const messages::flags_changed& change);
  void on(const messages::expunged& change);

  messages::mailbox_status status_;
  trace_context trace_;         // of the last commit
  std::vector<entry> entries_;  // by UID
  std::deque<moment> journal_;
  modseq floor_;  // the journal has everything after it
  std::size_t removed_ = 0;
  std::deque<modseq> unreleased_;  // when messages were removed, each moment once
  modseq released_;
  std::size_t journal_max_;
  std::size_t removed_max_;
  std::optional<uid_set> uids_;  // of all messages; none: to be made again
  uid unseen_from_{1};           // no message below it is unseen
};

}  // namespace stagecoach::mail

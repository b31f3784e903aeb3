// One account as its single writer sees it: everything that was handed to the commit log, durable or not yet. A request
// becomes a transition (transition.hpp): rows to commit, changes for the open mailboxes, the answer. Held by the
// account actor; knows no CAF, no clock, no disk. A failed request leaves it as it was; after a failed *commit* it
// holds what never happened: throw it away and load again.
//
// The writer pipelines: it hands out transition after transition without waiting, and reports `committed(sequence)`, in
// order, as they become durable. Mailbox rows are always here; message rows only of open mailboxes (somebody looks):
//
//   begin_open(id); scan messages_prefix(...), in as many pieces as you like: add_rows(id, piece); finish_open(id)
//
// What is written between begin_open and finish_open, or was not durable at begin_open, is laid over what was read, so
// it does not matter which of it the scan saw.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "messages/account.hpp"
#include "messages/mailbox.hpp"
#include "messages/store.hpp"
#include "protocols/base/result.hpp"
#include "protocols/mime/threading.hpp"
#include "store/account/transition.hpp"
#include "store/rows_mail.hpp"

namespace stagecoach::store {

// What one account can have: every LIST shows all of it.
inline constexpr std::size_t mailboxes_max = 10'000;
inline constexpr std::size_t subscriptions_max = 20'000;  // of the mailboxes that are, and as many that were

// What a mailbox starts from; the changes of later transitions continue it.
struct opened_mailbox {
  messages::mailbox_status status;
  std::vector<messages::message_view> messages;  // ascending
};

class account_state {
 public:
  // From the rows under account_key, mailboxes_prefix, subscriptions_prefix and removed_prefix, in one snapshot.
  // `corrupt` when they cannot be what we wrote, `not_found` when there is no account row.
  static result<account_state, failure> load(account_id account, const messages::scanned_rows& found);

  [[nodiscard]] account_id id() const { return account_; }
  [[nodiscard]] const account_row& row() const { return row_; }

  // --- requests. Source mailboxes must be open; destinations need not be. ---

  // SMTP delivery and APPEND. not_found: no such mailbox (and create_mailbox was not wanted); syntax: a mailbox of that
  // name cannot be made; full: over quota; out_of_range: UIDs or UIDVALIDITYs used up; too_long: too many keywords.
  // `related`: what is found under related_prefixes; without it the message is the first of its thread.
  result<transition<messages::delivered>, failure> append(const messages::deliver& request,
                                                          const messages::scanned_rows& related = {});
  // RFC 9051 6.4.6. One modseq for all messages that really change. too_long: too many keywords.
  result<transition<messages::flags_set>, failure> set_flags(const messages::set_flags& request);
  // RFC 9051 6.4.3, 6.4.9.
  transition<messages::messages_expunged> expunge(const messages::expunge& request);
  // COPY and MOVE, RFC 9051 6.4.7, 6.4.8, of those named messages that are there and whose content row is among
  // `contents`, which were read before: what has come since was not known to the client either. not_found: no such
  // destination (TRYCREATE); the rest as append.
  result<transition<messages::copied>, failure> copy(const messages::copy& request,
                                                     const messages::scanned_rows& contents);

  // --- the tree of mailboxes; messages/account.hpp says what is refused, and how ---

  result<transition<messages::mailbox_created>, failure> create_mailbox(const messages::create_mailbox& request);
  // The mailbox is open: open it when it is told which one it would be.
  result<transition<messages::mailbox_deleted>, failure> delete_mailbox(const messages::delete_mailbox& request);
  [[nodiscard]] result<mailbox_id, failure> to_be_deleted(std::string_view name) const;
  // Of all but INBOX.
  result<transition<messages::mailbox_renamed>, failure> rename_mailbox(const messages::rename_mailbox& request);
  // INBOX is open. It stays; its messages whose content row is among `contents`, as for copy, go to the new mailbox.
  result<transition<messages::mailbox_renamed>, failure> rename_inbox(const messages::rename_mailbox& request,
                                                                      const messages::scanned_rows& contents);
  [[nodiscard]] result<mailbox_id, failure> to_be_renamed(const messages::rename_mailbox& request) const;
  result<transition<messages::subscription_set>, failure> set_subscription(const messages::set_subscription& request);

  // --- removed messages. Sessions that have not processed the removal may go on reading them (RFC 2180 4.1.2). ---

  // Nobody may any more, of those removed from `mailbox` at or before `up_to`: contents and bodies go. No commit when
  // there are none.
  transition<done> release(mailbox_id mailbox, modseq up_to);
  // Of all mailboxes: what the process that ended before has left. No mailbox is open.
  transition<done> release_all();

  // --- reads: as of the last transition handed out, to be answered when that is durable ---

  [[nodiscard]] transition<messages::mailboxes> list_mailboxes() const;
  [[nodiscard]] result<transition<messages::mailboxes>, failure> list_mailbox(std::string_view name) const;
  [[nodiscard]] result<transition<messages::mailbox_status>, failure> status(std::string_view name) const;
  // Live mailboxes by name as a client writes it.
  [[nodiscard]] std::optional<mailbox_id> find(std::string_view name) const;

  // --- opening and closing ---

  [[nodiscard]] bool is_live(mailbox_id mailbox) const { return mailboxes_.contains(mailbox); }
  [[nodiscard]] bool is_open(mailbox_id mailbox) const;
  void begin_open(mailbox_id mailbox);  // of a live mailbox that is closed
  // busy: the rows are of another generation of the store than this state; corrupt.
  result<done, failure> add_rows(mailbox_id mailbox, const messages::scanned_rows& found);
  // corrupt: the rows are not those that the mailbox's counts tell of. On success it is open at once; the mailbox actor
  // may start when the transition's sequence is durable, and every later transition has its changes.
  result<transition<opened_mailbox>, failure> finish_open(mailbox_id mailbox);
  // Also ends an opening that failed or was not finished.
  void close_mailbox(mailbox_id mailbox);

  // Whether somebody watches the account: only then transitions say what they did to mailboxes.
  void is_watched(bool is_it) { is_watched_ = is_it; }

  // --- threads (threads.cpp): what append wants to have read. The rows may be read at any time between begin_lookup
  //     and end_lookup, the last some of each prefix. ---

  [[nodiscard]] std::vector<std::string> related_prefixes(const mime::threading& of, std::string_view mailbox) const;
  [[nodiscard]] std::uint64_t begin_lookup();
  void end_lookup(std::uint64_t began);
  [[nodiscard]] std::size_t lookups() const { return lookups_.size(); }

  // --- the pipeline ---

  // All commits up to `sequence` are durable. Reported in order.
  void committed(std::uint64_t sequence);
  [[nodiscard]] std::uint64_t last_sequence() const { return last_sequence_; }
  [[nodiscard]] bool is_all_durable() const { return durable_ == last_sequence_; }

 private:
  class draft;  // what one transition writes (draft.hpp)

  using message_index = std::map<uid, message_row>;
  // A message as the last commit that touched it left it; no row: removed.
  struct recent_message {
    std::uint64_t sequence;
    std::optional<message_row> row;
  };
  using recent_messages = std::map<uid, recent_message>;

  struct closed {
    recent_messages recent;  // written and perhaps not durable
  };
  struct opening {
    message_index read;
    recent_messages recent;  // written and perhaps not in `read`
  };
  struct open {
    message_index messages;
  };
  struct live_mailbox {
    mailbox_row row;
    std::variant<closed, opening, open> content;
  };
  // What a mailbox would be given.
  struct growth {
    std::uint64_t messages = 0;
    std::vector<std::string> keywords;  // sorted
  };
  // Not in any index; its removed row, its content and its use of the body are still there.
  struct removed_message {
    modseq changed;  // when it was removed
    blob_hash blob;
    std::uint64_t blob_bytes;
  };
  // Which messages a commit wrote that is not durable.
  struct in_flight {
    std::uint64_t sequence;
    mailbox_id mailbox;
    uid_set uids;
  };

  // As the last commit that touched it left it; no row: removed.
  struct recent_thread {
    std::uint64_t sequence;
    std::optional<thread_row> row;
  };

  account_state() = default;
  void join_thread(message_row& row, const mime::threading& of, std::string_view mailbox_name,
                   const messages::scanned_rows& related) const;
  void remember_thread(std::string key, std::optional<thread_row> row);
  void forget_threads();
  [[nodiscard]] live_mailbox& live(mailbox_id mailbox);
  [[nodiscard]] message_index& messages_of(mailbox_id mailbox);
  [[nodiscard]] std::optional<failure> refuse_mailbox_row(mailbox_id mailbox, const mailbox_row& row) const;
  [[nodiscard]] std::optional<failure> add_mailbox(mailbox_id mailbox, mailbox_row row);  // when it is loaded
  [[nodiscard]] messages::mailbox_status status_of(mailbox_id mailbox) const;
  [[nodiscard]] bool has_children(std::string_view name) const;
  uid_validity take_validity();
  void note_former(const mailbox_row& row);
  // The name and its missing parents must be possible.
  [[nodiscard]] result<done, failure> may_create(std::string_view name) const;
  [[nodiscard]] result<done, failure> may_grow(const mailbox_row& box, const growth& wanted) const;
  [[nodiscard]] result<done, failure> may_use(std::uint64_t octets) const;
  [[nodiscard]] std::string place(std::string_view mailbox_name) const;
  template <class Answer>
  [[nodiscard]] transition<Answer> unchanged(Answer answer) const {
    return {last_sequence_, std::nullopt, {}, std::move(answer)};
  }
  // visit(uid, row) for each message of the index that is named, ascending. Visiting must not remove any.
  template <class Visit>
  static void for_each_named(message_index& messages, const uid_set& named, Visit visit) {
    for (const auto& range : named.ranges())
      for (auto at = messages.lower_bound(range.first); at != messages.end() && at->first <= range.last; ++at)
        visit(at->first, at->second);
  }

  account_id account_;
  std::uint64_t generation_ = 0;
  account_row row_;
  std::map<mailbox_id, live_mailbox> mailboxes_;  // live ones
  std::map<std::string, mailbox_id, std::less<>> by_name_;
  std::set<std::string, std::less<>> subscriptions_;         // names
  std::map<std::string, uid_validity, std::less<>> former_;  // of mailboxes that were deleted, by name, the highest
  std::map<mailbox_id, std::map<uid, removed_message>> removed_;
  std::deque<in_flight> in_flight_;  // by sequence
  std::map<std::string, recent_thread, std::less<>>
      recent_threads_;                                              // by key: written, and perhaps not read by a lookup
  std::deque<std::pair<std::uint64_t, std::string>> recent_order_;  // sequences and keys of recent_threads_
  std::multiset<std::uint64_t> lookups_;                            // what was durable when each began
  std::uint64_t last_sequence_ = 0;  // of the last transition handed out that had a commit
  std::uint64_t durable_ = 0;        // the last that was reported
  bool is_watched_ = false;
};

}  // namespace stagecoach::store

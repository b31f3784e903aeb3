// What an action has to do with messages, has done, and has left. It is done batch by batch, each a commit of its own,
// so that others are told between them and it can be cancelled; what was done until then, or until one failed, is known
// and can be taken back. Knows no actor: web_session asks what it wants asked, one question at a time.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <variant>
#include <vector>

#include "messages/api/mail.hpp"
#include "messages/mailbox.hpp"
#include "protocols/base/result.hpp"

namespace stagecoach::web {

// As long as others may have to wait for a mailbox: flags of so many are some 12 ms of work, a move 34 ms.
inline constexpr std::uint64_t batch_messages = 1'000;

struct flags_to_be {
  message_flags add;
  message_flags remove;
  friend bool operator==(const flags_to_be&, const flags_to_be&) = default;
};
struct move_to {
  mailbox_id mailbox;
  friend bool operator==(const move_to&, const move_to&) = default;
};
struct delete_for_ever {
  friend bool operator==(const delete_for_ever&, const delete_for_ever&) = default;
};
using deed = std::variant<flags_to_be, move_to, delete_for_ever>;
struct task {
  mailbox_id mailbox;
  uid_set uids;
  deed what;
};

class long_action {
 public:
  // To a mailbox; the asker adds the trace, and to `copy` the name of the mailbox `to`.
  struct question {
    mailbox_id mailbox;
    std::variant<messages::read_rows, messages::set_flags, messages::copy, messages::expunge> what;
    mailbox_id to;
  };

  // `up_to`: not messages that have come after it; 0: all.
  long_action(const std::vector<task>& tasks, modseq up_to);

  // Each is answered, or fails, before the next. None: it is over.
  [[nodiscard]] std::optional<question> next();
  void answered(const messages::rows& m);
  void answered(const messages::flags_set& m);
  void answered(const messages::copied& m);
  void answered(const messages::messages_expunged& m);
  void failed(failure why);
  // After the batch that is at work.
  void cancel() { is_cancelled_ = true; }

  [[nodiscard]] bool is_over() const { return failure_ || batches_.empty() || (is_cancelled_ && questions_.empty()); }
  [[nodiscard]] bool is_between_batches() const { return questions_.empty(); }
  [[nodiscard]] std::uint64_t done() const { return done_; }  // messages that were looked at
  [[nodiscard]] std::uint64_t total() const { return total_; }
  [[nodiscard]] const std::optional<failure>& why_not() const { return failure_; }
  [[nodiscard]] api::acted outcome() const;
  [[nodiscard]] const std::vector<task>& undo() const { return undo_; }
  [[nodiscard]] std::vector<task> left() const { return {batches_.begin(), batches_.end()}; }

 private:
  void begin_batch();
  void plan(const flags_to_be& what, const messages::rows& m);
  void plan(const move_to& what, const uid_set& uids);
  void plan(delete_for_ever what, const uid_set& uids);
  void keep_mark(const messages::flags_set& m);
  void next_question();
  void end_batch();
  void keep_undo();

  struct step {
    question asked;
    flags_to_be back;  // of flags: what takes it back, and those of the same messages before it
  };
  std::deque<task> batches_;      // the first is at work
  std::deque<step> questions_;    // of that one; the first is asked
  std::vector<task> batch_undo_;  // of that one, until now
  std::vector<task> undo_;
  modseq newest_;  // of the messages that are meant; 0: all
  modseq up_to_;
  std::uint64_t messages_ = 0;
  std::uint64_t done_ = 0;
  std::uint64_t total_ = 0;
  bool is_cancelled_ = false;
  std::optional<failure> failure_;
};

}  // namespace stagecoach::web

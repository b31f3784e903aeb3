// The single writer of one account: every change of it is a transition of `account_state`, handed to the store_writer
// in order, and told to the open mailboxes when it is durable. Started by `accounts`, which also lets it end when idle.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <unordered_map>

#include "actors/mail/accounts.hpp"
#include "actors/runtime/watched.hpp"
#include "actors/services/handles.hpp"
#include "store/account/state.hpp"

namespace stagecoach::mail {

class account final : public runtime::watched<services::account_handle> {
 public:
  account(caf::actor_config& cfg, runtime::stage& on, store::account_state state, services::blob_readers readers,
          services::store_writer_handle writer, services::accounts_handle accounts, account_options options);
  void on_exit() override;

 private:
  // A transition in the order of the journal. It is finished when its commit, and every one before it, is durable.
  struct entry {
    std::uint64_t sequence = 0;
    std::optional<messages::commit> commit;  // none: a read, which has seen what is not durable yet
    bool has_commit = false;
    std::vector<store::mailbox_changes> changes;
    messages::mailboxes_changed told;
    std::function<void()> succeeded;
    std::function<void(const caf::error&)> failed;
  };
  // A request that needs all messages of a mailbox: goes on when they are in the state, or hears why not.
  using reader = std::function<void(const caf::error* why_not)>;
  struct open_box {
    services::mailbox_handle actor;  // none while its rows are read
    std::uint64_t wanted = 0;        // handles given out
    std::vector<runtime::promise<services::mailbox_handle>> waiting;
    std::vector<reader> readers;
  };

  struct watcher {
    runtime::handle_of<messages::account_viewer_talk> actor;
    std::uint64_t after = 0;  // the last transition that its answer has seen
  };

  behavior_type make_behavior() override;

  // Answers at once, or when what the transition wrote or saw is durable.
  template <class Answer>
  runtime::reply<Answer> carry_out(store::transition<Answer> made);
  template <class Answer>
  runtime::reply<Answer> carry_out(result<store::transition<Answer>, failure> made);
  template <class Answer>
  void line_up_or_refuse(result<store::transition<Answer>, failure> made, runtime::promise<Answer> promise);
  template <class Answer>
  static entry entry_of(store::transition<Answer> made, runtime::promise<Answer> promise);
  void line_up(entry next);
  void hand_in();
  void durable();
  void finish_first();
  void undone(const caf::error& why);
  // Whoever waits for something that is not in the pipeline.
  void refuse_waiting(const caf::error& why);

  runtime::reply<messages::mailboxes> watch();
  void look_away(const caf::actor_addr& who);
  runtime::reply<messages::delivered> deliver(const messages::deliver& m);
  runtime::reply<messages::copied> copy(const messages::copy& m);
  void remove_mailbox(const messages::delete_mailbox& m, runtime::promise<messages::mailbox_deleted> promise);
  void rename_mailbox(const messages::rename_mailbox& m, runtime::promise<messages::mailbox_renamed> promise);
  void move_inbox(const messages::rename_mailbox& m, const messages::scanned_rows& contents,
                  runtime::promise<messages::mailbox_renamed> promise);
  void when_open(mailbox_id id, reader then);
  template <class Then, class Otherwise>
  void with_contents(mailbox_id id, uid_set uids, const trace_context& trace, Then then, Otherwise otherwise);
  void end_mailbox(mailbox_id id, const trace_context& trace);
  runtime::reply<services::mailbox_handle> open(const messages::open_mailbox& m);
  void read_rows(mailbox_id id);
  void rows_read(mailbox_id id, const messages::scanned_rows& rows);
  void start(mailbox_id id, store::opened_mailbox content);
  void refuse_opening(mailbox_id id, const caf::error& why);
  void hand_out(mailbox_id id);
  void release(store::transition<stagecoach::done> made);
  messages::mailbox_closed close(const messages::close_mailbox& m);
  void forget(mailbox_id id);
  void forget_unseen(mailbox_id id);
  void look_later();
  void end_if_idle();
  void end();

  store::account_state state_;
  services::blob_readers readers_;
  services::store_writer_handle writer_;
  services::accounts_handle accounts_;
  account_options options_;
  std::deque<entry> pipeline_;
  std::map<std::uint64_t, runtime::promise<messages::delivered>> looking_up_;  // deliveries, by number
  std::map<std::uint64_t, std::function<void(const caf::error&)>> reading_;    // who waits for contents hears why not
  std::uint64_t readings_begun_ = 0;
  std::uint64_t lookups_begun_ = 0;
  std::size_t handed_in_ = 0;    // of the pipeline, from its front
  std::size_t commits_out_ = 0;  // at the store_writer: CAF searches pending answers in a row, so they are bounded
  std::unordered_map<mailbox_id, open_box> open_;
  std::vector<watcher> watchers_;
  std::uint64_t wanted_ = 0;
  bool was_used_ = true;
  reminder idle_look_;
};

}  // namespace stagecoach::mail

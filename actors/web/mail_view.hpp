// One view of a page: a mailbox as a list or as threads, what a search finds of it, or all mailboxes at once. It is a
// viewer of each; its list is read once and kept by their changes. What it says goes to its stream as it will be sent,
// and mailboxes are asked for more when the page has taken it.
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/runtime/watched.hpp"
#include "actors/services/handles.hpp"
#include "actors/web/message_order.hpp"
#include "actors/web/thread_list.hpp"
#include "messages/api/mail_events.hpp"
#include "messages/event_stream.hpp"
#include "protocols/imap/search_program.hpp"

// These are sent as messages, too (actors/runtime/wire.hpp).
namespace stagecoach::api {
using stagecoach::inspect;
}

namespace stagecoach::web {

using mail_view_handle = runtime::handle_of<messages::mail_view_talk>;
using view_owner_handle = runtime::handle_of<messages::view_owner_talk>;

// An event as the page gets it (HTML living standard 9.2.5), but for its id.
void append_event(std::string& to, const api::event& what);

// `from`: a row of a thread_list, or an item that has been put into its thread before.
template <class From>
void put_into_thread(api::list_item& item, const From& from) {
  item.depth = from.depth;
  item.hidden = from.hidden;
  item.hidden_unread = from.hidden_unread;
}

class mail_view final : public runtime::watched<mail_view_handle> {
 public:
  struct mailbox_name {
    mailbox_id id;
    std::string name;
  };
  struct request {
    std::uint32_t number = 0;  // the page's
    std::vector<mailbox_name> mailboxes;
    std::optional<imap::search_program> query;  // none: all messages
    std::uint32_t from = 0;                     // the window
    std::uint32_t count = 0;
    modseq known;
    bool threads = false;        // of one mailbox, not of a search
    bool is_everywhere = false;  // a mailbox that goes is no reason to end
  };
  mail_view(caf::actor_config& cfg, runtime::stage& on, services::node_services services, messages::signed_in who,
            services::account_handle account, request wanted, view_owner_handle owner);
  void on_exit() override;

 private:
  // A mailbox that is looked at.
  struct source {
    mailbox_id id;
    std::string name;
    services::mailbox_handle actor;
    modseq sent;                   // what the page was sent of it
    std::optional<modseq> unseen;  // changes up to here were taken, and not sent or not acknowledged yet
  };
  using source_pointer = std::shared_ptr<source>;
  using items = std::vector<api::list_item>;
  using message_rows = std::vector<messages::message_view>;
  using located_rows = std::vector<located>;
  // Of sources that are watched: what was in them then.
  using contents = std::vector<std::pair<source_pointer, uid_set>>;
  static constexpr auto answer_deadline = std::chrono::seconds{60};
  struct judging;
  struct course;
  struct counting;

  // --- mail_view.cpp: what is asked of it, and its window. What it does is done in turn: a job may have to wait for
  // answers, and the next one begins when it says done(). So each event is about the list as the events before it have
  // left it. ---
  behavior_type make_behavior() override;
  void add_job(std::function<void()> job);
  void done();
  void run_jobs();
  void fail(const caf::error& why);
  void end(std::string why);
  void tell(const api::event& what);
  void taken();
  void lost(const caf::down_msg& down);
  // A view of everything does without a mailbox that has gone; what cannot be read is not hidden.
  void without(const caf::error& why, const std::function<void()>& otherwise);
  runtime::reply<api::nothing> move(const api::move_window& asked);
  runtime::reply<api::nothing> expand(const api::expand_thread& asked);
  runtime::reply<messages::view_listed> list();
  [[nodiscard]] bool is_whole() const { return !is_searching_ && (threads_ || list_); }
  static failure not_whole() { return {fault_code::busy, "the view is not whole yet"}; }
  [[nodiscard]] uid_set uids_of(const source& one) const { return threads_ ? threads_->all() : list_->all_of(one.id); }
  void open(std::size_t at, const std::shared_ptr<contents>& found);
  void watch(const source_pointer& one, std::function<void(std::optional<uid_set>)> then);
  void read_lists(std::size_t at, const std::shared_ptr<contents>& found, const std::shared_ptr<located_rows>& rows);
  void begin_with_list();
  void look_into(const messages::look_into& m);
  [[nodiscard]] std::uint32_t total() const;
  [[nodiscard]] std::vector<thread_list::row> window_of_threads() const;
  void show_window(bool is_anew, std::function<void()> then);
  [[nodiscard]] source_pointer source_of(mailbox_id id) const;

  // --- mail_view_rows.cpp: what a row is made of ---
  void with_rows(std::vector<location> wanted, std::function<void(located_rows)> then);
  void with_items(located_rows rows, std::function<void(items)> then);
  struct gathering;
  void gather_rows(const std::shared_ptr<gathering>& work);
  void gather_structures(const std::shared_ptr<gathering>& work);

  // --- mail_view_changes.cpp ---
  void take(const messages::changes& m);
  void apply(const source_pointer& from, const messages::changes& m);
  void judge_changed(const source_pointer& from, const uid_set& open, std::vector<api::row_change> rows,
                     located_rows added);
  void list_anew(const source_pointer& from, const messages::changes& m);
  void apply_to_threads(const messages::changes& m);
  void tell_steps(const thread_list::steps& steps, std::vector<api::row_change> more);
  void tell_changes(std::vector<api::row_change> rows, located_rows added);

  // --- mail_view_search.cpp ---
  void search(const contents& all);
  void search_next(const std::shared_ptr<course>& now);
  [[nodiscard]] bool are_in_window(const message_rows& matches) const;
  void judge(const source_pointer& from, uid_set uids, std::function<void(message_rows)> then);
  void go_on(const std::shared_ptr<judging>& work);
  void look_up(const std::shared_ptr<judging>& work, const imap::need_structures& need);
  void look_up(const std::shared_ptr<judging>& work, const imap::need_octets& need);

  // --- mail_view_counts.cpp ---
  runtime::reply<api::counted> count();
  void stop_counting(const failure& why);
  void begin_counting();
  void count_next(const std::shared_ptr<counting>& work);
  void count_senders(const std::shared_ptr<counting>& work, mailbox_id mailbox, const uid_set& uids);

  services::node_services services_;
  messages::signed_in who_;
  services::account_handle account_;
  request wanted_;
  view_owner_handle owner_;
  trace_context trace_;
  std::vector<source_pointer> sources_;
  std::optional<thread_list> threads_;  // instead of the list
  std::optional<message_order> list_;
  modseq up_to_;
  bool is_searching_ = false;  // the list is not whole yet
  bool is_moved_ = false;      // the window, meanwhile
  bool is_untaken_ = false;    // what was told last
  bool has_shown_ = false;     // any rows
  bool is_busy_ = false;
  bool is_running_ = false;  // jobs, one after the other
  bool is_over_ = false;
  std::deque<std::function<void()>> jobs_;
  std::shared_ptr<counting> counting_;  // for whom it was asked last; none: nobody waits
};

}  // namespace stagecoach::web

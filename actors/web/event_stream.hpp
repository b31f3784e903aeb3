// One open page: the mailboxes of its account, the views that it has open, and what it has not been told of them
// (user-experience.md 2.3). It is the source of a streamed answer, and asks its mailboxes for more only when the page
// has taken what it was sent, so a slow page gets coalesced changes and costs no memory.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/runtime/watched.hpp"
#include "actors/services/handles.hpp"
#include "actors/web/mailbox_view.hpp"
#include "actors/web/thread_list.hpp"
#include "messages/api/mail_events.hpp"
#include "messages/event_stream.hpp"
#include "protocols/imap/search_program.hpp"

// These are sent as messages, too (actors/runtime/wire.hpp).
namespace stagecoach::api {
using stagecoach::inspect;
}

namespace stagecoach::web {

using event_stream_handle = runtime::handle_of<messages::event_stream_talk>;
using octet_sink_handle = runtime::handle_of<messages::octet_sink_talk>;

// What a new page shows, told without being asked again. Its view has the number 1.
struct first_view {
  std::string mailbox;  // name; Inbox when there is none of it
  std::string query;
  std::uint32_t count = 0;
  bool threads = false;
};

class event_stream final : public runtime::watched<event_stream_handle> {
 public:
  // `name`: of the stream, in view.open. `to`: the connection; when it ends, the stream does.
  event_stream(caf::actor_config& cfg, runtime::stage& on, services::node_services services, messages::signed_in who,
               std::string name, std::optional<first_view> first, octet_sink_handle to);
  void on_exit() override;

 private:
  // One view of a mailbox. What is done to it is done in turn: a job may have to wait for answers, and the next one
  // begins when it says done(). So each event is about the list as the events before it have left it.
  struct view {
    std::uint32_t number = 0;
    std::string mailbox_name;
    mailbox_id mailbox;
    services::mailbox_handle actor;
    std::optional<imap::search_program> query;  // none: all messages
    std::optional<thread_list> threads;         // instead of the list
    std::optional<mailbox_view> list;
    bool is_searching = false;  // the list is not whole yet
    bool is_moved = false;      // the window, meanwhile
    modseq up_to;
    std::optional<modseq> unseen;  // changes up to here were taken and not yet acknowledged
    std::uint32_t from = 0;        // the window
    std::uint32_t count = 0;
    std::deque<std::function<void()>> jobs;
    bool wants_threads = false;
    bool is_busy = false;
    bool is_closed = false;
  };
  using view_pointer = std::shared_ptr<view>;
  using items = std::vector<api::list_item>;
  using message_rows = std::vector<messages::message_view>;
  struct judging;

  behavior_type make_behavior() override;
  // --- event_stream.cpp: the stream ---
  void begin();
  void open_first();
  void fail(const caf::error& why);
  void end(bool is_signed_out);
  void put(const api::event& what, modseq at);
  void tell(const api::event& what, modseq at);
  void take(const messages::mailboxes_changed& m);
  void taken();
  void flush();
  void beat();

  // --- event_stream_views.cpp ---
  std::optional<failure> open(const api::open_view& asked);  // why not
  runtime::reply<api::nothing> move(const api::move_window& asked);
  runtime::reply<messages::view_listed> list(const messages::list_view& asked);
  runtime::reply<api::nothing> expand(const api::expand_thread& asked);
  void close(const view_pointer& one);
  void end_view(const view_pointer& one, std::string why);
  void take(const messages::changes& m);
  void add_job(const view_pointer& one, std::function<void()> job);
  void done(const view_pointer& one);
  void watch(const view_pointer& one, modseq known);
  void list(const view_pointer& one, modseq known, uid_set uids);
  [[nodiscard]] static std::uint32_t total(const view& one);
  [[nodiscard]] static std::vector<thread_list::row> window(const view& one);
  void begin_with(const view_pointer& one, modseq known);
  void show_window(const view_pointer& one, std::function<void()> then);
  void apply(const view_pointer& one, const messages::changes& m);
  void list_anew(const view_pointer& one, const messages::changes& m);
  void apply_to_threads(const view_pointer& one, const messages::changes& m);
  void tell_steps(const view_pointer& one, const thread_list::steps& steps, std::vector<api::row_change> more);
  void with_rows(const view_pointer& one, const std::vector<uid>& wanted, std::function<void(message_rows)> then);
  void tell_changes(const view_pointer& one, std::vector<api::row_change> rows, message_rows added);
  void with_items(const view_pointer& one, message_rows rows, std::function<void(items)> then);
  void read_structures(const view_pointer& one, uid_set uids, std::vector<messages::message_structure> found,
                       std::function<void(std::vector<messages::message_structure>)> then);
  void view_failed(const view_pointer& one, const caf::error& why);

  // --- event_stream_search.cpp ---
  void search(const view_pointer& one, modseq known, const uid_set& uids);
  void judge(const view_pointer& one, uid_set uids, std::function<void(message_rows)> then);
  void go_on(const view_pointer& one, const std::shared_ptr<judging>& work);
  void look_up(const view_pointer& one, const std::shared_ptr<judging>& work, const imap::need_structures& need);
  void look_up(const view_pointer& one, const std::shared_ptr<judging>& work, const imap::need_octets& need);

  services::node_services services_;
  messages::signed_in who_;
  std::string name_;
  std::optional<first_view> first_;
  octet_sink_handle to_;
  trace_context trace_;
  services::account_handle account_;
  std::map<std::uint32_t, view_pointer> views_;
  std::map<mailbox_id, api::shown_mailbox> mailboxes_;            // as the page was told, and
  std::map<mailbox_id, std::optional<api::shown_mailbox>> news_;  // what it was not; none: removed
  std::string unsent_;
  bool has_credit_ = true;
  bool is_ending_ = false;
  reminder beat_;
};

}  // namespace stagecoach::web

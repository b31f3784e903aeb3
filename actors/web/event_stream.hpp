// One open page: the mailboxes of its account, the views that it has open, and what it has not been told of them
// (user-experience.md 2.3). It is the source of a streamed answer, and its mailboxes are asked for more only when the
// page has taken what it was sent, so a slow page gets coalesced changes and costs no memory. It outlives its
// connection by a minute and a half: a page that comes back goes on with the same views, and gets what it has missed.
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "actors/runtime/watched.hpp"
#include "actors/services/handles.hpp"
#include "actors/web/event_tail.hpp"
#include "actors/web/mail_view.hpp"
#include "messages/api/mail_events.hpp"
#include "messages/event_stream.hpp"

namespace stagecoach::web {

using event_stream_handle = runtime::handle_of<messages::event_stream_talk>;
// What its views tell it comes beside.
struct all_event_stream_talk : runtime::joined<messages::event_stream_talk, messages::view_owner_talk> {};
using octet_sink_handle = runtime::handle_of<messages::octet_sink_talk>;

// What a new page shows, told without being asked again.
struct first_view {
  std::uint32_t number = 1;
  std::string mailbox;  // name; Inbox when there is none of it
  std::string query;
  std::uint32_t count = 0;
  bool threads = false;
  bool is_everywhere = false;
};

class event_stream final : public runtime::watched<runtime::handle_of<all_event_stream_talk>> {
 public:
  // Whether a page can come back to it over another connection.
  enum class when_left : std::uint8_t { ends, waits };
  // `name`: of the stream, in view.open. `to`: the connection.
  event_stream(caf::actor_config& cfg, runtime::stage& on, services::node_services services, messages::signed_in who,
               std::string name, std::optional<first_view> first, octet_sink_handle to, when_left how);
  void on_exit() override;

 private:
  struct view {
    mail_view_handle actor;
    bool is_everywhere = false;
  };

  behavior_type make_behavior() override;
  void begin();
  void open_first();
  void fail(const caf::error& why);
  void end(bool is_signed_out);
  void left();
  runtime::reply<messages::http_answer> go_on(const messages::resume_events& asked);
  void tell(const api::event& what);
  void add_event(const api::event& what);
  void add(std::string_view event);
  void take(const messages::mailboxes_changed& m);
  void take(messages::view_said& m);
  void taken();
  void flush();
  void put_news();
  void beat();
  // Why not.
  std::optional<failure> open(const api::open_view& asked);
  [[nodiscard]] std::vector<mail_view::mailbox_name> everything_and(mailbox_id first) const;
  void close(std::uint32_t number);
  runtime::reply<api::nothing> move(const api::move_window& asked);
  runtime::reply<api::nothing> expand(const api::expand_thread& asked);
  template <class Answer, class Question>
  runtime::reply<Answer> pass_on(std::uint32_t number, const Question& asked);

  services::node_services services_;
  messages::signed_in who_;
  std::string name_;
  std::optional<first_view> first_;
  octet_sink_handle to_;
  trace_context trace_;
  services::account_handle account_;
  std::map<std::uint32_t, view> views_;                 // by the page's numbers
  std::list<std::function<void()>> unanswered_;         // what its views were asked: how it is refused
  std::set<std::uint32_t> to_be_taken_;                 // views that have said what the page has not taken yet
  std::map<mailbox_id, api::shown_mailbox> mailboxes_;  // as the page was told, and
  std::map<mailbox_id, std::optional<api::shown_mailbox>> news_;  // what it was not; none: removed
  std::map<std::string, api::action_progress> progress_;          // the last of each action that it was not told
  event_tail tail_;
  std::vector<std::string> unsent_;  // events, numbered
  std::size_t unsent_bytes_ = 0;
  when_left when_left_;
  bool has_credit_ = true;
  bool has_begun_ = false;
  bool is_ending_ = false;
  reminder beat_;
  reminder left_;
};

}  // namespace stagecoach::web

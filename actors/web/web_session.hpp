// One who has signed in to the pages: what its requests want, asked of the other actors. It starts the event streams of
// its pages, and knows how to take its last actions back. It lives as long as the session, from its first request on.
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "actors/runtime/stage.hpp"
#include "actors/runtime/watched.hpp"
#include "actors/services/handles.hpp"
#include "actors/web/answers.hpp"
#include "actors/web/content_stream.hpp"
#include "actors/web/event_stream.hpp"
#include "actors/web/long_action.hpp"
#include "actors/web/long_poll.hpp"
#include "actors/web/thread_members.hpp"
#include "messages/api/mail.hpp"
#include "messages/web.hpp"
#include "protocols/base/json_write.hpp"
#include "protocols/http/target.hpp"

namespace stagecoach::web {

class web_session final : public runtime::watched<runtime::handle_of<messages::web_session_talk>> {
 public:
  web_session(caf::actor_config& cfg, runtime::stage& on, services::node_services services, messages::signed_in who,
              std::string mail_path);
  void on_exit() override;

 private:
  using promise = runtime::promise<messages::http_answer>;
  using reply = runtime::reply<messages::http_answer>;
  struct undoing {
    std::string name;
    std::chrono::steady_clock::time_point until;
    std::vector<task> tasks;
  };
  struct page_stream {
    event_stream_handle actor;
    caf::actor_addr to;  // the connection that it goes to; none: it is not kept without
  };
  // An action from its request to its answer.
  struct acting {
    std::string op;  // empty: it has no name
    promise to;
    std::string undoes;  // an undo: its name
    std::chrono::steady_clock::time_point began;
    std::optional<std::chrono::steady_clock::time_point> told;  // of its progress
    std::optional<long_action> action;                          // none: it is not known yet which messages are meant
    bool is_cancelled = false;
  };
  using acting_pointer = std::shared_ptr<acting>;
  struct found_message {
    mailbox_id mailbox;
    messages::message_view view;
    messages::message_structure structure;
  };
  using found_pointer = std::shared_ptr<const found_message>;
  // The text of a message while it is read.
  struct reading_text {
    found_pointer found;
    std::shared_ptr<api::shown_message> made;
    promise to;  // hears why not
    std::function<void()> then;
  };
  using text_pointer = std::shared_ptr<const reading_text>;
  // A request for octets of a message, and the way of the answer.
  struct showing {
    messages::http_request asked;
    found_pointer found;
    octet_sink_handle sink;
    promise to;
  };
  static constexpr auto answer_deadline = std::chrono::seconds{60};

  // --- web_session.cpp: routes, the table of methods, streams ---
  behavior_type make_behavior() override;
  reply serve(const messages::http_request& asked);
  reply call(const messages::http_request& asked, const std::string& method);
  reply open_stream(const messages::http_request& asked, const http::target& target);
  reply poll(const http::target& asked);
  std::string begin_stream(const http::target& asked, const octet_sink_handle& to, event_stream::when_left how);
  void lost(const caf::actor_addr& gone);
  template <class Answer, class Question>
  void to_stream(const Question& asked, promise to);
  void fulfil(const api::open_view& asked, const promise& to) { to_stream<api::nothing>(asked, to); }
  void fulfil(const api::move_window& asked, const promise& to) { to_stream<api::nothing>(asked, to); }
  void fulfil(const api::close_view& asked, const promise& to) { to_stream<api::nothing>(asked, to); }
  void fulfil(const api::expand_thread& asked, const promise& to) { to_stream<api::nothing>(asked, to); }
  void fulfil(const api::count_view& asked, const promise& to) { to_stream<api::counted>(asked, to); }

  // --- web_session_actions.cpp: what changes something ---
  void fulfil(const api::set_flags& asked, promise to);
  void fulfil(const api::move_messages& asked, const promise& to);
  void fulfil(const api::delete_messages& asked, promise to);
  void fulfil(const api::undo& asked, promise to);
  void fulfil(const api::cancel_action& asked, promise to);
  void fulfil(const api::new_mailbox& asked, const promise& to);
  void fulfil(const api::renamed_mailbox& asked, const promise& to);
  void fulfil(const api::removed_mailbox& asked, const promise& to);
  // Null: it was refused.
  acting_pointer begin_action(const std::string& op, promise to);
  template <class Asked>
  void act_on_chosen(const Asked& asked, deed what, promise to);
  void act(const acting_pointer& at, const std::vector<task>& tasks, modseq up_to);
  void go_on(const acting_pointer& at);
  template <class Answer, class Question>
  void put(const acting_pointer& at, const services::mailbox_handle& mailbox, Question asked);
  void tell_progress(acting& at);
  void finish(const acting_pointer& at);
  void finish_with(acting_pointer at, messages::http_answer answer);
  void end_actions();
  template <class Answer, class Question>
  void change_mailboxes(Question question, promise to);

  // --- web_session_read.cpp: what a message is made of ---
  void fulfil(const api::read_message& asked, const promise& to);
  void read_text(const text_pointer& text, std::size_t leaf);
  void read_html_as_text(const text_pointer& text);
  void with_message(mailbox_id mailbox, uid message, promise to, const std::function<void(found_pointer)>& then);
  void with_octets(const found_pointer& of, std::uint64_t offset, std::uint64_t length, const promise& to,
                   const std::function<void(const std::string&)>& then);
  void with_part(const found_pointer& of, const mime::part& which, std::uint64_t octets_max, const promise& to,
                 const std::function<void(std::string)>& then, std::string before = {});

  // --- web_session_thread.cpp: the others of its thread ---
  struct reading_thread;
  void fulfil(const api::read_thread& asked, promise to);
  void with_stored(messages::scan_rows which, const promise& to,
                   std::function<void(const std::vector<messages::stored_row>&)> then);
  void show_thread(const thread_members& members, const promise& to);
  void read_structures(const std::shared_ptr<reading_thread>& thread);
  static void give_thread(const reading_thread& thread);

  // --- web_session_content.cpp: its octets, raw or a part or all attachments ---
  reply show_content(const messages::http_request& asked, mailbox_id mailbox, uid message,
                     const std::vector<std::string>& what);
  void show(const showing& to_show, const std::string& kind);
  void show_raw(const showing& to_show, bool as_file);
  void show_part(const showing& to_show, const std::string& kind, const std::vector<std::uint32_t>& path);
  void show_zip(const showing& to_show);
  void give_content(const showing& to_show, content what, messages::http_answer made);

  // --- web_session_html.cpp: as a document, its text or its HTML and the pictures that belong to it ---
  struct html_page;
  enum class page_form : std::uint8_t { bare, headed };
  std::vector<std::weak_ptr<html_page>> html_pages_;  // that are being made
  void show_text(const found_pointer& found, page_form form, promise to);
  void show_html(const found_pointer& found, bool allow_external, page_form form, promise to);
  void read_pictures(const std::shared_ptr<html_page>& page, const promise& to);
  static void give_html(const html_page& page, promise to);

  // --- asking: then(answer), or `to`, a promise or an action, hears why not ---
  template <class To, class Then>
  void with_account(To to, Then then) {
    ask(services_.accounts, time_for(to), messages::activate{step(), who_.account})
        .then([then = std::move(then)](const services::account_handle& account) mutable { then(account); },
              [this, to](caf::error& why) { this->refuse_with(to, why); });
  }
  // then(handle, name).
  template <class To, class Then>
  void with_mailbox(mailbox_id id, To to, Then then) {
    with_account(to, [this, id, to, then = std::move(then)](const services::account_handle& account) mutable {
      ask(account, time_for(to), messages::list_mailboxes{step(), std::nullopt})
          .then(
              [this, id, to, account, then = std::move(then)](const messages::mailboxes& all) mutable {
                for (const auto& one : all.all)
                  if (one.id == id) return open(account, one.name, to, std::move(then));
                refuse_with(to, runtime::to_error({fault_code::not_found, "there is no such mailbox"}));
              },
              [this, to](caf::error& why) { this->refuse_with(to, why); });
    });
  }
  template <class To, class Then>
  void open(const services::account_handle& account, const std::string& name, To to, Then then) {
    ask(account, time_for(to), messages::open_mailbox{step(), name})
        .then([name, then = std::move(then)](const services::mailbox_handle& mailbox) mutable { then(mailbox, name); },
              [this, to](caf::error& why) { this->refuse_with(to, why); });
  }
  template <class Answer>
  static void give(promise to, const Answer& what) {
    to.deliver(json_answer(write_json(what)));
  }
  static void refuse_with(promise to, const caf::error& why) { to.deliver(refuse(runtime::to_failure(why))); }
  void refuse_with(const acting_pointer& at, const caf::error& why);
  static std::chrono::milliseconds time_for(const promise& /*of a request*/) { return answer_deadline; }
  [[nodiscard]] std::chrono::milliseconds time_for(const acting_pointer& at) const;
  [[nodiscard]] trace_context step() { return runtime::next_span(trace_, on().random()); }

  services::node_services services_;
  messages::signed_in who_;
  std::string mail_path_;
  trace_context trace_;
  bool is_signed_out_ = false;
  std::map<std::string, page_stream, std::less<>> streams_;
  std::deque<std::string> left_;  // those whose page has lost its connection, the longest first
  std::uint64_t streams_begun_ = 0;
  std::map<std::string, long_poll_handle, std::less<>> polls_;  // those of the streams that are polled
  std::vector<caf::actor_addr> zips_;                           // that are being sent
  std::vector<acting_pointer> acting_;
  std::deque<undoing> undo_;  // the last actions, the newest last
  std::uint64_t actions_ = 0;
};

}  // namespace stagecoach::web

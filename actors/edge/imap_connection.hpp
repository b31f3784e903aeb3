// One IMAP client: the socket, the core (protocols/imap/session.hpp), and the errands that the core asks for. It is a
// viewer of the selected mailbox: changes come when they happen, more of them only after these have left the socket, so
// a slow client gets coalesced changes and costs no memory.
#pragma once

#include <optional>
#include <string>

#include "actors/edge/listener.hpp"
#include "actors/runtime/connection.hpp"
#include "actors/services/handles.hpp"
#include "messages/changes.hpp"
#include "protocols/imap/session.hpp"

namespace stagecoach::edge {

struct imap_talk : runtime::joined<messages::viewer_talk, messages::connection_talk> {};

struct imap_options {
  std::optional<runtime::tls_context> tls;
  bool tls_from_start = false;  // port 993
  bool login_needs_tls = true;
  std::uint64_t append_bytes_max = 0;
  bool is_pedantic = false;
  config::limit_table limits = {};
  const admission* door = nullptr;  // says when strangers have to hurry; none: never
};

class imap_connection final : public runtime::connection<runtime::handle_of<imap_talk>> {
 public:
  imap_connection(caf::actor_config& cfg, runtime::stage& on, runtime::io_unit& unit, runtime::connected_socket from,
                  imap_options options, services::node_services services);
  void on_exit() override;

 private:
  // The message of an APPEND while it arrives.
  struct incoming {
    messages::staged_id id;
    trace_context trace;                        // of this mail
    bool is_on_disk = false;                    // too large for memory: its octets go to a reader
    std::size_t chunks_out = 0;                 // at that reader, not answered
    std::optional<imap::need_appended> ending;  // all octets are here
  };

  // --- imap_connection.cpp: the socket and the clock ---
  behavior_type make_talk() override;
  void begin() override;
  void received(std::string_view bytes) override;
  void drained() override;
  void secured() override;
  void drive();
  void perform(imap::output& what);
  void answered(imap::answer what);
  void refused(const caf::error& why);
  void watch_silence();
  [[nodiscard]] bool is_house_full() const { return options_.door != nullptr && options_.door->is_nearly_full(); }
  void watch_stall();
  void take(const messages::changes& m);
  void give_credit();

  // --- imap_answers.cpp: needs of the core, asked of the other actors ---
  void errand(imap::send& what);
  void errand(imap::start_tls&);
  void errand(imap::leave_mailbox&);
  void errand(imap::hang_up&);
  void errand(imap::wait& what);
  void errand(imap::need_drained&);
  void errand(imap::need_sign_in& what);
  void errand(imap::need_mailboxes& what);
  void errand(imap::need_created& what);
  void errand(imap::need_deleted& what);
  void errand(imap::need_renamed& what);
  void errand(imap::need_subscribed& what);
  void errand(imap::need_keys& what);
  void errand(imap::need_owner& what);
  void errand(imap::sign_in_ended& what);
  void note_sign_in(const std::string& name, bool is_good);
  void welcome(const messages::signed_in& who);
  void errand(imap::need_mailbox& what);
  void errand(imap::need_changes&);
  void errand(imap::need_rows& what);
  void errand(imap::need_flags_set& what);
  void errand(imap::need_expunged& what);
  void errand(imap::need_copied& what);
  void watch(const services::mailbox_handle& mailbox);
  template <class Then>
  void with_account(Then then);
  template <class Answer, class Question>
  void change_mailboxes(Question question);
  [[nodiscard]] trace_context step();

  // --- imap_bodies.cpp ---
  template <class Need>
  void unread(const caf::error& why, Need& what);
  void errand(imap::need_octets& what);
  void errand(imap::need_structures& what);
  void errand(imap::need_append& what);
  void errand(imap::append_octets& what);
  void errand(imap::abandon_append&);
  void errand(imap::need_appended& what);
  void chunk_is_back(messages::staged_id of);
  void finish_append();
  void deliver(const messages::staged_body& body);
  void append_failed(const caf::error& why);
  void drop_incoming();

  imap::session core_;
  imap_options options_;
  services::node_services services_;
  trace_context trace_;  // of this connection; each errand is a step of it

  messages::signed_in candidate_;  // whose keys were asked for, or who has the key; it is they once the core says so
  std::string user_;
  account_id account_;
  services::mailbox_handle mailbox_;   // selected, or being selected
  std::optional<mailbox_id> watched_;  // its id once it answered: changes count from then on
  std::optional<modseq> unseen_;       // changes up to here were taken and not yet acknowledged
  std::optional<incoming> incoming_;

  bool is_driving_ = false;
  bool is_slowed_ = false;  // by the core, for its errors
  bool awaits_drained_ = false;
  std::chrono::steady_clock::time_point last_heard_;  // signed out: when it came
  std::uint64_t written_ = 0;                         // octets, ever
  std::uint64_t taken_before_ = 0;                    // of them by the client, when the stall was last looked at
  bool is_watching_stall_ = false;
  std::optional<std::chrono::steady_clock::time_point> tight_since_;  // since when a reader refuses for want of memory
  reminder memory_wait_;
  reminder silence_;
  reminder stall_;
  reminder slowed_;
};

}  // namespace stagecoach::edge

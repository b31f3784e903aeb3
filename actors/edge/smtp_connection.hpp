// One SMTP client: the socket, the core (protocols/smtp/session.hpp) and what the core asks for. A body streams into
// the staging area while it arrives; at its end each recipient's account commits it, and only after all of them the
// client is told 250.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "actors/edge/delivery_rates.hpp"
#include "actors/edge/listener.hpp"
#include "actors/runtime/connection.hpp"
#include "actors/services/handles.hpp"
#include "protocols/smtp/session.hpp"

namespace stagecoach::edge {

struct smtp_options {
  std::optional<runtime::tls_context> tls;
  bool tls_from_start = false;  // port 465
  smtp::service kind = smtp::service::reception;
  bool login_needs_tls = true;
  std::uint64_t message_bytes_max = smtp::limits::message_bytes_default;
  bool provokes_errors = false;
  bool is_pedantic = false;
  config::limit_table limits = {};
  const admission* door = nullptr;  // says when strangers have to hurry; none: never
  delivery_rates* rates = nullptr;  // of port 25; none: not limited
};

class smtp_connection final : public runtime::connection<connection_handle> {
 public:
  smtp_connection(caf::actor_config& cfg, runtime::stage& on, runtime::io_unit& unit, runtime::connected_socket from,
                  smtp_options options, services::node_services services);
  void on_exit() override;

 private:
  using time_point = std::chrono::steady_clock::time_point;

  // A body from its begin_body to the last answer of an account.
  struct incoming {
    messages::staged_id id;
    bool is_on_disk = false;     // too large for memory: its octets go to a reader
    std::size_t chunks_out = 0;  // at that reader, not answered
  };
  struct delivery {
    smtp::end_of_body what;
    unix_ms received;
    time_point since;
    messages::staged_body body;  // once it is finished
    std::size_t begun = 0;       // recipients whose account was asked
    std::size_t open = 0;        // of them, without an answer
    std::size_t failed = 0;
    std::size_t no_room = 0;  // of those that failed
  };

  // --- smtp_connection.cpp: the socket and the clock ---
  behavior_type make_talk() override;
  void begin() override;
  void received(std::string_view bytes) override;
  void drained() override;
  void secured() override;
  void peer_ended() override;
  void start_tls();
  void drive();
  void read_or_pause();
  void watch_time();
  void on_silence();
  void time_out();
  [[nodiscard]] std::chrono::milliseconds stranger_time() const;
  [[nodiscard]] std::chrono::milliseconds silence_allowed() const;
  [[nodiscard]] bool is_house_full() const { return options_.door != nullptr && options_.door->is_nearly_full(); }
  void look_at_rates();
  void watch_stall();

  void perform(smtp::send& what);
  void perform(smtp::start_tls& what);
  void perform(smtp::wait& what);
  void perform(smtp::fall_silent& what);
  void perform(smtp::close& what);

  // --- smtp_answers.cpp: what the core asks, asked of the other actors ---
  void perform(sasl::check_password& what);
  void perform(sasl::find_keys& what);
  void perform(sasl::find_owner& what);
  void perform(smtp::sign_in_ended& what);
  void perform(smtp::ask_sender& what);
  void perform(smtp::begin_mail& what);
  void perform(smtp::ask_recipient& what);
  void perform(smtp::begin_body& what);
  void perform(smtp::body_octets& what);
  void perform(smtp::abort_body& what);
  void perform(smtp::end_of_body& what);
  void chunk_staged(messages::staged_id id);
  void deliver(const messages::staged_body& body);
  void deliver_more();
  void deliver_to(std::size_t place, const services::account_handle& account);
  void delivered(std::size_t place, const std::optional<failure>& why);
  void end_delivery(smtp::body_answer answer);
  void drop_incoming();
  [[nodiscard]] std::string prefix_for(const smtp::recipient& to) const;
  [[nodiscard]] trace_context step();

  smtp::session core_;
  smtp_options options_;
  services::node_services services_;
  std::string tls_text_;           // empty: none
  trace_context trace_;            // of the mail
  messages::signed_in candidate_;  // whose name was asked about last
  account_id account_;             // who has signed in
  std::optional<incoming> incoming_;
  std::optional<delivery> delivery_;
  bool is_driving_ = false;
  bool is_slowed_ = false;  // by the core, for its errors
  bool has_peer_ended_ = false;
  bool is_over_ = false;     // it has lasted long enough, and ends when it can
  bool takes_mails_ = true;  // from this network
  time_point began_;
  time_point since_;                // when the client last got something done
  std::uint64_t octets_since_ = 0;  // that it has sent
  reminder time_;
  reminder stall_;
  reminder slowed_;
};

}  // namespace stagecoach::edge

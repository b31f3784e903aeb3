// The IMAP server core (RFC 3501): one session, greeting to LOGOUT, fed with bytes, answers and changes, and drained of
// outputs after every call. It touches no socket and knows no clock; what it yields does not depend on how TCP cut the
// bytes. While it waits for an answer, input is kept and commands stay in their order.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/imap/command.hpp"
#include "protocols/imap/command_collector.hpp"
#include "protocols/imap/command_table.hpp"
#include "protocols/imap/needs.hpp"
#include "protocols/imap/session_state.hpp"

namespace stagecoach::imap {

class session {
 public:
  explicit session(session_options options) : state_(options) {}

  void start();  // the greeting
  void received(std::string_view bytes);
  void answered(answer what);                        // to the one open need
  void changed(const std::vector<change>& entries);  // to the selected mailbox, by others
  // In the TLS handshake the client has proved to have this key: before start() or tls_started().
  void client_showed(const public_key_hash& key) { state_.client_key = key; }
  void tls_started();  // after start_tls
  void drain();        // the server stops: idle clients now, others after their command
  void timed_out();
  // A fact about the house, to be said before the bytes that it is for: it is so full that strangers have to hurry.
  void house_is_full(bool is_full) { state_.is_house_full = is_full; }

  [[nodiscard]] std::optional<output> next();

  // False: read no more until it is true again.
  [[nodiscard]] bool wants_input() const;
  [[nodiscard]] bool is_signed_in() const { return state_.is_signed_in; }
  [[nodiscard]] bool is_closed() const { return is_closed_; }
  // Changes that the client cannot be told before its next command: keep further ones until then.
  [[nodiscard]] bool holds_changes() const { return state_.selected && !state_.selected->pending.empty(); }

 private:
  // What the open need is for.
  enum class pause : std::uint8_t { none, sync, command, telling, tls };
  struct running_command {
    std::string tag;
    const command_row* row = nullptr;
    command_ptr what;
    step now;  // waiting, wants_line or wants_octets
  };

  void advance();
  bool advance_once();  // false: no more can be done now
  bool read_command();
  bool read_for_command();
  bool read_octets(wants_octets& wanted);
  bool finish();
  bool tell(bool may_expunge);  // true: all is told

  void on_command(std::string_view text);
  void on_literal(const literal_head& head);
  bool refuse_literal(const literal_head& head, std::string_view tag);
  void on_framing_fault(const fault& why);
  void run(std::string_view tag, const command_row& row, command_ptr what);
  void on_step(step next);
  void reject(std::string_view tag, const fault& why);
  void respond(std::string_view tag, const finished& how);
  void say_bye(std::string_view text);

  [[nodiscard]] std::string_view input() const { return std::string_view(input_).substr(input_at_); }
  [[nodiscard]] std::size_t line_limit() const;
  [[nodiscard]] unsigned bad_commands_limit() const;
  void consume(std::size_t count);

  session_state state_;
  std::string input_;
  std::size_t input_at_ = 0;
  command_collector collector_;
  std::optional<running_command> running_;
  std::optional<finished> finishing_;
  pause pause_ = pause::none;
  bool is_draining_ = false;
  bool is_closed_ = false;
  bool had_valid_command_ = false;
  unsigned bad_commands_ = 0;  // in a row
};

}  // namespace stagecoach::imap

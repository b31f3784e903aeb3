// What every command of the session is: started once, told the answers that it asked for, until it is finished. One
// file each in commands/, one row each in command_table.cpp.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "protocols/base/result.hpp"
#include "protocols/imap/needs.hpp"
#include "protocols/imap/session_state.hpp"

namespace stagecoach::imap {

enum class status : std::uint8_t { ok, no, bad };

// What a command does next.
struct waiting {};     // for the answer to the need that it has put out
struct wants_line {};  // from the client, without CRLF
struct wants_octets {
  std::uint64_t count = 0;
};  // from the client; then one `octets_done`
enum class afterwards : std::uint8_t { go_on, start_tls, hang_up };
struct finished {  // the tagged response
  status how = status::ok;
  std::string code;  // without brackets; empty: none
  std::string text;
  afterwards then = afterwards::go_on;
};
struct ended {};  // the session, in the middle of what cannot be completed
using step = std::variant<waiting, wants_line, wants_octets, finished, ended>;

class command {
 public:
  virtual ~command() = default;
  virtual step start(session_state& session) = 0;
  virtual step answered(session_state& session, answer&& what);
  virtual step line(session_state& session, std::string_view text);
  virtual void octets(session_state& session, std::string_view bytes);
  virtual step octets_done(session_state& session);
  // IDLE: changes are told as they come, and the server may end the session.
  [[nodiscard]] virtual bool is_idle() const { return false; }
};

using command_ptr = std::unique_ptr<command>;
using parsed_command = result<command_ptr>;

// The tagged response to a need that was refused.
[[nodiscard]] finished refusal(fault_code why);

// A command that is its start and nothing more.
template <class Start>
class simple_command final : public command {
 public:
  explicit simple_command(Start start) : start_(std::move(start)) {}
  step start(session_state& session) override { return start_(session); }

 private:
  Start start_;
};
template <class Start>
command_ptr make_simple(Start start) {
  return std::make_unique<simple_command<Start>>(std::move(start));
}

}  // namespace stagecoach::imap

// IDLE (RFC 2177): what happens is told at once, until the client says DONE.
#include "protocols/imap/commands/commands.hpp"

namespace stagecoach::imap {

namespace {

class idle final : public command {
 public:
  step start(session_state& session) override {
    session.out.line("+ idling");
    return wants_line{};
  }
  step line(session_state&, std::string_view text) override {
    if (!equal_nocase(text, "DONE")) return finished{status::bad, "", "DONE ends IDLE"};
    return finished{status::ok, "", "Idle ended"};
  }
  [[nodiscard]] bool is_idle() const override { return true; }
};

}  // namespace

parsed_command parse_idle(reader& in) { return whole_command(in, std::make_unique<idle>()); }

}  // namespace stagecoach::imap

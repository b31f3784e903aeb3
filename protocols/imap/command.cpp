#include "protocols/imap/command.hpp"

namespace stagecoach::imap {

step command::answered(session_state&, answer&&) {
  CHECK(!"an answer that nobody asked for");
  return ended{};
}
step command::line(session_state&, std::string_view) {
  CHECK(!"a line that nobody asked for");
  return ended{};
}
void command::octets(session_state&, std::string_view) { CHECK(!"octets that nobody asked for"); }
step command::octets_done(session_state&) {
  CHECK(!"octets that nobody asked for");
  return ended{};
}

finished refusal(fault_code why) {
  switch (why) {
    case fault_code::not_found:
      return {status::no, "NONEXISTENT", "There is no such mailbox"};
    case fault_code::duplicate:
      return {status::no, "ALREADYEXISTS", "There is a mailbox of this name already"};
    case fault_code::syntax:
      return {status::no, "CANNOT", "This cannot be done with a mailbox of this name"};
    case fault_code::not_empty:
      return {status::no, "HASCHILDREN", "There are mailboxes below it; nothing was changed"};
    case fault_code::full:
      return {status::no, "OVERQUOTA", "There is no room for this; nothing was changed"};
    case fault_code::too_long:
    case fault_code::out_of_range:
      return {status::no, "LIMIT", "This is too much; nothing was changed"};
    case fault_code::busy:
      return {status::no, "INUSE", "Somebody else has it; please try again"};
    default:
      return {status::no, "UNAVAILABLE", "The server cannot do this now; please try again"};
  }
}

}  // namespace stagecoach::imap

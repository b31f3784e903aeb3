// The client of `stagecoach send` with a server that says anything: how it ends does not depend on the cut, every
// command is said once, in order, and the message only after 354.
#include <cstdlib>

#include "protocols/smtp/handover.hpp"

using namespace stagecoach;
using namespace stagecoach::smtp;

namespace {

void demand(bool holds) {
  if (!holds) std::abort();
}

parcel what() { return {address{"s", {"x"}}, {{"q", {"x"}}, {"r", {"x"}}}, "a: b\r\n\r\n.\r\n"}; }

const std::string whole =
    "EHLO localhost\r\nMAIL FROM:<s@x>\r\nRCPT TO:<q@x>\r\nRCPT TO:<r@x>\r\nDATA\r\na: b\r\n\r\n..\r\n.\r\n";

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  handover at_once(what()), octets(what());
  at_once.received(input);
  std::string said;
  for (const char c : input) {
    octets.received({&c, 1});
    said += octets.take();
  }
  at_once.closed();
  octets.closed();
  demand(at_once.take() == said);
  demand(at_once.is_over() && octets.is_over());
  demand(at_once.outcome().accepted == octets.outcome().accepted && at_once.outcome().why == octets.outcome().why);
  demand(at_once.outcome().accepted.empty() != at_once.outcome().failed_at.empty());
  demand(at_once.outcome().refusals == octets.outcome().refusals);
  if (said.ends_with("QUIT\r\n")) said.resize(said.size() - 6);
  demand(whole.starts_with(said));
  if (!at_once.outcome().accepted.empty()) demand(said == whole);
  return 0;
}

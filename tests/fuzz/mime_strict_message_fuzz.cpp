// What a pedantic server says of a message does not depend on how it was cut, and a message with a flaw keeps it. The
// first octet of the input chooses the rules.
#include <cstdlib>

#include "protocols/mime/strict_message.hpp"

using namespace stagecoach::mime;

namespace {

void demand(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const strict_rules rules{(data[0] & 1) != 0, (data[0] & 2) != 0, (data[0] & 4) != 0, (data[0] & 8) != 0};
  const std::string_view message(reinterpret_cast<const char*>(data) + 1, size - 1);
  strict_message whole(rules), octets(rules);
  whole.read(message);
  for (std::size_t i = 0; i < message.size(); ++i) {
    const auto before = octets.flaw();
    octets.read(message.substr(i, 1));
    if (before) demand(octets.flaw() == before);
  }
  whole.end();
  octets.end();
  demand(whole.flaw() == octets.flaw());
  if (whole.flaw()) demand(!whole.flaw()->empty());
  return 0;
}

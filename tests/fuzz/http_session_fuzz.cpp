// The HTTP core: what a client sees never depends on how its bytes were cut, and nothing is read as a request behind an
// answer that ended the connection.
#include <cstdint>
#include <cstdlib>

#include "tests/support/http_server.hpp"

using namespace stagecoach;
using namespace stagecoach::http;

namespace {

struct outcome {
  std::string seen;
  std::string read;
  bool is_closed = false;
  friend bool operator==(const outcome&, const outcome&) = default;
};

outcome play(std::string_view bytes, std::size_t piece) {
  answering_server there;
  outcome what;
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    there.core().received(bytes.substr(at, piece));
    what.seen += there.take();
  }
  // Leave to send a body is given only to who has not begun to.
  constexpr std::string_view leave = "HTTP/1.1 100 Continue\r\n\r\n";
  for (auto at = what.seen.find(leave); at != std::string::npos; at = what.seen.find(leave))
    what.seen.erase(at, leave.size());
  what.read = there.read();
  what.is_closed = there.core().is_closed();
  return what;
}

void demand(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data + 1), size - 1);
  const auto whole = play(bytes, bytes.size() + 1);
  const auto cut = play(bytes, 1 + data[0] % 64U);
  demand(whole == cut);
  demand(!whole.is_closed || whole.seen.ends_with("[close]"));
  return 0;
}

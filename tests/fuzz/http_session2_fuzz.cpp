// The HTTP/2 core: what it writes is frames that a client can read, requests are those that HTTP/1.1 would take, which
// of them are read does not depend on how the bytes were cut, and nothing comes behind the end. The input is what
// follows the preface and the client's settings.
#include <cstdint>
#include <cstdlib>

#include "tests/support/http2.hpp"

using namespace stagecoach;
using namespace stagecoach::http;

namespace {

void demand(bool holds) {
  if (!holds) std::abort();
}

struct outcome {
  std::vector<std::string> asked;
  bool is_closed = false;
};

outcome play(std::string_view bytes, std::size_t piece) {
  answering_server2 there;
  // It has asked for what the server will answer, so that answers are read, and not refused.
  http2_client reader(true);
  for (int i = 0; i < 20; ++i) (void)reader.ask("GET", "/");
  (void)reader.take();
  there.core().received(std::string(preface) + no_settings, std::chrono::milliseconds(0));
  bool is_read = reader.received(there.take());
  for (std::size_t at = 0; at < bytes.size() && !there.core().is_closed(); at += piece) {
    there.core().received(bytes.substr(at, piece), std::chrono::milliseconds(at));
    is_read = reader.received(there.take()) && is_read;
  }
  there.core().timed_out();
  there.core().stalled();
  there.core().drain();
  (void)there.take();
  demand(is_read);
  outcome what;
  for (const auto& one : there.read())
    if (one != "cancelled") what.asked.push_back(one);
  what.is_closed = there.core().is_closed();
  for (const auto& one : what.asked) {
    const auto space = one.find(' ');
    demand(is_token(one.substr(0, space)) && (one[space + 1] == '/' || one.substr(space + 1) == "*"));
    demand(one.find_first_of("\r\n#", space + 1) == std::string::npos);
  }
  if (what.is_closed) {
    there.core().received(bytes, std::chrono::milliseconds(0));
    demand(there.take().empty());
  }
  return what;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0 || size > 16 * 1024) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data + 1), size - 1);
  const auto whole = play(bytes, bytes.size() + 1);
  const auto cut = play(bytes, 1 + data[0] % 64U);
  // How many may be open at a time, and what is a flood, depends on what was answered in between.
  const auto both = std::min(whole.asked.size(), cut.asked.size());
  if (both < 50) {
    for (std::size_t at = 0; at < both; ++at) demand(whole.asked[at] == cut.asked[at]);
  }
  return 0;
}

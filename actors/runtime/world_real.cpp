#include "actors/runtime/world_real.hpp"

#include <sys/random.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "protocols/base/check.hpp"

namespace stagecoach::runtime {

unix_ms real_clock::wall() const {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return unix_ms{std::chrono::duration_cast<std::chrono::milliseconds>(since).count()};
}

std::chrono::steady_clock::time_point real_clock::steady() const { return std::chrono::steady_clock::now(); }

void real_random::fill(std::span<std::uint8_t> bytes) {
  while (!bytes.empty()) {
    const auto got = ::getrandom(bytes.data(), bytes.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    CHECK(got > 0);
    bytes = bytes.subspan(static_cast<std::size_t>(got));
  }
}

void stderr_log::write(std::string_view line) {
  std::string whole(line);
  whole += '\n';
  std::string_view rest = whole;
  while (!rest.empty()) {
    const auto put = ::write(STDERR_FILENO, rest.data(), rest.size());
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return;  // nobody can be told that the log is gone
    rest.remove_prefix(static_cast<std::size_t>(put));
  }
}

}  // namespace stagecoach::runtime

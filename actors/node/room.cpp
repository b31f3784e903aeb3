#include "actors/node/room.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <string>

namespace stagecoach::node {

namespace {

constexpr std::uint64_t index_files_max = 1000;  // LevelDB's own default
constexpr std::uint64_t index_files_min = 74;    // it takes no fewer
// 128 segments, the files of a commit, listening sockets, the control socket's clients, the threads' own.
constexpr std::uint64_t other_files = 200;
constexpr std::uint64_t large_bodies_share = 4;  // one large mail for three connections
constexpr std::uint64_t connections_min = 10;    // a server that has fewer is of no use
constexpr std::uint64_t memory_share = 4;        // a quarter for strangers (security.md 4.5)

std::uint64_t connections_for(std::uint64_t memory_bytes) { return memory_bytes / memory_share / stranger_bytes_max; }

}  // namespace

result<shares, failure> share_out(const room& of, std::uint64_t connections) {
  const auto index_files = std::clamp(of.descriptors / 4, index_files_min, index_files_max);
  const auto set_aside = index_files + other_files;
  const auto left = of.descriptors > set_aside ? of.descriptors - set_aside : 0;
  const auto large_bodies = left / large_bodies_share;
  const auto most = std::min(left - large_bodies, connections_for(of.memory_bytes));
  if (connections > most || most < connections_min)
    return failure{fault_code::full, "there is room for " + std::to_string(most) + " connections, with " +
                                         std::to_string(of.descriptors) + " descriptors and " +
                                         std::to_string(of.memory_bytes >> 20) + " MiB of memory, not for " +
                                         std::to_string(std::max(connections, connections_min))};
  return shares{index_files, large_bodies, connections == 0 ? most : connections};
}

room room_of_this_process() {
  room here;
  here.memory_bytes =
      static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES)) * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return here;
  const rlim_t of_use = index_files_max + other_files + 2 * connections_for(here.memory_bytes);
  const rlim_t before = files.rlim_cur;
  files.rlim_cur = std::max(files.rlim_cur, std::min(files.rlim_max, of_use));
  here.descriptors = ::setrlimit(RLIMIT_NOFILE, &files) == 0 ? files.rlim_cur : before;
  return here;
}

}  // namespace stagecoach::node

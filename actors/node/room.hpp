// How many connections a process has room for. A connection takes a descriptor, and memory before anybody knows who it
// is; what the store needs, also for large mails while they arrive, is set aside first, so that it never lacks a
// descriptor because of clients.
#pragma once

#include <cstddef>
#include <cstdint>

#include "protocols/base/result.hpp"

namespace stagecoach::node {

struct room {
  std::uint64_t descriptors = 0;
  std::uint64_t memory_bytes = 0;  // of the machine
};

struct shares {
  std::size_t index_files = 0;   // that LevelDB may keep open
  std::size_t large_bodies = 0;  // that may arrive at once, each in a file
  std::size_t connections = 0;
  friend bool operator==(const shares&, const shares&) = default;
};

// What a client can make us hold before it signs in: its input, its replies, a command (protocols/*/limits.hpp).
inline constexpr std::uint64_t stranger_bytes_max = 64 * 1024;

// `connections` wanted, or 0 for as many as there is room for. full: there is no room for that many.
[[nodiscard]] result<shares, failure> share_out(const room& of, std::uint64_t connections);

// Raises what this process may have to what it is allowed to raise it to, as far as that is of use.
[[nodiscard]] room room_of_this_process();

}  // namespace stagecoach::node

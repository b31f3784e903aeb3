// A log of LevelDB without what its checksums do not vouch for. RepairDB (1.23) reads logs with their checksums passed
// over, whatever its options say, and would make rows of octets that have changed. Used by store/check/index_copy.hpp.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace stagecoach::store {

struct sound_log {
  std::string octets;          // the same commits as a log of their own
  std::uint64_t commits = 0;   // whole, with the right checksums
  std::uint64_t left_out = 0;  // octets of what was not
};

[[nodiscard]] sound_log sound_part_of_log(std::string_view log);

}  // namespace stagecoach::store

// The number of the last commit, written down when the store is closed in order, beside the index: one that holds fewer
// commits at the next start has lost some, however sound it looks. LevelDB takes a log that was cut, or whose last
// length was changed, for one that a crash interrupted.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "store/files.hpp"

namespace stagecoach::store {

// none: never closed in order, or what stands there is damaged, which takes nothing away.
[[nodiscard]] result<std::optional<std::uint64_t>, failure> read_last_commit(files& disk, const std::string& directory);
// Durable when it returns.
[[nodiscard]] result<done, failure> write_last_commit(files& disk, const std::string& directory, std::uint64_t number);

}  // namespace stagecoach::store

// A rebuilt index takes the place of the damaged one (store/check/index_rebuild.hpp), by renames that a crash may stop
// anywhere: either the damaged one is still in its place, or the next opening of the store puts the new one there.
//
//   index.rebuilding   a copy that is being made; of no meaning to anybody else
//   index.rebuilt      it is complete, checked and on the disk
//   index.set-aside-*  what index was
#pragma once

#include <string>

#include "protocols/base/result.hpp"
#include "store/files.hpp"

namespace stagecoach::store {

inline constexpr const char* rebuilding_name = "index.rebuilding";
inline constexpr const char* rebuilt_name = "index.rebuilt";

// `aside`: the name that index gets. A failure says what was changed.
[[nodiscard]] result<done, failure> swap_index(files& disk, const std::string& directory, const std::string& aside);

// Where a swap was stopped between its renames: does the second. By who holds the directory's lock.
[[nodiscard]] result<done, failure> finish_swap(files& disk, const std::string& directory);

}  // namespace stagecoach::store

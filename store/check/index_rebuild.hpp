// An index that LevelDB cannot open, or not read to its end, made anew: on a copy, which is then checked as every store
// is and takes the place of the damaged one. That one is set aside and never changed; until then nothing is. Part of
// repair_directory.
#pragma once

#include <string>

#include "protocols/base/result.hpp"
#include "store/check/repair.hpp"

namespace stagecoach::store {

// Whether it takes that, found out on a copy, and why; empty: it can be opened and read. The index is only read.
[[nodiscard]] result<std::string, failure> why_rebuild(files& disk, const repair_order& order);

// `why`: what is wrong with it. A plan makes the copy too, since only that tells what comes out, and removes it again.
[[nodiscard]] result<repair_report, failure> rebuild_index(files& disk, const repair_order& order,
                                                           const std::string& why, const announce_step& announce);

}  // namespace stagecoach::store

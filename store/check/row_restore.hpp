// Rows of an index of which some are lost, and of which others may be as they once were, made to fit together and to
// the bodies again. For an index that nobody uses yet (index_rebuild.hpp). What is then still to be counted or set
// aside, plan_repair finds.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "protocols/base/ids.hpp"
#include "protocols/base/result.hpp"
#include "store/check/body_search.hpp"
#include "store/files.hpp"
#include "store/index.hpp"

namespace stagecoach::store {

struct row_restore_order {
  std::string bodies;  // the folder
  const found_bodies& found;
  std::uint64_t commits = 0;  // that the index is known to have held
  unix_ms now;
};

struct restored_rows {
  std::vector<std::string> steps;
  std::uint64_t unused_bodies = 0;  // in the segment files, of no message that is left
  std::uint64_t unused_octets = 0;
};

[[nodiscard]] result<restored_rows, failure> restore_rows(files& disk, index& rows, const row_restore_order& order);

}  // namespace stagecoach::store

// Recomputes what must hold between the rows of messages, the rows of bodies and the segment files. Reads only; for a
// store that nobody is writing to. Called by `stagecoach verify` and, in tests, at every shutdown.
#pragma once

#include <string>
#include <vector>

#include "store/blobs.hpp"
#include "store/index.hpp"

namespace stagecoach::store {

enum class blob_check_depth {
  quick,  // of each body its record's header
  full,   // all of its octets, against checksums and hash
};

// One line for each thing that is wrong, naming it; empty when all is well.
[[nodiscard]] std::vector<std::string> check_blobs(index& rows, blobs& bodies, blob_check_depth depth);

}  // namespace stagecoach::store

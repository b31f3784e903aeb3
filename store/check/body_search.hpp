// Every body in the segment files, found without the index: each record names its own (docs/formats/segments.md). Only
// reads. For an index whose rows of bodies are lost.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "protocols/base/ids.hpp"
#include "protocols/base/result.hpp"
#include "store/files.hpp"
#include "store/rows_mail.hpp"

namespace stagecoach::store {

struct found_bodies {
  std::unordered_map<blob_hash, std::vector<blob_row>> places;  // of whole records, the best first; no references
  std::map<std::uint32_t, std::uint64_t> segments;              // where the last whole record of each ends
  std::uint64_t newest_sequence = 0;
};

// `folder` that is missing holds none. Damage is passed over: the search goes on at the next record behind it.
[[nodiscard]] result<found_bodies, failure> find_bodies(files& disk, const std::string& folder);

}  // namespace stagecoach::store

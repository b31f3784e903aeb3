// A copy of an index that LevelDB cannot open, made readable: first as it is with a new CURRENT, then out of what its
// tables and logs hold. The index itself is only read. Used by store/check/index_rebuild.hpp.
#pragma once

#include <string>
#include <vector>

#include "protocols/base/result.hpp"
#include "store/files.hpp"
#include "store/index.hpp"

namespace stagecoach::store {

struct index_copy_order {
  std::string from;
  std::string to;  // is not there yet
  index_options options;
};

struct index_copy {
  std::vector<std::string> left_out;  // for a person, as steps; empty: all of the index is there
  bool may_be_older = false;          // rows may be there that were removed or written anew
};

// As it is, to be opened where nothing can be spoilt: LevelDB writes logs anew as tables when it opens, and leaves out
// what it takes for a torn tail.
[[nodiscard]] result<done, failure> copy_as_it_is(files& disk, const index_copy_order& order);

// With a CURRENT that names the newest MANIFEST, and all of its logs that is sound; opened, and every row of it read. A
// failure says why it takes more than that.
[[nodiscard]] result<index_copy, failure> copy_with_new_current(files& disk, const index_copy_order& order);

// By RepairDB, out of every table and log that is there. Of each row the latest that is there counts.
[[nodiscard]] result<index_copy, failure> copy_what_can_be_read(files& disk, const index_copy_order& order);

// Of all files of a folder.
[[nodiscard]] result<std::uint64_t, failure> octets_in(files& disk, const std::string& folder);
// With all that is in it; none there is no failure.
[[nodiscard]] result<done, failure> remove_folder(const std::string& folder);
// Its files, then itself.
[[nodiscard]] result<done, failure> sync_folder(files& disk, const std::string& folder);

}  // namespace stagecoach::store

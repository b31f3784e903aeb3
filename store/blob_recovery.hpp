// What a process that ended at any moment has left in the segment files, put in order when the store is opened: looks
// at everything first, changes things only when the index and the files fit together. Used by store/blobs.hpp.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "protocols/base/result.hpp"
#include "store/files.hpp"
#include "store/rows_segment.hpp"

namespace stagecoach::store {

class blobs;
class index;

[[nodiscard]] result<std::map<std::uint32_t, segment_row>, failure> load_segment_rows(index& rows);

class blob_recovery {
 public:
  blob_recovery(blobs& bodies, std::uint64_t sequence) : bodies_(bodies), sequence_(sequence) {}
  [[nodiscard]] result<done, failure> run();

 private:
  struct tail {  // of a segment that was not sealed
    std::uint32_t number = 0;
    std::optional<file> segment;
    bool is_usable = false;
    std::uint64_t size = 0;  // of the file
    std::uint64_t end = 0;   // of the last whole record
  };
  [[nodiscard]] result<done, failure> look();
  [[nodiscard]] result<done, failure> look_at_tail(std::uint32_t number, const segment_row& row);
  [[nodiscard]] result<done, failure> look_at_remnant(std::uint32_t number);
  [[nodiscard]] result<std::uint64_t, failure> scan(const file& segment, std::uint64_t from) const;
  [[nodiscard]] result<done, failure> act();
  [[nodiscard]] result<done, failure> cut(const tail& one);
  void note(std::uint32_t number, const std::string& what);

  blobs& bodies_;
  std::uint64_t sequence_;
  std::map<std::uint32_t, segment_row> rows_;
  std::vector<std::uint32_t> dead_;
  std::vector<std::uint32_t> remnants_;  // of a commit that was never acknowledged
  std::vector<tail> tails_;
};

}  // namespace stagecoach::store

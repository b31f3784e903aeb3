// Gives back the room of bodies that nobody uses: copies what is alive in a mostly dead segment to the open one, a
// slice at a time between the groups of commits, on their thread. The caller writes each slice as a group of its own;
// when the last row has been switched the file is removed. A reader that is on its way follows the row (blobs::read).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "store/blobs.hpp"
#include "store/body_ledger.hpp"

namespace stagecoach::store {

class segment_rewriter {
 public:
  segment_rewriter(blobs& bodies, body_ledger& ledger) : bodies_(bodies), ledger_(ledger) {}

  enum class slice {
    none,       // nothing to rewrite
    unchanged,  // looked at some, and there is more
    changed,    // the ledger and the bodies hold what is to be written; then `settled` or `undone`
  };
  [[nodiscard]] result<slice, failure> copy_some(std::uint64_t sequence);
  [[nodiscard]] std::uint64_t copied_bytes() const { return copied_; }  // by the last slice
  void settled();                                                       // the slice is in the index
  void undone();                                                        // it is not: the same slice comes again

 private:
  struct live_body {
    blob_hash hash;
    blob_row row;
    std::string octets;
  };
  [[nodiscard]] result<bool, failure> gather(std::vector<live_body>& live);
  std::uint32_t segment_ = 0;  // being rewritten; 0: none
  std::uint64_t at_ = 0;       // what stands before is settled
  std::uint64_t next_ = 0;     // after the slice that is being written
  bool is_last_ = false;
  std::uint64_t copied_ = 0;
  blobs& bodies_;
  body_ledger& ledger_;
};

}  // namespace stagecoach::store

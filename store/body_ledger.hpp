// The rows of bodies as the one writing thread sees them: read, changed by a group of commits, and written with it.
// Keeps the ones used last, since a mailing list's mail comes back within moments. Used by local_commit_log and the
// rewriter.
#pragma once

#include <optional>
#include <unordered_map>

#include "store/blobs.hpp"
#include "store/index.hpp"
#include "store/rows_mail.hpp"

namespace stagecoach::store {

class body_ledger {
 public:
  body_ledger(index& rows, blobs& bodies) : rows_(rows), bodies_(bodies) {}

  // With the changes of the group so far; none: no row names this body.
  [[nodiscard]] result<std::optional<blob_row>, failure> find(const blob_hash& hash);
  // Written or verified by this process not long ago.
  [[nodiscard]] bool is_fresh(const blob_hash& hash) const { return changed_.contains(hash) || known_.contains(hash); }
  void put(const blob_hash& hash, const blob_row& row) { changed_[hash] = row; }

  // Into the batch; a row without references goes, and its octets are dead.
  void put_rows(row_batch& batch);
  void settle();
  void undo() { changed_.clear(); }
  void forget();  // the index may be other than it was

 private:
  index& rows_;
  blobs& bodies_;
  std::unordered_map<blob_hash, blob_row> changed_;
  std::unordered_map<blob_hash, blob_row> known_;
};

}  // namespace stagecoach::store

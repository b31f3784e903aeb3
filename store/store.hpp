// The store of a node, opened: index, bodies, staging and the commit log, with what a crash left behind put in order.
//
//   <dir>/            0700, of the user that runs the server
//     LOCK            held while it is open
//     format          "stagecoach store 1": looked at before anything else is touched
//     last-commit     how many commits the index held when it was closed in order
//     index/          LevelDB (docs/formats/keys.md); index.* are those of a repair (store/index_swap.hpp)
//     bodies/         segment files (docs/formats/segments.md)
//     staging/        bodies that are still arriving; emptied at every start
//
// Others may keep files of theirs beside these. Opened by the node at its start, and by `stagecoach verify`.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "store/blobs.hpp"
#include "store/files.hpp"
#include "store/index.hpp"
#include "store/local_commit_log.hpp"
#include "store/staging.hpp"

namespace stagecoach::store {

inline constexpr std::uint32_t format_version = 1;

struct store_options {
  std::string directory;          // made when it is missing, in a parent that exists
  std::string staging_directory;  // empty: within the directory
  index_options rows;
  blob_options bodies;
  staging_options arriving;
  space_reserve reserve;
};

class store {
 public:
  // busy: another process has it. newer_format: written by a newer version. corrupt: damaged, or other rights than it
  // must have. Then nothing was changed.
  ~store();
  store(const store&) = delete;
  store& operator=(const store&) = delete;
  [[nodiscard]] static result<std::unique_ptr<store>, failure> open(files& disk, store_options options);
  // For a repair: looked at and locked as by open, with index and bodies left closed, and of no use but that.
  [[nodiscard]] static result<std::unique_ptr<store>, failure> take(files& disk, store_options options);

  [[nodiscard]] index& rows() { return *rows_; }
  [[nodiscard]] blobs& bodies() { return *bodies_; }
  [[nodiscard]] staging& arriving() { return *arriving_; }
  [[nodiscard]] local_commit_log& log() { return *log_; }
  [[nodiscard]] const std::string& directory() const { return options_.directory; }
  // What recovery did, for the log; empty after an orderly end.
  [[nodiscard]] const std::vector<std::string>& notes() const { return bodies_->notes(); }

 private:
  store(files& disk, store_options options) : disk_(disk), options_(std::move(options)) {}
  [[nodiscard]] result<done, failure> open_all();  // but what take has done
  [[nodiscard]] result<done, failure> check_directory();
  [[nodiscard]] result<done, failure> take_lock();
  [[nodiscard]] result<done, failure> check_format_file();
  [[nodiscard]] result<done, failure> write_format_file();
  [[nodiscard]] result<done, failure> check_format_row();
  [[nodiscard]] result<done, failure> check_last_commit(std::uint64_t sequence);
  [[nodiscard]] result<bool, failure> has_segments();
  [[nodiscard]] std::string path(const char* name) const { return options_.directory + "/" + name; }

  files& disk_;
  store_options options_;
  std::optional<file> lock_;
  std::uint64_t noted_commit_ = 0;  // in the file last-commit
  std::unique_ptr<index> rows_;
  std::unique_ptr<blobs> bodies_;
  std::unique_ptr<staging> arriving_;
  std::unique_ptr<local_commit_log> log_;
};

}  // namespace stagecoach::store

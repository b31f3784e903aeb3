// The bodies, in segment files: <dir>/bodies/<number>.seg (docs/formats/segments.md). Reading by hash is for any
// thread. Everything else is for the one thread that writes, in this order: append or adopt, sync, put_rows into the
// batch of the rows that use the bodies, and after that batch settle; or undo when it was never handed to the index, or
// reload when the index may or may not have it.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "store/files.hpp"
#include "store/index.hpp"
#include "store/rows_mail.hpp"
#include "store/rows_segment.hpp"
#include "store/segment.hpp"
#include "store/staging.hpp"

namespace stagecoach::store {

struct blob_options {
  std::uint64_t segment_bytes_max = 256ULL * 1024 * 1024;  // a segment that has grown to this is sealed
};

struct body_place {
  std::uint32_t segment = 0;
  std::uint64_t offset = 0;  // of the record
};

struct new_body {
  blob_hash hash;
  std::string_view octets;
};

class blobs {
 public:
  // Recovers: cuts torn tails, removes segment files that no acknowledged commit ever knew. `sequence` is how many
  // commits the index holds; a record that has seen more means that the index lost some, and nothing is opened.
  [[nodiscard]] static result<std::unique_ptr<blobs>, failure> open(files& disk, std::string directory, index& rows,
                                                                    blob_options options, std::uint64_t sequence);

  // not_found: no row names it. corrupt: a row does, but the octets are not what was written. Never anything
  // unverified.
  [[nodiscard]] result<std::string, failure> read(const blob_hash& hash, body_range range);
  // The same where the row is known already. A file that is gone is not_found: the body may have moved.
  [[nodiscard]] result<std::string, failure> read_at(const blob_hash& hash, const blob_row& row, body_range range);

  // Reads all of it, and keeps nothing.
  [[nodiscard]] result<done, failure> verify(const blob_hash& hash, const blob_row& row);

  // --- the writing thread ---
  // Into the open segment, one after the other, with one call. After a failure `undo`.
  [[nodiscard]] result<std::vector<body_place>, failure> append(std::span<const new_body> bodies,
                                                                std::uint64_t sequence);
  // A staged file becomes a segment: by link, or by copy where it lies on another file system.
  [[nodiscard]] result<body_place, failure> adopt(const staged& body);
  void drop(const blob_row& row);  // nobody uses it any more: its octets are dead
  [[nodiscard]] result<done, failure> sync();
  void put_rows(row_batch& batch) const;
  void settle();
  void undo();
  [[nodiscard]] result<done, failure> reload();

  // For the rewriter: the segment with the smallest live part, if more than half of it is dead.
  [[nodiscard]] std::optional<std::uint32_t> mostly_dead() const;
  [[nodiscard]] result<std::shared_ptr<const file>, failure> segment_file(std::uint32_t segment);
  [[nodiscard]] segment_row row_of(std::uint32_t segment) const;  // with the changes of the group that is being written
  void bury(std::uint32_t segment);         // no row names a body in it: the file goes when the group is settled
  void leave_alone(std::uint32_t segment);  // it cannot be rewritten (damage): not proposed again

  [[nodiscard]] std::uint64_t syncs() const { return syncs_.load(std::memory_order_relaxed); }
  // What recovery found and did, for people.
  [[nodiscard]] const std::vector<std::string>& notes() const { return notes_; }
  [[nodiscard]] const std::string& directory() const { return directory_; }

 private:
  friend class blob_recovery;
  blobs(files& disk, std::string directory, index& rows, blob_options options);
  [[nodiscard]] std::string path_of(std::uint32_t segment) const;
  [[nodiscard]] segment_row& changed(std::uint32_t segment);
  [[nodiscard]] result<done, failure> begin_segment();
  [[nodiscard]] result<done, failure> copy_as_segment(const file& from, const std::string& path);
  void remove_segment(std::uint32_t segment);
  void seal_all_but_open();

  files& disk_;
  std::string directory_;
  index& rows_;
  blob_options options_;
  std::vector<std::string> notes_;
  std::atomic<std::uint64_t> syncs_{0};

  // Of the writing thread.
  std::map<std::uint32_t, segment_row> settled_;
  std::map<std::uint32_t, segment_row> changed_;  // by the group that is being written
  std::vector<std::uint32_t> adopted_;            // by this group
  std::vector<std::uint32_t> buried_;             // by this group
  std::vector<std::uint32_t> forgotten_;          // their files are gone, their rows go with the next batch
  std::vector<std::uint32_t> left_alone_;
  std::uint32_t last_number_ = 0;
  std::uint32_t open_number_ = 0;  // 0: none yet
  std::shared_ptr<file> open_file_;
  std::uint64_t open_end_ = 0;     // of what was written to it
  std::uint64_t settled_end_ = 0;  // of what is known to the index
  bool must_sync_open_ = false;
  bool must_sync_directory_ = false;

  // Of everybody who reads.
  struct open_segment {
    std::shared_ptr<const file> segment;
    std::uint64_t last_used = 0;
  };
  std::mutex files_lock_;
  std::unordered_map<std::uint32_t, open_segment> files_;
  std::uint64_t uses_ = 0;
};

// "0000000012.seg", and back; none when the name is of another form.
[[nodiscard]] std::string segment_name(std::uint32_t number);
[[nodiscard]] std::optional<std::uint32_t> parse_segment_name(std::string_view name);

}  // namespace stagecoach::store

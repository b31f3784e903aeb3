// Bodies that are still arriving. Small ones stay in memory as long as the budget lasts, the others go to a file of
// their own in <dir>/staging/, which has the form of a segment already (store/segment.hpp), so that a large one can
// become a segment by link. Connections call begin, try_append and discard; the disk pool append_to_disk and finish;
// the commit log find. Thread-safe: calls for one id come one after the other, but discard may come at any time.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "messages/store.hpp"
#include "protocols/mime/part_scanner.hpp"
#include "store/body_digest.hpp"
#include "store/files.hpp"
#include "store/segment.hpp"

namespace stagecoach::store {

using messages::staged_id;

struct staging_options {
  std::size_t memory_each = 128 * 1024;         // a body above this goes to a file
  std::size_t memory_total = 64 * 1024 * 1024;  // of all bodies in memory
  std::uint64_t own_segment_min = 1024 * 1024;  // a file from this size on is synced, and becomes a segment
  std::size_t files_max = 10'000;               // at once; a body that would need one more is refused for now
};

class staging;

// A body that has arrived, as the commit log takes it: from memory, or from its file. Lives on while it is held, even
// when it is discarded meanwhile.
class staged {
 public:
  staged(staging& area, staged_id id) : area_(area) { body_.id = id; }
  ~staged();
  staged(const staged&) = delete;
  staged& operator=(const staged&) = delete;

  [[nodiscard]] const messages::staged_body& body() const { return body_; }
  [[nodiscard]] bool is_finished() const { return is_finished_; }
  [[nodiscard]] bool is_in_memory() const { return !file_; }
  [[nodiscard]] std::string_view octets() const { return memory_; }  // in memory: the body
  [[nodiscard]] const file& on_disk() const { return *file_; }       // else: one record of a segment file, and no more
  [[nodiscard]] bool is_synced() const { return is_synced_; }

 private:
  friend class staging;
  staging& area_;
  messages::staged_body body_;
  body_digest digest_;
  mime::part_scanner scanner_;
  std::string memory_;
  std::size_t reserved_ = 0;  // of the memory budget
  std::unique_ptr<file> file_;
  block_cutter blocks_;
  std::uint64_t file_bytes_ = 0;
  bool is_finished_ = false;
  bool is_synced_ = false;
  bool has_failed_ = false;
};

class staging {
 public:
  // Makes <directory> when it is missing, and removes what an earlier process left in it.
  [[nodiscard]] static result<std::unique_ptr<staging>, failure> open(files& disk, std::string directory,
                                                                      staging_options options);
  ~staging();
  staging(const staging&) = delete;
  staging& operator=(const staging&) = delete;

  [[nodiscard]] staged_id begin();
  // Never blocks. True: kept in memory. False: nothing was taken, these octets and all later ones of this body go to
  // append_to_disk.
  [[nodiscard]] bool try_append(staged_id id, std::string_view octets);
  // Blocks: for a thread that may. Writes what was in memory first. The size so far.
  [[nodiscard]] result<std::uint64_t, failure> append_to_disk(staged_id id, std::string_view octets);
  // Ends the body; a second call answers the same. Blocks unless is_in_memory.
  [[nodiscard]] result<messages::staged_body, failure> finish(staged_id id);
  [[nodiscard]] bool is_in_memory(staged_id id) const;
  // Never blocks; an unknown id is no error. The file goes with the next sweep.
  void discard(staged_id id);
  // Blocks: removes the files of discarded bodies. append_to_disk and the commit log call it, and a reader when it is
  // told that one was discarded: the next mail may come much later.
  void sweep();

  [[nodiscard]] std::shared_ptr<const staged> find(staged_id id) const;
  [[nodiscard]] std::size_t count() const;  // bodies begun and not discarded
  [[nodiscard]] std::size_t memory_in_use() const { return memory_in_use_.load(std::memory_order_relaxed); }
  [[nodiscard]] const staging_options& options() const { return options_; }

 private:
  friend class staged;
  struct shelf {  // bodies are spread over shelves by id, so that connections do not meet at one lock
    mutable std::mutex lock;
    std::unordered_map<std::uint64_t, std::shared_ptr<staged>> bodies;
  };

  staging(files& disk, std::string directory, staging_options options);
  [[nodiscard]] shelf& shelf_of(staged_id id) const { return shelves_[id.value % shelves_.size()]; }
  [[nodiscard]] std::shared_ptr<staged> held(staged_id id) const;
  [[nodiscard]] bool reserve(staged& body, std::size_t needed);
  void release(staged& body);
  [[nodiscard]] result<done, failure> move_to_file(staged& body);
  [[nodiscard]] result<done, failure> write(staged& body, std::string_view octets);
  [[nodiscard]] result<done, failure> complete_file(staged& body);
  [[nodiscard]] result<done, failure> remove_leftovers();
  [[nodiscard]] std::string path_of(staged_id id) const;

  files& disk_;
  std::string directory_;
  staging_options options_;
  mutable std::array<shelf, 16> shelves_;
  std::atomic<std::uint64_t> last_id_{0};
  std::atomic<std::size_t> memory_in_use_{0};
  std::atomic<std::size_t> files_{0};  // open
  std::mutex doomed_lock_;
  std::vector<std::unique_ptr<file>> doomed_;
};

}  // namespace stagecoach::store

// LevelDB behind one class: the rows of the store (docs/formats/keys.md). One thread writes, any number read. After a
// write that was not OK the database is closed and opened again before another is accepted: LevelDB 1.23 goes on after
// a failed append to its log with its place in it wrong, and silently loses what it acknowledges from then on
// (measured: 100 of 151 writes after the disk had been full). A failed sync makes it read-only until the process starts
// again.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "protocols/base/result.hpp"
#include "store/files.hpp"

namespace leveldb {
class Cache;
class DB;
class Env;
class FilterPolicy;
class Snapshot;
class WriteBatch;
}  // namespace leveldb

namespace stagecoach::store {

class watching_env;

// Rows that become visible together.
class row_batch {
 public:
  row_batch();
  ~row_batch();
  row_batch(row_batch&&) noexcept;
  row_batch& operator=(row_batch&&) noexcept;
  void put(std::string_view key, std::string_view value);
  void remove(std::string_view key);
  [[nodiscard]] std::size_t bytes() const;

 private:
  friend class index;
  std::unique_ptr<leveldb::WriteBatch> batch_;
};

struct index_options {
  std::size_t write_buffer_bytes = 16 * 1024 * 1024;
  std::size_t cache_bytes = 32 * 1024 * 1024;
  leveldb::Env* env = nullptr;  // the system's when null; tests put faults here
  std::size_t open_files_max = 1000;
};

// Answers false to end the scan.
using row_visitor = std::function<bool(std::string_view key, std::string_view value)>;

class index;

// The rows as they were at one moment. Whoever holds a view reads through it only, and lets go of it before long:
// closing after a failed write waits for views.
class index_view {
 public:
  index_view(index_view&& other) noexcept;
  index_view& operator=(index_view&&) = delete;
  ~index_view();
  [[nodiscard]] result<std::optional<std::string>, failure> get(std::string_view key) const;
  // Every row whose key begins with `prefix`, in order.
  [[nodiscard]] result<done, failure> scan(std::string_view prefix, const row_visitor& visit) const;
  // The same from key `from` on, which begins with `prefix`.
  [[nodiscard]] result<done, failure> scan_from(std::string_view from, std::string_view prefix,
                                                const row_visitor& visit) const;
  // Every row whose key begins with `prefix`, the last one first.
  [[nodiscard]] result<done, failure> scan_back(std::string_view prefix, const row_visitor& visit) const;

 private:
  friend class index;
  explicit index_view(index& rows) : rows_(&rows) {}
  index* rows_;
  const leveldb::Snapshot* snapshot_ = nullptr;
  std::optional<failure> why_closed_;  // reading was not possible: every question is answered with this
};

class index {
 public:
  [[nodiscard]] static result<std::unique_ptr<index>, failure> open(files& disk, std::string directory,
                                                                    index_options options);
  ~index();
  index(const index&) = delete;
  index& operator=(const index&) = delete;

  [[nodiscard]] result<std::optional<std::string>, failure> get(std::string_view key);
  [[nodiscard]] index_view view();

  // All of the batch and synced, or a failure: full, disk (read-only from now on), busy (a view stands in the way of
  // opening again), corrupt. After a failure part of the outcome is open: the rows may appear at the next opening.
  [[nodiscard]] result<done, failure> write(row_batch batch);

  // Opens again if the last write failed, as the next write would: true when it did, and rows may then be other than
  // they were read before. Whoever reads rows to write them asks this first.
  [[nodiscard]] result<bool, failure> make_writable();

  [[nodiscard]] bool is_read_only() const;
  [[nodiscard]] std::uint64_t syncs() const;  // of LevelDB's files, by LevelDB
  [[nodiscard]] std::uint64_t reopened() const { return reopened_.load(std::memory_order_relaxed); }

 private:
  friend class index_view;

  index(files& disk, std::string directory, index_options options);
  [[nodiscard]] result<done, failure> open_database();
  [[nodiscard]] std::optional<failure> missing_current() const;  // of an index that is not new
  [[nodiscard]] result<bool, failure> open_again_if_needed();
  [[nodiscard]] result<done, failure> open_again();
  [[nodiscard]] bool has_room_to_open() const;
  [[nodiscard]] std::optional<failure> begin_reading();  // none: reading, end_reading has to follow
  void end_reading();

  files& disk_;
  std::string directory_;
  index_options options_;
  std::unique_ptr<watching_env> env_;
  std::unique_ptr<const leveldb::FilterPolicy> filter_;
  std::unique_ptr<leveldb::Cache> cache_;

  std::mutex writing_;  // one write at a time
  bool must_open_again_ = false;
  std::atomic<std::uint64_t> reopened_{0};

  std::mutex gate_;  // guards what follows
  std::condition_variable gate_moved_;
  std::unique_ptr<leveldb::DB> database_;
  std::size_t readers_ = 0;
  bool is_closing_ = false;
  failure why_closed_;
};

}  // namespace stagecoach::store

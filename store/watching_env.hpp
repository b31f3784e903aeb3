// LevelDB's view of the disk, watched: counts its syncs and remembers that one failed, which LevelDB's own status does
// not tell apart from a failed write. Used by store/index.hpp only.
#pragma once

#include <leveldb/env.h>

#include <atomic>
#include <cstdint>

namespace stagecoach::store {

class watching_env final : public leveldb::EnvWrapper {
 public:
  explicit watching_env(leveldb::Env* watched) : EnvWrapper(watched) {}

  leveldb::Status NewWritableFile(const std::string& path, leveldb::WritableFile** file) override;
  leveldb::Status NewAppendableFile(const std::string& path, leveldb::WritableFile** file) override;

  [[nodiscard]] std::uint64_t syncs() const { return syncs_.load(std::memory_order_relaxed); }
  [[nodiscard]] bool sync_has_failed() const { return sync_has_failed_.load(std::memory_order_acquire); }

 private:
  class watched_file;
  std::atomic<std::uint64_t> syncs_{0};
  std::atomic<bool> sync_has_failed_{false};
};

}  // namespace stagecoach::store

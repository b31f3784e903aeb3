#include "store/watching_env.hpp"

#include <memory>

namespace stagecoach::store {

class watching_env::watched_file final : public leveldb::WritableFile {
 public:
  watched_file(leveldb::WritableFile* file, watching_env& env) : file_(file), env_(env) {}
  leveldb::Status Append(const leveldb::Slice& data) override { return file_->Append(data); }
  leveldb::Status Close() override { return file_->Close(); }
  leveldb::Status Flush() override { return file_->Flush(); }
  leveldb::Status Sync() override {
    // LevelDB's Sync first writes what is still buffered. That write may fail for want of space, which is no failed
    // sync.
    leveldb::Status status = file_->Flush();
    if (!status.ok()) return status;
    env_.syncs_.fetch_add(1, std::memory_order_relaxed);
    status = file_->Sync();
    if (!status.ok()) env_.sync_has_failed_.store(true, std::memory_order_release);
    return status;
  }

 private:
  std::unique_ptr<leveldb::WritableFile> file_;
  watching_env& env_;
};

leveldb::Status watching_env::NewWritableFile(const std::string& path, leveldb::WritableFile** file) {
  auto status = target()->NewWritableFile(path, file);
  if (status.ok()) *file = new watched_file(*file, *this);
  return status;
}

leveldb::Status watching_env::NewAppendableFile(const std::string& path, leveldb::WritableFile** file) {
  auto status = target()->NewAppendableFile(path, file);
  if (status.ok()) *file = new watched_file(*file, *this);
  return status;
}

}  // namespace stagecoach::store

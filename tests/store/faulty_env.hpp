// LevelDB's view of the disk with one fault: the call with a given number fails, or all do while the disk is full.
#pragma once

#include <leveldb/env.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>

namespace stagecoach::store {

class faulty_env final : public leveldb::EnvWrapper {
 public:
  faulty_env() : EnvWrapper(leveldb::Env::Default()) {}

  std::atomic<bool> is_full{false};  // every write fails, with what fits of it written
  std::atomic<bool> syncs_fail{false};
  std::atomic<std::uint64_t> fail_at{0};  // the call of this number, from 1; 0: none
  std::atomic<std::uint64_t> die_at{0};   // ends the process instead, before the call
  std::atomic<std::uint64_t> calls{0};
  std::atomic<std::uint64_t> fail_read_at{0};  // likewise of reads, which `calls` does not count
  std::atomic<std::uint64_t> reads{0};

  leveldb::Status NewWritableFile(const std::string& path, leveldb::WritableFile** file) override {
    if (fails() || is_full) return full(path);
    return wrap(target()->NewWritableFile(path, file), path, file);
  }
  leveldb::Status NewAppendableFile(const std::string& path, leveldb::WritableFile** file) override {
    if (fails() || is_full) return full(path);
    return wrap(target()->NewAppendableFile(path, file), path, file);
  }
  leveldb::Status NewSequentialFile(const std::string& path, leveldb::SequentialFile** file) override {
    auto status = target()->NewSequentialFile(path, file);
    if (status.ok()) *file = new faulty_sequence(*file, path, *this);
    return status;
  }
  leveldb::Status NewRandomAccessFile(const std::string& path, leveldb::RandomAccessFile** file) override {
    auto status = target()->NewRandomAccessFile(path, file);
    if (status.ok()) *file = new faulty_table(*file, path, *this);
    return status;
  }
  // On a thread of its own: a process that was forked has not the one of the system's environment.
  void Schedule(void (*work)(void*), void* what) override { std::thread(work, what).detach(); }
  leveldb::Status RenameFile(const std::string& from, const std::string& to) override {
    return fails() ? full(to) : target()->RenameFile(from, to);
  }
  leveldb::Status RemoveFile(const std::string& path) override {
    return fails() ? full(path) : target()->RemoveFile(path);
  }

 private:
  class faulty_file final : public leveldb::WritableFile {
   public:
    faulty_file(leveldb::WritableFile* file, std::string path, faulty_env& env)
        : file_(file), path_(std::move(path)), env_(env) {}
    leveldb::Status Append(const leveldb::Slice& data) override {
      if (!env_.fails() && !env_.is_full) return file_->Append(data);
      (void)file_->Append(leveldb::Slice(data.data(), data.size() / 2));
      (void)file_->Flush();
      return full(path_);
    }
    leveldb::Status Close() override { return file_->Close(); }
    leveldb::Status Flush() override { return file_->Flush(); }
    leveldb::Status Sync() override {
      if (env_.fails() || env_.syncs_fail) return leveldb::Status::IOError(path_, "Input/output error");
      return file_->Sync();
    }

   private:
    std::unique_ptr<leveldb::WritableFile> file_;
    std::string path_;
    faulty_env& env_;
  };

  class faulty_sequence final : public leveldb::SequentialFile {
   public:
    faulty_sequence(leveldb::SequentialFile* file, std::string path, faulty_env& env)
        : file_(file), path_(std::move(path)), env_(env) {}
    leveldb::Status Read(size_t n, leveldb::Slice* found, char* scratch) override {
      return env_.read_fails() ? unreadable(path_) : file_->Read(n, found, scratch);
    }
    leveldb::Status Skip(std::uint64_t n) override { return file_->Skip(n); }

   private:
    std::unique_ptr<leveldb::SequentialFile> file_;
    std::string path_;
    faulty_env& env_;
  };
  class faulty_table final : public leveldb::RandomAccessFile {
   public:
    faulty_table(leveldb::RandomAccessFile* file, std::string path, faulty_env& env)
        : file_(file), path_(std::move(path)), env_(env) {}
    leveldb::Status Read(std::uint64_t offset, size_t n, leveldb::Slice* found, char* scratch) const override {
      return env_.read_fails() ? unreadable(path_) : file_->Read(offset, n, found, scratch);
    }

   private:
    std::unique_ptr<leveldb::RandomAccessFile> file_;
    std::string path_;
    faulty_env& env_;
  };

  bool read_fails() { return ++reads == fail_read_at; }
  static leveldb::Status unreadable(const std::string& path) {
    return leveldb::Status::IOError(path, "Input/output error");
  }
  bool fails() {
    const auto number = ++calls;
    if (number == die_at) ::_exit(9);
    return number == fail_at;
  }
  static leveldb::Status full(const std::string& path) {
    return leveldb::Status::IOError(path, "No space left on device");
  }
  leveldb::Status wrap(const leveldb::Status& status, const std::string& path, leveldb::WritableFile** file) {
    if (status.ok()) *file = new faulty_file(*file, path, *this);
    return status;
  }
};

}  // namespace stagecoach::store

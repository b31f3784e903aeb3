// What a disk would hold after a power cut. Calls pass through shadow_files and shadow_env to the system's files; what
// syncs have made durable is noted, and image() writes it down as a directory of its own.
//
// The model is a journaling file system that loses everything that it may lose: a synced file has its octets and, if it
// is new, its name; a name that was made, changed or removed is durable when its directory is synced (fsync(2)).
#pragma once

#include <fcntl.h>
#include <leveldb/env.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#include "store/files.hpp"

namespace stagecoach::store {

// What is found after the cut of that which was not synced: nothing; every name, and half of the octets; every name and
// size, with zeros.
enum class unsynced { lost, half, zeros };

class shadow_disk {
 public:
  explicit shadow_disk(std::string root) : root_(std::move(root)) {}

  std::function<void()> before_change;  // of octets or names, and before each sync; nothing changes meanwhile
  bool lies = false;                    // says that it has synced, and has not

  // Within before_change, or while nothing changes.
  void image(const std::string& to, unsynced left) const {
    make_directory(to);
    for (const auto& [path, node] : left == unsynced::lost ? names_ : names_now()) {
      const auto durable = octets_.find(node);
      std::string octets = durable == octets_.end() ? std::string() : durable->second;
      if (left != unsynced::lost) add_tail(octets, octets_of(path), left);
      auto target = std::filesystem::path(to);
      const auto below_root = std::filesystem::path(path).lexically_relative(root_);
      for (const auto& part : below_root.parent_path()) make_directory(target /= part);
      target /= below_root.filename();
      std::ofstream(target, std::ios::binary) << octets;
      std::filesystem::permissions(target, std::filesystem::perms(0600));
    }
  }

  template <class Call>
  auto change(Call call) {
    const std::lock_guard held(lock_);
    if (before_change) before_change();
    return call();
  }
  // `path` will be no name of what it names now.
  template <class Call>
  auto change_name(const std::string& path, Call call) {
    return change([&] {
      struct stat found {};
      if (::stat(path.c_str(), &found) == 0 && found.st_nlink == 1) nodes_.erase(found.st_ino);
      return call();
    });
  }
  // `now`: where it can be read, also when it has no name any more.
  template <class Call>
  auto sync_file(const std::string& path, const std::string& now, Call call) {
    return change([&] {
      auto answer = call();
      if (lies) return answer;
      const auto node = node_at(now);
      octets_[node] = octets_of(now);
      if (was_named_.insert(node).second) names_[path] = node;
      return answer;
    });
  }
  template <class Call>
  auto sync_directory(const std::string& path, Call call) {
    return change([&] {
      auto answer = call();
      if (lies) return answer;
      std::erase_if(names_, [&](const auto& one) { return std::filesystem::path(one.first).parent_path() == path; });
      for (const auto& entry : std::filesystem::directory_iterator(path))
        if (entry.is_regular_file()) was_named_.insert(names_[entry.path()] = node_at(entry.path()));
      return answer;
    });
  }

 private:
  using node_id = std::uint64_t;  // of a file; not its inode's number, which the system uses again

  node_id node_at(const std::string& path) const {
    struct stat found {};
    if (::stat(path.c_str(), &found) != 0) return 0;
    const auto [at, is_new] = nodes_.try_emplace(found.st_ino, last_node_ + 1);
    if (is_new) ++last_node_;
    return at->second;
  }
  std::map<std::string, node_id> names_now() const {
    std::map<std::string, node_id> all;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root_))
      if (entry.is_regular_file()) all[entry.path()] = node_at(entry.path());
    return all;
  }
  static std::string octets_of(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }
  static void add_tail(std::string& octets, const std::string& now, unsynced left) {
    if (now.size() <= octets.size()) return;
    const auto more = now.size() - octets.size();
    octets += left == unsynced::half ? now.substr(octets.size(), more / 2) : std::string(more, '\0');
  }
  static void make_directory(const std::filesystem::path& path) {
    if (std::filesystem::create_directory(path)) std::filesystem::permissions(path, std::filesystem::perms(0700));
  }

  std::string root_;
  std::mutex lock_;
  mutable std::map<ino_t, node_id> nodes_;
  mutable node_id last_node_ = 0;
  std::map<std::string, node_id> names_;   // durable
  std::map<node_id, std::string> octets_;  // durable
  std::set<node_id> was_named_;            // durably, at some time
};

class shadow_files final : public files {
 public:
  explicit shadow_files(shadow_disk& disk) : disk_(disk) {}

  int open(const std::string& path, int flags) override {
    const auto call = [&] { return real_->open(path, flags); };
    const int fd = (flags & O_CREAT) != 0 ? disk_.change(call) : call();
    const std::lock_guard held(lock_);
    if (fd >= 0) paths_[fd] = path;
    return fd;
  }
  int close(int fd) override { return real_->close(fd); }
  std::int64_t write_at(int fd, std::span<const iovec> pieces, std::uint64_t offset) override {
    return disk_.change([&] { return real_->write_at(fd, pieces, offset); });
  }
  std::int64_t read_at(int fd, std::span<const iovec> pieces, std::uint64_t offset) override {
    return real_->read_at(fd, pieces, offset);
  }
  int sync_data(int fd) override {
    return disk_.sync_file(path_of(fd), "/proc/self/fd/" + std::to_string(fd), [&] { return real_->sync_data(fd); });
  }
  int sync_directory(const std::string& path) override {
    return disk_.sync_directory(path, [&] { return real_->sync_directory(path); });
  }
  int truncate(int fd, std::uint64_t size) override {
    return disk_.change([&] { return real_->truncate(fd, size); });
  }
  std::int64_t size(int fd) override { return real_->size(fd); }
  int lock(int fd) override { return real_->lock(fd); }
  int link(const std::string& from, const std::string& to) override {
    return disk_.change([&] { return real_->link(from, to); });
  }
  int rename(const std::string& from, const std::string& to) override {
    return disk_.change_name(to, [&] { return real_->rename(from, to); });
  }
  int remove(const std::string& path) override {
    return disk_.change_name(path, [&] { return real_->remove(path); });
  }
  int make_directory(const std::string& path) override {
    return disk_.change([&] { return real_->make_directory(path); });
  }
  int list(const std::string& path, std::vector<std::string>& names) override { return real_->list(path, names); }
  int status(const std::string& path, file_status& found) override { return real_->status(path, found); }
  int space(const std::string& path, disk_space& found) override { return real_->space(path, found); }

 private:
  std::string path_of(int fd) {
    const std::lock_guard held(lock_);
    return paths_[fd];
  }
  shadow_disk& disk_;
  const std::unique_ptr<files> real_ = make_system_files();
  std::mutex lock_;
  std::map<int, std::string> paths_;
};

// LevelDB's calls. As its own environment does, a sync of a MANIFEST also syncs the directory.
class shadow_env final : public leveldb::EnvWrapper {
 public:
  explicit shadow_env(shadow_disk& disk) : EnvWrapper(leveldb::Env::Default()), disk_(disk) {}

  leveldb::Status NewWritableFile(const std::string& path, leveldb::WritableFile** file) override {
    return disk_.change([&] { return wrap(target()->NewWritableFile(path, file), path, file); });
  }
  leveldb::Status NewAppendableFile(const std::string& path, leveldb::WritableFile** file) override {
    return disk_.change([&] { return wrap(target()->NewAppendableFile(path, file), path, file); });
  }
  leveldb::Status RenameFile(const std::string& from, const std::string& to) override {
    return disk_.change_name(to, [&] { return target()->RenameFile(from, to); });
  }
  leveldb::Status RemoveFile(const std::string& path) override {
    return disk_.change_name(path, [&] { return target()->RemoveFile(path); });
  }

 private:
  class shadow_file final : public leveldb::WritableFile {
   public:
    shadow_file(leveldb::WritableFile* file, std::string path, shadow_disk& disk)
        : file_(file), path_(std::move(path)), disk_(disk) {}
    leveldb::Status Append(const leveldb::Slice& data) override {
      return disk_.change([&] { return file_->Append(data); });
    }
    leveldb::Status Close() override {
      return disk_.change([&] { return file_->Close(); });
    }
    leveldb::Status Flush() override {
      return disk_.change([&] { return file_->Flush(); });
    }
    leveldb::Status Sync() override {
      auto status = disk_.sync_file(path_, path_, [&] { return file_->Sync(); });
      const std::filesystem::path path(path_);
      if (status.ok() && path.filename().string().starts_with("MANIFEST"))
        disk_.sync_directory(path.parent_path().string(), [] { return 0; });
      return status;
    }

   private:
    std::unique_ptr<leveldb::WritableFile> file_;
    std::string path_;
    shadow_disk& disk_;
  };
  leveldb::Status wrap(const leveldb::Status& status, const std::string& path, leveldb::WritableFile** file) {
    if (status.ok()) *file = new shadow_file(*file, path, disk_);
    return status;
  }
  shadow_disk& disk_;
};

}  // namespace stagecoach::store

// The system's files with one fault: the call with a given number fails, or the process ends there. Calls that only
// read are not counted.
#pragma once

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "store/files.hpp"

namespace stagecoach::store {

class faulty_files final : public files {
 public:
  // Before call number `fail_at` (from 1; 0: never) answers -`error`. `is_lasting`: so do all calls after it.
  std::atomic<std::uint64_t> fail_at{0};
  std::atomic<int> error{EIO};
  std::atomic<bool> is_lasting{false};
  std::atomic<bool> only_syncs{false};     // counts and fails syncs alone
  std::atomic<bool> writes_half{false};    // a failing write leaves the first half of its octets
  std::atomic<bool> refuses_links{false};  // as between file systems
  std::atomic<std::uint64_t> die_at{0};    // ends the process instead, before the call
  std::atomic<std::uint64_t> calls{0};
  std::atomic<std::uint64_t> fail_read_at{0};  // likewise of reads, which `calls` does not count
  std::atomic<std::uint64_t> reads{0};
  std::atomic<std::uint64_t> free_bytes{~0ULL};  // other than the truth when less

  void forget() {
    calls = 0;
    fail_at = 0;
    die_at = 0;
  }
  [[nodiscard]] bool was_hit() const { return fail_at != 0 && calls >= fail_at; }

  int open(const std::string& path, int flags) override {
    if ((flags & 0100) != 0 && fails(false)) return -error;  // O_CREAT
    return real_->open(path, flags);
  }
  int close(int fd) override { return real_->close(fd); }
  std::int64_t write_at(int fd, std::span<const iovec> pieces, std::uint64_t offset) override {
    if (fails(false)) {
      if (!writes_half) return -error;
      std::vector<iovec> half(pieces.begin(), pieces.end());
      half.back().iov_len /= 2;
      if (half.size() > 1) half.resize(half.size() / 2);
      (void)real_->write_at(fd, half, offset);
      return -error;
    }
    return real_->write_at(fd, pieces, offset);
  }
  std::int64_t read_at(int fd, std::span<const iovec> pieces, std::uint64_t offset) override {
    return ++reads == fail_read_at ? -error : real_->read_at(fd, pieces, offset);
  }
  int sync_data(int fd) override { return fails(true) ? -error : real_->sync_data(fd); }
  int sync_directory(const std::string& path) override { return fails(true) ? -error : real_->sync_directory(path); }
  int truncate(int fd, std::uint64_t size) override { return fails(false) ? -error : real_->truncate(fd, size); }
  std::int64_t size(int fd) override { return real_->size(fd); }
  int lock(int fd) override { return real_->lock(fd); }
  int link(const std::string& from, const std::string& to) override {
    if (refuses_links) return -EXDEV;
    return fails(false) ? -error : real_->link(from, to);
  }
  int rename(const std::string& from, const std::string& to) override {
    return fails(false) ? -error : real_->rename(from, to);
  }
  int remove(const std::string& path) override { return fails(false) ? -error : real_->remove(path); }
  int make_directory(const std::string& path) override { return fails(false) ? -error : real_->make_directory(path); }
  int list(const std::string& path, std::vector<std::string>& names) override { return real_->list(path, names); }
  int status(const std::string& path, file_status& found) override { return real_->status(path, found); }
  int space(const std::string& path, disk_space& found) override {
    const int answer = real_->space(path, found);
    found.free_bytes = std::min<std::uint64_t>(found.free_bytes, free_bytes);
    return answer;
  }

 private:
  bool fails(bool is_sync) {
    if (only_syncs && !is_sync) return false;
    const auto number = ++calls;
    if (die_at != 0 && number == die_at) ::_exit(9);
    return fail_at != 0 && (is_lasting ? number >= fail_at : number == fail_at);
  }
  std::unique_ptr<files> real_ = make_system_files();
};

}  // namespace stagecoach::store

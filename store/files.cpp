#include "store/files.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

namespace stagecoach::store {

namespace {

template <class Call>
auto again_after_signal(Call call) {
  for (;;) {
    const auto answer = call();
    if (answer >= 0) return answer;
    if (errno != EINTR) return static_cast<decltype(answer)>(-errno);
  }
}

class system_files final : public files {
 public:
  int open(const std::string& path, int flags) override {
    return again_after_signal([&] { return ::open(path.c_str(), flags | O_CLOEXEC | O_NOFOLLOW, 0600); });
  }
  int close(int fd) override {
    const int answer = ::close(fd);  // never repeated: the descriptor is gone even after EINTR
    return answer < 0 && errno != EINTR ? -errno : 0;
  }
  std::int64_t write_at(int fd, std::span<const iovec> pieces, std::uint64_t offset) override {
    return again_after_signal([&] {
      return static_cast<std::int64_t>(
          ::pwritev(fd, pieces.data(), static_cast<int>(pieces.size()), static_cast<off_t>(offset)));
    });
  }
  std::int64_t read_at(int fd, std::span<const iovec> pieces, std::uint64_t offset) override {
    return again_after_signal([&] {
      return static_cast<std::int64_t>(
          ::preadv(fd, pieces.data(), static_cast<int>(pieces.size()), static_cast<off_t>(offset)));
    });
  }
  int sync_data(int fd) override {
    // Not repeated: after a failed sync the kernel may have dropped the pages, and a second one would lie.
    return ::fdatasync(fd) < 0 ? -errno : 0;
  }
  int sync_directory(const std::string& path) override {
    const int fd = open(path, O_RDONLY | O_DIRECTORY);
    if (fd < 0) return fd;
    const int answer = ::fsync(fd) < 0 ? -errno : 0;
    (void)close(fd);
    return answer;
  }
  int truncate(int fd, std::uint64_t size) override {
    return again_after_signal([&] { return ::ftruncate(fd, static_cast<off_t>(size)); });
  }
  std::int64_t size(int fd) override {
    struct stat found {};
    return ::fstat(fd, &found) < 0 ? -errno : static_cast<std::int64_t>(found.st_size);
  }
  int lock(int fd) override {
    return again_after_signal([&] { return ::flock(fd, LOCK_EX | LOCK_NB); });
  }
  int link(const std::string& from, const std::string& to) override {
    return ::linkat(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), 0) < 0 ? -errno : 0;
  }
  int rename(const std::string& from, const std::string& to) override {
    return ::rename(from.c_str(), to.c_str()) < 0 ? -errno : 0;
  }
  int remove(const std::string& path) override { return ::unlink(path.c_str()) < 0 ? -errno : 0; }
  int make_directory(const std::string& path) override { return ::mkdir(path.c_str(), 0700) < 0 ? -errno : 0; }
  int list(const std::string& path, std::vector<std::string>& names) override {
    DIR* directory = ::opendir(path.c_str());
    if (directory == nullptr) return -errno;
    errno = 0;
    while (const dirent* entry = ::readdir(directory)) {
      const std::string_view name = entry->d_name;
      if (name != "." && name != "..") names.emplace_back(name);
    }
    const int answer = -errno;
    ::closedir(directory);
    std::sort(names.begin(), names.end());
    return answer;
  }
  int status(const std::string& path, file_status& found) override {
    struct stat seen {};
    if (::lstat(path.c_str(), &seen) < 0) {
      found = {};
      return errno == ENOENT ? 0 : -errno;
    }
    found.what = S_ISREG(seen.st_mode)   ? file_status::kind::regular
                 : S_ISDIR(seen.st_mode) ? file_status::kind::directory
                                         : file_status::kind::other;
    found.owner = seen.st_uid;
    found.mode = seen.st_mode & 07777U;
    found.size = static_cast<std::uint64_t>(seen.st_size);
    return 0;
  }
  int space(const std::string& path, disk_space& found) override {
    struct statvfs seen {};
    if (::statvfs(path.c_str(), &seen) < 0) return -errno;
    found.free_bytes = static_cast<std::uint64_t>(seen.f_bavail) * seen.f_frsize;
    found.all_bytes = static_cast<std::uint64_t>(seen.f_blocks) * seen.f_frsize;
    return 0;
  }
};

// Drops `count` octets from the front of the pieces.
std::span<iovec> without(std::span<iovec> pieces, std::size_t count) {
  while (!pieces.empty() && count >= pieces.front().iov_len) {
    count -= pieces.front().iov_len;
    pieces = pieces.subspan(1);
  }
  if (count > 0 && !pieces.empty()) {
    pieces.front().iov_base = static_cast<char*>(pieces.front().iov_base) + count;
    pieces.front().iov_len -= count;
  }
  return pieces;
}

std::span<const iovec> at_once(std::span<const iovec> pieces) {
  return pieces.subspan(0, std::min<std::size_t>(pieces.size(), IOV_MAX));
}

}  // namespace

std::unique_ptr<files> make_system_files() { return std::make_unique<system_files>(); }

failure disk_failure(std::int64_t negative_errno, std::string_view verb, std::string_view path) {
  const int error = static_cast<int>(-negative_errno);
  char text[128] = {};
  const char* said = ::strerror_r(error, text, sizeof text);
  const auto code = error == ENOSPC || error == EDQUOT ? fault_code::full
                    : error == ENOENT                  ? fault_code::not_found
                    : error == EWOULDBLOCK             ? fault_code::busy
                                                       : fault_code::disk;
  std::string what = "cannot ";
  what.append(verb).append(" ").append(path).append(": ").append(said);
  return {code, std::move(what)};
}

result<file, failure> file::open(files& disk, const std::string& path, int flags) {
  const int fd = disk.open(path, flags);
  if (fd < 0) return disk_failure(fd, (flags & O_CREAT) != 0 ? "create" : "open", path);
  return file(disk, fd, path);
}

file::file(file&& other) noexcept
    : disk_(other.disk_), fd_(std::exchange(other.fd_, -1)), path_(std::move(other.path_)) {}

file& file::operator=(file&& other) noexcept {
  if (this != &other) {
    if (fd_ >= 0) (void)disk_->close(fd_);
    disk_ = other.disk_;
    fd_ = std::exchange(other.fd_, -1);
    path_ = std::move(other.path_);
  }
  return *this;
}

file::~file() {
  if (fd_ >= 0) (void)disk_->close(fd_);  // what matters has been synced; nobody can act on an error here
}

result<done, failure> file::write(std::span<iovec> pieces, std::uint64_t offset) const {
  pieces = without(pieces, 0);
  while (!pieces.empty()) {
    const auto written = disk_->write_at(fd_, at_once(pieces), offset);
    if (written < 0) return disk_failure(written, "write", path_);
    if (written == 0) return disk_failure(-ENOSPC, "write", path_);
    offset += static_cast<std::uint64_t>(written);
    pieces = without(pieces, static_cast<std::size_t>(written));
  }
  return done{};
}

result<done, failure> file::write(std::string_view octets, std::uint64_t offset) const {
  iovec piece{const_cast<char*>(octets.data()), octets.size()};
  return write(std::span(&piece, 1), offset);
}

result<std::size_t, failure> file::read(std::span<iovec> pieces, std::uint64_t offset) const {
  std::size_t total = 0;
  pieces = without(pieces, 0);
  while (!pieces.empty()) {
    const auto count = disk_->read_at(fd_, at_once(pieces), offset + total);
    if (count < 0) return disk_failure(count, "read", path_);
    if (count == 0) break;
    total += static_cast<std::size_t>(count);
    pieces = without(pieces, static_cast<std::size_t>(count));
  }
  return total;
}

result<std::size_t, failure> file::read(std::span<char> into, std::uint64_t offset) const {
  iovec piece{into.data(), into.size()};
  return read(std::span(&piece, 1), offset);
}

result<done, failure> file::sync() const {
  const int answer = disk_->sync_data(fd_);
  if (answer < 0) return disk_failure(answer, "sync", path_);
  return done{};
}

result<done, failure> file::truncate(std::uint64_t size) const {
  const int answer = disk_->truncate(fd_, size);
  if (answer < 0) return disk_failure(answer, "truncate", path_);
  return done{};
}

result<std::uint64_t, failure> file::size() const {
  const auto answer = disk_->size(fd_);
  if (answer < 0) return disk_failure(answer, "read the size of", path_);
  return static_cast<std::uint64_t>(answer);
}

result<done, failure> file::lock() const {
  const int answer = disk_->lock(fd_);
  if (answer < 0) return disk_failure(answer, "lock", path_);
  return done{};
}

}  // namespace stagecoach::store

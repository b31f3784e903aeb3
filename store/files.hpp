// The few system calls that the store makes on files, as an interface that is passed in, so that a test can make any
// one of them fail; and `file`, one open file. LevelDB's own calls go through its Env (store/index.hpp) instead. Names
// of errors follow the system: a call answers a negative errno where the C function sets errno.
#pragma once

#include <sys/uio.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/base/result.hpp"

namespace stagecoach::store {

struct file_status {
  enum class kind { none, regular, directory, other };
  kind what = kind::none;
  unsigned owner = 0;
  unsigned mode = 0;  // permission bits
  std::uint64_t size = 0;
};

struct disk_space {
  std::uint64_t free_bytes = 0;  // for this process, which may be without the reserve of root
  std::uint64_t all_bytes = 0;
};

// Thread-safe. Every path is taken as it is; the last component is never followed when it is a symbolic link.
class files {
 public:
  virtual ~files() = default;
  virtual int open(const std::string& path, int flags) = 0;  // O_CLOEXEC and O_NOFOLLOW always; a new file is 0600
  virtual int close(int fd) = 0;
  virtual std::int64_t write_at(int fd, std::span<const iovec> pieces, std::uint64_t offset) = 0;  // may write less
  virtual std::int64_t read_at(int fd, std::span<const iovec> pieces, std::uint64_t offset) = 0;   // may read less
  virtual int sync_data(int fd) = 0;
  virtual int sync_directory(const std::string& path) = 0;
  virtual int truncate(int fd, std::uint64_t size) = 0;
  virtual std::int64_t size(int fd) = 0;
  virtual int lock(int fd) = 0;  // exclusive, until closed; -EWOULDBLOCK when another process has it
  virtual int link(const std::string& from, const std::string& to) = 0;
  virtual int rename(const std::string& from, const std::string& to) = 0;
  virtual int remove(const std::string& path) = 0;
  virtual int make_directory(const std::string& path) = 0;  // 0700
  virtual int list(const std::string& path, std::vector<std::string>& names) = 0;
  virtual int status(const std::string& path, file_status& found) = 0;  // none is no error
  virtual int space(const std::string& path, disk_space& found) = 0;
};

// The operating system's; has no state, so one serves everybody.
[[nodiscard]] std::unique_ptr<files> make_system_files();

// "cannot <verb> <path>: No space left on device"; full for ENOSPC and EDQUOT, not_found for ENOENT, else disk.
[[nodiscard]] failure disk_failure(std::int64_t negative_errno, std::string_view verb, std::string_view path);

// One open file, closed by the destructor. `files` must outlive it. Reading from several threads is safe.
class file {
 public:
  [[nodiscard]] static result<file, failure> open(files& disk, const std::string& path, int flags);
  file(file&& other) noexcept;
  file& operator=(file&& other) noexcept;
  ~file();

  // All of the pieces, in order, at `offset`; the array is used up. More than the system's limit of pieces is split.
  [[nodiscard]] result<done, failure> write(std::span<iovec> pieces, std::uint64_t offset) const;
  [[nodiscard]] result<done, failure> write(std::string_view octets, std::uint64_t offset) const;
  // Fills the pieces, less only at the end of the file; returns the octets read. The array is used up.
  [[nodiscard]] result<std::size_t, failure> read(std::span<iovec> pieces, std::uint64_t offset) const;
  [[nodiscard]] result<std::size_t, failure> read(std::span<char> into, std::uint64_t offset) const;
  [[nodiscard]] result<done, failure> sync() const;
  [[nodiscard]] result<done, failure> truncate(std::uint64_t size) const;
  [[nodiscard]] result<std::uint64_t, failure> size() const;
  [[nodiscard]] result<done, failure> lock() const;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  file(files& disk, int fd, std::string path) : disk_(&disk), fd_(fd), path_(std::move(path)) {}
  files* disk_;
  int fd_;
  std::string path_;
};

}  // namespace stagecoach::store

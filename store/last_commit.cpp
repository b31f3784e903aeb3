#include "store/last_commit.hpp"

#include <fcntl.h>

#include <charconv>

#include "store/checksum.hpp"

namespace stagecoach::store {

namespace {

// "commit 135 checksum 2868243761\n"
std::string line_for(std::uint64_t number) {
  std::string line = "commit " + std::to_string(number);
  return line + " checksum " + std::to_string(crc32c(0, line)) + "\n";
}

std::string path_in(const std::string& directory) { return directory + "/last-commit"; }

}  // namespace

result<std::optional<std::uint64_t>, failure> read_last_commit(files& disk, const std::string& directory) {
  auto opened = file::open(disk, path_in(directory), O_RDONLY);
  if (!opened && opened.error().code == fault_code::not_found) return std::optional<std::uint64_t>();
  if (!opened) return opened.error();
  std::string text(64, '\0');
  auto count = opened->read(std::span<char>(text), 0);
  if (!count) return count.error();
  text.resize(*count);
  constexpr std::string_view word = "commit ";
  std::uint64_t number = 0;
  if (text.starts_with(word)) std::from_chars(text.data() + word.size(), text.data() + text.size(), number);
  if (text != line_for(number)) return std::optional<std::uint64_t>();
  return std::optional(number);
}

result<done, failure> write_last_commit(files& disk, const std::string& directory, std::uint64_t number) {
  const std::string temporary = path_in(directory) + ".new";
  {
    auto opened = file::open(disk, temporary, O_RDWR | O_CREAT | O_TRUNC);
    if (!opened) return opened.error();
    auto written = opened->write(line_for(number), 0);
    if (written) written = opened->sync();
    if (!written) return written;
  }
  if (const int renamed = disk.rename(temporary, path_in(directory)); renamed < 0)
    return disk_failure(renamed, "rename", temporary);
  if (const int synced = disk.sync_directory(directory); synced < 0) return disk_failure(synced, "sync", directory);
  return done{};
}

}  // namespace stagecoach::store

#include "store/store.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <filesystem>

#include "protocols/base/record.hpp"
#include "store/index_swap.hpp"
#include "store/keys.hpp"
#include "store/last_commit.hpp"

namespace stagecoach::store {

namespace {

constexpr std::string_view format_line = "stagecoach store ";

failure newer(const std::string& directory, std::uint32_t version) {
  return {fault_code::newer_format, directory + " was written by a newer stagecoach (format " +
                                        std::to_string(version) + ", this one knows " + std::to_string(format_version) +
                                        "); nothing was changed"};
}

failure unsound(const std::string& directory, std::string_view why) {
  std::string what = directory;
  what.append(" ").append(why).append("; nothing was changed");
  return {fault_code::corrupt, std::move(what)};
}

std::string octal(unsigned mode) {
  char digits[8] = {};
  const auto [end, error] = std::to_chars(digits, digits + sizeof digits, mode, 8);
  return "0" + std::string(digits, end);
}

}  // namespace

result<std::unique_ptr<store>, failure> store::open(files& disk, store_options options) {
  auto opened = take(disk, std::move(options));
  if (!opened) return opened;
  auto all = (*opened)->open_all();
  if (!all) return all.error();
  return opened;
}

result<std::unique_ptr<store>, failure> store::take(files& disk, store_options options) {
  while (options.directory.size() > 1 && options.directory.ends_with('/')) options.directory.pop_back();
  std::unique_ptr<store> taken(new store(disk, std::move(options)));
  for (auto step : {&store::check_directory, &store::take_lock, &store::check_format_file}) {
    auto stepped = (*taken.*step)();
    if (!stepped) return stepped.error();
  }
  auto finished = finish_swap(disk, taken->directory());
  if (!finished) return finished.error();
  return taken;
}

// Nobody waits for an answer any more; without the number the next start knows less, and that is all.
store::~store() {
  if (log_ && log_->sequence() != noted_commit_) (void)write_last_commit(disk_, options_.directory, log_->sequence());
}

result<done, failure> store::open_all() {
  auto rows = index::open(disk_, path("index"), options_.rows);
  if (!rows) return rows.error();
  rows_ = std::move(*rows);
  auto checked = check_format_row();
  if (!checked) return checked;
  auto sequence = load_sequence(*rows_);
  if (!sequence) return sequence.error();
  auto complete = check_last_commit(*sequence);
  if (!complete) return complete;
  auto bodies = blobs::open(disk_, path("bodies"), *rows_, options_.bodies, *sequence);
  if (!bodies) return bodies.error();
  bodies_ = std::move(*bodies);
  auto area = staging::open(disk_, options_.staging_directory.empty() ? path("staging") : options_.staging_directory,
                            options_.arriving);
  if (!area) return area.error();
  arriving_ = std::move(*area);
  log_ = std::make_unique<local_commit_log>(disk_, *rows_, *bodies_, *arriving_, options_.reserve, *sequence);
  if (const int synced = disk_.sync_directory(options_.directory); synced < 0)
    return disk_failure(synced, "sync", options_.directory);
  return done{};
}

result<done, failure> store::check_last_commit(std::uint64_t sequence) {
  auto noted = read_last_commit(disk_, options_.directory);
  if (!noted) return noted.error();
  noted_commit_ = noted->value_or(0);
  if (sequence >= noted_commit_) return done{};
  return failure{fault_code::corrupt, path("index") + " holds " + std::to_string(sequence) + " commits, but " +
                                          std::to_string(noted_commit_) +
                                          " when it was closed: rows are lost; nothing was changed. Put back a copy of "
                                          "the directory, or run stagecoach verify --repair to go on without them"};
}

// Mail is private: nobody but the user of the server may read the directory, or be able to put another in its place.
result<done, failure> store::check_directory() {
  const std::string& directory = options_.directory;
  file_status found;
  if (const int seen = disk_.status(directory, found); seen < 0) return disk_failure(seen, "look at", directory);
  if (found.what == file_status::kind::none) {
    if (const int made = disk_.make_directory(directory); made < 0) return disk_failure(made, "create", directory);
    const auto parent = std::filesystem::path(directory).parent_path().string();
    const std::string above = parent.empty() ? "." : parent;
    if (const int synced = disk_.sync_directory(above); synced < 0) return disk_failure(synced, "sync", above);
    return done{};
  }
  if (found.what != file_status::kind::directory) return unsound(directory, "is not a directory (a symbolic link?)");
  if (found.owner != ::geteuid())
    return unsound(directory, "belongs to user " + std::to_string(found.owner) + ", but this is user " +
                                  std::to_string(::geteuid()));
  if ((found.mode & 077U) != 0)
    return unsound(directory, "is open to other users (mode " + octal(found.mode) + "): run chmod 700 on it");
  return done{};
}

result<done, failure> store::take_lock() {
  auto opened = file::open(disk_, path("LOCK"), O_RDWR | O_CREAT);
  if (!opened) return opened.error();
  auto locked = opened->lock();
  if (!locked && locked.error().code == fault_code::busy)
    return failure{fault_code::busy, options_.directory + " is in use by another stagecoach"};
  if (!locked) return locked;
  lock_.emplace(std::move(*opened));
  return done{};
}

// Apart from the row in the index, since LevelDB cannot be opened without writing.
result<done, failure> store::check_format_file() {
  auto opened = file::open(disk_, path("format"), O_RDONLY);
  if (!opened && opened.error().code != fault_code::not_found) return opened.error();
  if (!opened) {
    file_status rows;
    if (const int seen = disk_.status(path("index"), rows); seen < 0)
      return disk_failure(seen, "look at", path("index"));
    auto bodies = has_segments();
    if (!bodies) return bodies.error();
    if (*bodies || rows.what != file_status::kind::none)
      return unsound(options_.directory, "has an index or bodies, but no file named format: part of it is missing");
    return write_format_file();
  }
  std::string text(64, '\0');
  auto count = opened->read(std::span<char>(text), 0);
  if (!count) return count.error();
  const auto line = std::string_view(text).substr(0, *count);
  std::uint32_t version = 0;
  const bool is_ours = line.starts_with(format_line);
  const char* end = line.data() + line.size();
  if (!is_ours || std::from_chars(line.data() + format_line.size(), end, version).ec != std::errc() || version == 0)
    return unsound(path("format"), "does not say which format this is");
  if (version > format_version) return newer(options_.directory, version);
  return done{};
}

result<done, failure> store::write_format_file() {
  const std::string temporary = path("format.new");
  if (const int removed = disk_.remove(temporary); removed < 0 && removed != -ENOENT)
    return disk_failure(removed, "remove", temporary);
  auto opened = file::open(disk_, temporary, O_RDWR | O_CREAT | O_EXCL);
  if (!opened) return opened.error();
  auto written = opened->write(std::string(format_line) + std::to_string(format_version) + "\n", 0);
  if (written) written = opened->sync();
  if (!written) return written;
  if (const int renamed = disk_.rename(temporary, path("format")); renamed < 0)
    return disk_failure(renamed, "rename", temporary);
  if (const int synced = disk_.sync_directory(options_.directory); synced < 0)
    return disk_failure(synced, "sync", options_.directory);
  return done{};
}

result<bool, failure> store::has_segments() {
  std::vector<std::string> names;
  const int listed = disk_.list(path("bodies"), names);
  if (listed == -ENOENT) return false;
  if (listed < 0) return disk_failure(listed, "list", path("bodies"));
  return std::any_of(names.begin(), names.end(), [](const auto& name) { return parse_segment_name(name).has_value(); });
}

result<done, failure> store::check_format_row() {
  auto stored = rows_->get(format_key());
  if (!stored) return stored.error();
  if (*stored) {
    auto row = read_record<format_row>(**stored);
    if (!row || row->version == 0) return unsound(path("index"), "does not say which format it is");
    if (row->version > format_version) return newer(options_.directory, row->version);
    return done{};
  }
  auto bodies = has_segments();
  if (!bodies) return bodies.error();
  if (*bodies) return unsound(options_.directory, "has bodies, but an empty index: the index is missing");
  row_batch batch;
  batch.put(format_key(), write_record(format_row{format_version}));
  return rows_->write(std::move(batch));
}

}  // namespace stagecoach::store

#include "store/check/index_copy.hpp"

#include <fcntl.h>
#include <leveldb/db.h>
#include <leveldb/env.h>
#include <leveldb/filter_policy.h>
#include <leveldb/write_batch.h>

#include <filesystem>
#include <memory>
#include <mutex>
#include <string_view>

#include "store/check/sound_log.hpp"

namespace stagecoach::store {

namespace {

constexpr std::size_t copy_bytes = 1024 * 1024;

bool is_log(std::string_view name) { return name.ends_with(".log"); }
bool is_table(std::string_view name) { return name.ends_with(".ldb") || name.ends_with(".sst"); }
bool is_manifest(std::string_view name) { return name.starts_with("MANIFEST-"); }

std::string path_in(const std::string& folder, std::string_view name) {
  std::string path = folder;
  path.append("/").append(name);
  return path;
}

result<std::vector<std::string>, failure> names_in(files& disk, const std::string& folder) {
  std::vector<std::string> names;
  if (const int listed = disk.list(folder, names); listed < 0) return disk_failure(listed, "list", folder);
  return names;
}

result<done, failure> write_whole(files& disk, const std::string& path, std::string_view octets) {
  auto to = file::open(disk, path, O_RDWR | O_CREAT | O_EXCL);
  if (!to) return to.error();
  return to->write(octets, 0);
}

result<std::string, failure> read_whole(files& disk, const std::string& path) {
  auto from = file::open(disk, path, O_RDONLY);
  if (!from) return from.error();
  const auto size = from->size();
  if (!size) return size.error();
  std::string octets(*size, '\0');
  const auto count = from->read(std::span<char>(octets), 0);
  if (!count) return count.error();
  octets.resize(*count);
  return octets;
}

result<done, failure> copy_file(files& disk, const std::string& from_path, const std::string& to_path) {
  auto from = file::open(disk, from_path, O_RDONLY);
  if (!from) return from.error();
  auto to = file::open(disk, to_path, O_RDWR | O_CREAT | O_EXCL);
  if (!to) return to.error();
  std::string chunk(copy_bytes, '\0');
  for (std::uint64_t at = 0;;) {
    const auto count = from->read(std::span<char>(chunk), at);
    if (!count) return count.error();
    if (*count == 0) return done{};
    auto written = to->write(std::string_view(chunk).substr(0, *count), at);
    if (!written) return written;
    at += *count;
  }
}

result<done, failure> copy_sound_log(files& disk, const index_copy_order& order, const std::string& name,
                                     index_copy& into) {
  const auto octets = read_whole(disk, order.from + "/" + name);
  if (!octets) return octets.error();
  const auto sound = sound_part_of_log(*octets);
  if (sound.left_out > 0)
    into.left_out.push_back("go on without " + std::to_string(sound.left_out) + " octets of the log " + name +
                            ", whose checksums are wrong or which are cut off: the commits in them are lost");
  return write_whole(disk, order.to + "/" + name, sound.octets);
}

// Logs, tables, and the MANIFESTs if they are of use.
result<done, failure> copy_files(files& disk, const index_copy_order& order, bool with_manifests, index_copy& into) {
  const auto names = names_in(disk, order.from);
  if (!names) return names.error();
  if (const int made = disk.make_directory(order.to); made < 0) return disk_failure(made, "create", order.to);
  for (const auto& name : *names) {
    result<done, failure> copied = done{};
    if (is_log(name))
      copied = copy_sound_log(disk, order, name, into);
    else if (is_table(name) || (with_manifests && is_manifest(name)))
      copied = copy_file(disk, order.from + "/" + name, order.to + "/" + name);
    if (!copied) return copied;
  }
  return done{};
}

failure from_status(const leveldb::Status& status, const std::string& folder) {
  const std::string said = status.ToString();
  const bool is_full = said.find("No space left") != std::string::npos || said.find("quota") != std::string::npos;
  const auto code = is_full ? fault_code::full : status.IsCorruption() ? fault_code::corrupt : fault_code::disk;
  return {code, "cannot make a readable copy of the index in " + folder + ": " + said};
}

// RepairDB drops a log or a table that it cannot write anew, and says that all is well: here a write that failed is
// remembered.
class strict_env final : public leveldb::EnvWrapper {
 public:
  explicit strict_env(leveldb::Env* all) : EnvWrapper(all) {}

  leveldb::Status NewWritableFile(const std::string& path, leveldb::WritableFile** file) override {
    auto status = noted(target()->NewWritableFile(path, file));
    if (status.ok()) *file = new strict_file(*file, *this);
    return status;
  }
  leveldb::Status RenameFile(const std::string& from, const std::string& to) override {
    return noted(target()->RenameFile(from, to));
  }
  leveldb::Status first_failure() {
    const std::lock_guard hold(lock_);
    return first_;
  }

 private:
  class strict_file final : public leveldb::WritableFile {
   public:
    strict_file(leveldb::WritableFile* file, strict_env& env) : file_(file), env_(env) {}
    leveldb::Status Append(const leveldb::Slice& octets) override { return env_.noted(file_->Append(octets)); }
    leveldb::Status Close() override { return env_.noted(file_->Close()); }
    leveldb::Status Flush() override { return env_.noted(file_->Flush()); }
    leveldb::Status Sync() override { return env_.noted(file_->Sync()); }

   private:
    std::unique_ptr<leveldb::WritableFile> file_;
    strict_env& env_;
  };
  leveldb::Status noted(leveldb::Status status) {
    const std::lock_guard hold(lock_);
    if (first_.ok() && !status.IsNotFound()) first_ = status;  // what is to be renamed need not be there
    return status;
  }

  std::mutex lock_;
  leveldb::Status first_;
};

struct level_options {
  explicit level_options(const index_options& from)
      : env(from.env != nullptr ? from.env : leveldb::Env::Default()), filter(leveldb::NewBloomFilterPolicy(10)) {
    all.env = &env;
    all.paranoid_checks = true;
    all.write_buffer_size = from.write_buffer_bytes;
    all.max_open_files = static_cast<int>(from.open_files_max);
    all.filter_policy = filter.get();
    all.compression = leveldb::kSnappyCompression;
  }
  strict_env env;
  std::unique_ptr<const leveldb::FilterPolicy> filter;
  leveldb::Options all;
};

// RepairDB leaves all tables side by side, where a read of one row stops at the table with the highest number, which
// need not have its latest value: a table that a compaction wrote has a high number and old rows. Merged they agree.
result<done, failure> merge_tables(const std::string& folder, const leveldb::Options& options) {
  leveldb::DB* opened = nullptr;
  auto status = leveldb::DB::Open(options, folder, &opened);
  if (!status.ok()) return from_status(status, folder);
  const std::unique_ptr<leveldb::DB> database(opened);
  database->CompactRange(nullptr, nullptr);
  std::string side_by_side;
  if (database->GetProperty("leveldb.num-files-at-level0", &side_by_side) && side_by_side == "0") return done{};
  leveldb::WriteBatch nothing;
  status = database->Write(leveldb::WriteOptions(), &nothing);  // says why
  if (!status.ok()) return from_status(status, folder);
  return failure{fault_code::disk, "LevelDB has not merged the tables in " + folder};
}

// RepairDB puts what it could not read, or not whole, into a folder of its own.
result<done, failure> tell_lost_tables(files& disk, const index_copy_order& order, index_copy& into) {
  const std::string lost = order.to + "/lost";
  file_status found;
  if (const int seen = disk.status(lost, found); seen < 0) return disk_failure(seen, "look at", lost);
  if (found.what == file_status::kind::none) return done{};
  const auto names = names_in(disk, lost);
  if (!names) return names.error();
  for (const auto& name : *names)
    if (is_table(name)) into.left_out.push_back("go on without what cannot be read of the table " + name);
  return remove_folder(lost);
}

}  // namespace

result<done, failure> copy_as_it_is(files& disk, const index_copy_order& order) {
  const auto names = names_in(disk, order.from);
  if (!names) return names.error();
  if (const int made = disk.make_directory(order.to); made < 0) return disk_failure(made, "create", order.to);
  for (const auto& name : *names) {
    if (!is_log(name) && !is_table(name) && !is_manifest(name) && name != "CURRENT") continue;
    auto copied = copy_file(disk, order.from + "/" + name, order.to + "/" + name);
    if (!copied) return copied;
  }
  return done{};
}

result<index_copy, failure> copy_with_new_current(files& disk, const index_copy_order& order) {
  const auto names = names_in(disk, order.from);
  if (!names) return names.error();
  std::string newest;
  for (const auto& name : *names)
    if (is_manifest(name)) newest = name;  // six digits and more: one that is longer is newer, and sorts wrongly
  for (const auto& name : *names)
    if (is_manifest(name) && name.size() > newest.size()) newest = name;
  if (newest.empty()) return failure{fault_code::corrupt, order.from + " has no MANIFEST"};
  index_copy made;
  auto copied = copy_files(disk, order, true, made);
  if (copied) copied = write_whole(disk, order.to + "/CURRENT", newest + "\n");
  if (!copied) return copied.error();
  const auto rows = index::open(disk, order.to, order.options);
  if (!rows) return rows.error();
  const auto read = (*rows)->view().scan("", [](auto, auto) { return true; });
  if (!read) return read.error();
  return made;
}

result<index_copy, failure> copy_what_can_be_read(files& disk, const index_copy_order& order) {
  index_copy made;
  made.may_be_older = true;
  auto copied = copy_files(disk, order, false, made);
  if (!copied) return copied.error();
  level_options options(order.options);
  auto status = leveldb::RepairDB(order.to, options.all);
  if (status.ok()) status = options.env.first_failure();
  if (!status.ok()) return from_status(status, order.to);
  auto told = tell_lost_tables(disk, order, made);
  if (!told) return told.error();
  auto merged = merge_tables(order.to, options.all);
  if (!merged) return merged.error();
  return made;
}

result<std::uint64_t, failure> octets_in(files& disk, const std::string& folder) {
  const auto names = names_in(disk, folder);
  if (!names) return names.error();
  std::uint64_t octets = 0;
  for (const auto& name : *names) {
    file_status found;
    if (const int seen = disk.status(path_in(folder, name), found); seen < 0)
      return disk_failure(seen, "look at", path_in(folder, name));
    octets += found.size;
  }
  return octets;
}

result<done, failure> remove_folder(const std::string& folder) {
  std::error_code error;
  std::filesystem::remove_all(folder, error);
  if (error) return disk_failure(-error.value(), "remove", folder);
  return done{};
}

result<done, failure> sync_folder(files& disk, const std::string& folder) {
  const auto names = names_in(disk, folder);
  if (!names) return names.error();
  for (const auto& name : *names) {
    auto one = file::open(disk, path_in(folder, name), O_RDONLY);
    if (!one) return one.error();
    auto synced = one->sync();
    if (!synced) return synced;
  }
  if (const int synced = disk.sync_directory(folder); synced < 0) return disk_failure(synced, "sync", folder);
  return done{};
}

}  // namespace stagecoach::store

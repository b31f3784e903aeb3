#include "store/index.hpp"

#include <leveldb/cache.h>
#include <leveldb/db.h>
#include <leveldb/filter_policy.h>
#include <leveldb/write_batch.h>

#include <chrono>

#include "store/watching_env.hpp"

namespace stagecoach::store {

namespace {

using namespace std::chrono_literals;

constexpr auto wait_for_views = 5s;
constexpr std::uint64_t room_beside_logs = 256 * 1024;  // a manifest, LevelDB's own LOG, the table's index

leveldb::Slice slice_of(std::string_view text) { return {text.data(), text.size()}; }
std::string_view text_of(const leveldb::Slice& slice) { return {slice.data(), slice.size()}; }

leveldb::ReadOptions careful_read() {
  leveldb::ReadOptions options;
  options.verify_checksums = true;
  return options;
}

failure failed(const leveldb::Status& status, std::string_view verb, const std::string& directory) {
  const std::string said = status.ToString();
  std::string what = "cannot ";
  what.append(verb).append(" the index ").append(directory).append(": ").append(said);
  // LevelDB keeps the system's text, not its number.
  const bool is_full = said.find("No space left") != std::string::npos || said.find("quota") != std::string::npos;
  const bool is_held = said.find("lock") != std::string::npos;
  // How the system answers a read behind the end of a table that is shorter than it was.
  const bool is_cut = said.find("Invalid argument") != std::string::npos;
  const auto code = status.IsCorruption() || is_cut ? fault_code::corrupt
                    : is_full                       ? fault_code::full
                    : is_held                       ? fault_code::busy
                                                    : fault_code::disk;
  return {code, std::move(what)};
}

}  // namespace

row_batch::row_batch() : batch_(std::make_unique<leveldb::WriteBatch>()) {}
row_batch::~row_batch() = default;
row_batch::row_batch(row_batch&&) noexcept = default;
row_batch& row_batch::operator=(row_batch&&) noexcept = default;
void row_batch::put(std::string_view key, std::string_view value) { batch_->Put(slice_of(key), slice_of(value)); }
void row_batch::remove(std::string_view key) { batch_->Delete(slice_of(key)); }
std::size_t row_batch::bytes() const { return batch_->ApproximateSize(); }

// --- views ---

index_view::index_view(index_view&& other) noexcept
    : rows_(std::exchange(other.rows_, nullptr)),
      snapshot_(std::exchange(other.snapshot_, nullptr)),
      why_closed_(std::move(other.why_closed_)) {}

index_view::~index_view() {
  if (rows_ == nullptr || snapshot_ == nullptr) return;
  rows_->database_->ReleaseSnapshot(snapshot_);
  rows_->end_reading();
}

result<std::optional<std::string>, failure> index_view::get(std::string_view key) const {
  if (why_closed_) return *why_closed_;
  leveldb::ReadOptions options = careful_read();
  options.snapshot = snapshot_;
  std::string value;
  const auto status = rows_->database_->Get(options, slice_of(key), &value);
  if (status.IsNotFound()) return std::optional<std::string>();
  if (!status.ok()) return failed(status, "read", rows_->directory_);
  return std::optional(std::move(value));
}

result<done, failure> index_view::scan(std::string_view prefix, const row_visitor& visit) const {
  return scan_from(prefix, prefix, visit);
}

result<done, failure> index_view::scan_from(std::string_view from, std::string_view prefix,
                                            const row_visitor& visit) const {
  if (why_closed_) return *why_closed_;
  leveldb::ReadOptions options = careful_read();
  options.snapshot = snapshot_;
  const std::unique_ptr<leveldb::Iterator> at(rows_->database_->NewIterator(options));
  for (at->Seek(slice_of(from)); at->Valid() && at->key().starts_with(slice_of(prefix)); at->Next())
    if (!visit(text_of(at->key()), text_of(at->value()))) break;
  if (!at->status().ok()) return failed(at->status(), "read", rows_->directory_);
  return done{};
}

result<done, failure> index_view::scan_back(std::string_view prefix, const row_visitor& visit) const {
  if (why_closed_) return *why_closed_;
  leveldb::ReadOptions options = careful_read();
  options.snapshot = snapshot_;
  const std::unique_ptr<leveldb::Iterator> at(rows_->database_->NewIterator(options));
  std::string behind(prefix);  // the first key above all that begin with it
  while (!behind.empty() && behind.back() == '\xff') behind.pop_back();
  if (!behind.empty()) {
    ++behind.back();
    at->Seek(behind);
  }
  if (!behind.empty() && at->Valid())
    at->Prev();
  else
    at->SeekToLast();
  for (; at->Valid() && at->key().starts_with(slice_of(prefix)); at->Prev())
    if (!visit(text_of(at->key()), text_of(at->value()))) break;
  if (!at->status().ok()) return failed(at->status(), "read", rows_->directory_);
  return done{};
}

// --- the index ---

result<std::unique_ptr<index>, failure> index::open(files& disk, std::string directory, index_options options) {
  std::unique_ptr<index> rows(new index(disk, std::move(directory), options));
  auto opened = rows->open_database();
  if (!opened) return opened.error();
  return rows;
}

index::index(files& disk, std::string directory, index_options options)
    : disk_(disk),
      directory_(std::move(directory)),
      options_(options),
      env_(std::make_unique<watching_env>(options.env != nullptr ? options.env : leveldb::Env::Default())),
      filter_(leveldb::NewBloomFilterPolicy(10)),
      cache_(leveldb::NewLRUCache(options.cache_bytes)) {}

index::~index() = default;

result<done, failure> index::open_database() {
  leveldb::Options options;
  options.create_if_missing = true;
  options.paranoid_checks = true;
  options.env = env_.get();
  options.write_buffer_size = options_.write_buffer_bytes;
  options.max_open_files = static_cast<int>(options_.open_files_max);
  options.block_cache = cache_.get();
  options.filter_policy = filter_.get();
  options.compression = leveldb::kSnappyCompression;
  if (auto missing = missing_current()) return *missing;
  leveldb::DB* database = nullptr;
  const auto status = leveldb::DB::Open(options, directory_, &database);
  if (!status.ok()) return failed(status, "open", directory_);
  database_.reset(database);
  return done{};
}

// Without CURRENT LevelDB makes a new database, and then removes every table of the old one. It is the first file that
// a new one has, behind its first MANIFESTs.
std::optional<failure> index::missing_current() const {
  std::vector<std::string> names;
  if (env_->FileExists(directory_ + "/CURRENT") || !env_->GetChildren(directory_, &names).ok()) return std::nullopt;
  for (const auto& name : names) {
    std::uint64_t bytes = 0;  // a log that is empty may have come before CURRENT
    const bool is_log = name.ends_with(".log") && env_->GetFileSize(directory_ + "/" + name, &bytes).ok() && bytes > 0;
    const bool is_of_old = is_log || name.ends_with(".ldb") || name.ends_with(".sst") ||
                           (name.starts_with("MANIFEST-") && name > "MANIFEST-000002");
    if (is_of_old)
      return failure{fault_code::corrupt,
                     "cannot open the index " + directory_ + ": its file CURRENT is missing; nothing was changed"};
  }
  return std::nullopt;
}

std::optional<failure> index::begin_reading() {
  std::unique_lock hold(gate_);
  gate_moved_.wait(hold, [&] { return !is_closing_; });
  if (!database_) return why_closed_;
  ++readers_;
  return std::nullopt;
}

void index::end_reading() {
  const std::lock_guard hold(gate_);
  if (--readers_ == 0 && is_closing_) gate_moved_.notify_all();
}

result<std::optional<std::string>, failure> index::get(std::string_view key) {
  if (auto closed = begin_reading()) return *closed;
  std::string value;
  const auto status = database_->Get(careful_read(), slice_of(key), &value);
  end_reading();
  if (status.IsNotFound()) return std::optional<std::string>();
  if (!status.ok()) return failed(status, "read", directory_);
  return std::optional(std::move(value));
}

index_view index::view() {
  index_view view(*this);
  view.why_closed_ = begin_reading();
  if (!view.why_closed_) view.snapshot_ = database_->GetSnapshot();
  return view;
}

bool index::is_read_only() const { return env_->sync_has_failed(); }
std::uint64_t index::syncs() const { return env_->syncs(); }

result<bool, failure> index::make_writable() {
  const std::lock_guard one(writing_);
  return open_again_if_needed();
}

result<bool, failure> index::open_again_if_needed() {
  if (is_read_only())
    return failure{
        fault_code::disk,
        "the index " + directory_ + " is read-only: a sync of it failed; a new start recovers what was acknowledged"};
  if (!must_open_again_) return false;
  auto opened = open_again();
  if (!opened) return opened.error();
  must_open_again_ = false;
  return true;
}

result<done, failure> index::write(row_batch batch) {
  const std::lock_guard one(writing_);
  auto writable = open_again_if_needed();
  if (!writable) return writable.error();
  leveldb::WriteOptions options;
  options.sync = true;
  const auto status = database_->Write(options, batch.batch_.get());
  if (status.ok() && !is_read_only()) return done{};
  must_open_again_ = true;
  if (status.ok())
    return failure{fault_code::disk, "a sync of the index " + directory_ + " failed: it is read-only from now on"};
  return failed(status, "write", directory_);
}

// Opening writes the logs again, as tables. With less room than they take it would fail, and with it every reader; so
// the old one stays open, for reading, until there is.
bool index::has_room_to_open() const {
  std::vector<std::string> names;
  if (!env_->GetChildren(directory_, &names).ok()) return false;
  std::uint64_t needed = room_beside_logs;
  for (const auto& name : names) {
    std::uint64_t bytes = 0;
    if (name.ends_with(".log") && env_->GetFileSize(directory_ + "/" + name, &bytes).ok()) needed += bytes;
  }
  disk_space space;
  return disk_.space(directory_, space) == 0 && space.free_bytes >= needed;
}

result<done, failure> index::open_again() {
  if (!has_room_to_open())
    return failure{fault_code::full, "the index " + directory_ + " can be read but not written: the disk is full"};
  std::unique_lock hold(gate_);
  is_closing_ = true;
  const bool is_alone = gate_moved_.wait_for(hold, wait_for_views, [&] { return readers_ == 0; });
  result<done, failure> opened = failure{
      fault_code::busy, "the index " + directory_ + " cannot be opened again while a reader holds a view of it"};
  if (is_alone) {
    database_.reset();
    opened = open_database();
    if (opened) reopened_.fetch_add(1, std::memory_order_relaxed);
    if (!opened) why_closed_ = opened.error();
  }
  is_closing_ = false;
  gate_moved_.notify_all();
  return opened;
}

}  // namespace stagecoach::store

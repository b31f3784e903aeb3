#include "store/blobs.hpp"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <charconv>

#include "protocols/base/record.hpp"
#include "store/blob_recovery.hpp"
#include "store/keys.hpp"

namespace stagecoach::store {

namespace {

constexpr std::size_t open_files_max = 128;  // segments kept open for reading; beside LevelDB's 1,000
constexpr std::size_t copy_bytes = 1024 * 1024;

}  // namespace

std::string segment_name(std::uint32_t number) {
  std::string digits = std::to_string(number);
  return std::string(10 - digits.size(), '0') + digits + ".seg";
}

std::optional<std::uint32_t> parse_segment_name(std::string_view name) {
  std::uint32_t number = 0;
  if (name.size() != 14 || !name.ends_with(".seg")) return std::nullopt;
  const auto [end, error] = std::from_chars(name.data(), name.data() + 10, number);
  if (error != std::errc() || end != name.data() + 10 || number == 0) return std::nullopt;
  return number;
}

blobs::blobs(files& disk, std::string directory, index& rows, blob_options options)
    : disk_(disk), directory_(std::move(directory)), rows_(rows), options_(options) {}

result<std::unique_ptr<blobs>, failure> blobs::open(files& disk, std::string directory, index& rows,
                                                    blob_options options, std::uint64_t sequence) {
  if (const int made = disk.make_directory(directory); made < 0 && made != -EEXIST)
    return disk_failure(made, "create", directory);
  std::unique_ptr<blobs> bodies(new blobs(disk, std::move(directory), rows, options));
  auto recovered = blob_recovery(*bodies, sequence).run();
  if (!recovered) return recovered.error();
  return bodies;
}

std::string blobs::path_of(std::uint32_t segment) const { return directory_ + "/" + segment_name(segment); }

// --- reading ---

result<std::shared_ptr<const file>, failure> blobs::segment_file(std::uint32_t segment) {
  const std::lock_guard hold(files_lock_);
  auto& entry = files_[segment];
  entry.last_used = ++uses_;
  if (entry.segment) return entry.segment;
  auto opened = file::open(disk_, path_of(segment), O_RDONLY);
  if (!opened) {
    files_.erase(segment);
    return opened.error();
  }
  entry.segment = std::make_shared<const file>(std::move(*opened));
  auto found = entry.segment;
  if (files_.size() > open_files_max) {
    const auto oldest = std::min_element(files_.begin(), files_.end(), [](const auto& a, const auto& b) {
      return a.second.last_used < b.second.last_used;
    });
    files_.erase(oldest);  // a reader that is using it holds it open
  }
  return found;
}

result<std::string, failure> blobs::read_at(const blob_hash& hash, const blob_row& row, body_range range) {
  auto segment = segment_file(row.segment);
  if (!segment) return segment.error();
  return read_body(**segment, row.offset, {hash, row.size}, range);
}

result<std::string, failure> blobs::read(const blob_hash& hash, body_range range) {
  std::optional<blob_row> before;
  for (;;) {
    auto stored = rows_.get(blob_key(hash));
    if (!stored) return stored.error();
    if (!*stored) return failure{fault_code::not_found, "the body " + to_hex(hash) + " is not in the index"};
    auto row = read_record<blob_row>(**stored);
    if (!row) return failure{fault_code::corrupt, "the row of the body " + to_hex(hash) + " cannot be read"};
    auto octets = read_at(hash, *row, range);
    if (octets || octets.error().code != fault_code::not_found) return octets;
    // The rewriter may have moved it between the row and the file: then its row says so by now.
    if (before && before->segment == row->segment)
      return failure{fault_code::corrupt, "the body " + to_hex(hash) + " is lost: " + octets.error().what};
    before = *row;
  }
}

result<done, failure> blobs::verify(const blob_hash& hash, const blob_row& row) {
  body_range range{0, copy_bytes};
  do {
    auto octets = read_at(hash, row, range);
    if (!octets) return octets.error();
    range.offset += range.length;
  } while (range.offset < row.size);
  return done{};
}

// --- writing ---

segment_row blobs::row_of(std::uint32_t segment) const {
  if (const auto found = changed_.find(segment); found != changed_.end()) return found->second;
  const auto found = settled_.find(segment);
  return found != settled_.end() ? found->second : segment_row{};
}

segment_row& blobs::changed(std::uint32_t segment) {
  return changed_.try_emplace(segment, row_of(segment)).first->second;
}

result<done, failure> blobs::begin_segment() {
  const std::uint32_t number = last_number_ + 1;
  auto opened = file::open(disk_, path_of(number), O_RDWR | O_CREAT | O_EXCL);
  if (!opened) return opened.error();
  last_number_ = number;
  const auto header = encode_segment_header();
  auto written = opened->write(std::string_view(header.data(), header.size()), 0);
  if (!written) {
    (void)disk_.remove(path_of(number));
    return written;
  }
  open_number_ = number;
  open_file_ = std::make_shared<file>(std::move(*opened));
  open_end_ = settled_end_ = segment_header_bytes;
  must_sync_open_ = must_sync_directory_ = true;
  seal_all_but_open();
  return done{};
}

result<std::vector<body_place>, failure> blobs::append(std::span<const new_body> bodies, std::uint64_t sequence) {
  if (open_number_ == 0 || (open_end_ >= options_.segment_bytes_max && open_end_ == settled_end_)) {
    auto begun = begin_segment();
    if (!begun) return begun.error();
  }
  std::vector<body_place> places;
  std::vector<iovec> pieces;
  std::deque<block_cutter> cutters;
  std::vector<std::array<char, record_header_bytes>> headers(bodies.size());
  places.reserve(bodies.size());
  pieces.reserve(bodies.size() * 3);
  std::uint64_t end = open_end_;
  for (std::size_t i = 0; i < bodies.size(); ++i) {
    const auto& body = bodies[i];
    headers[i] = encode_record_header({body.hash, body.octets.size(), sequence});
    pieces.push_back({headers[i].data(), headers[i].size()});
    cutters.emplace_back();
    cutters.back().add(body.octets, pieces);
    cutters.back().end(pieces);
    places.push_back({open_number_, end});
    end += record_bytes(body.octets.size());
  }
  must_sync_open_ = true;
  auto written = open_file_->write(pieces, open_end_);
  if (!written) return written.error();
  auto& row = changed(open_number_);
  row.live_bytes += end - open_end_;
  row.bytes = open_end_ = end;
  return places;
}

result<body_place, failure> blobs::adopt(const staged& body) {
  CHECK_STORE(body.is_synced());
  const std::uint32_t number = ++last_number_;
  const std::string path = path_of(number);
  const int linked = disk_.link(body.on_disk().path(), path);
  if (linked == -ENOENT) return disk_failure(linked, "link", body.on_disk().path());
  if (linked < 0) {
    auto copied = copy_as_segment(body.on_disk(), path);
    if (!copied) return copied.error();
  }
  adopted_.push_back(number);
  must_sync_directory_ = true;
  const std::uint64_t live = record_bytes(body.body().size);
  changed(number) = {segment_header_bytes + live, live, true, false};
  return body_place{number, segment_header_bytes};
}

result<done, failure> blobs::copy_as_segment(const file& from, const std::string& path) {
  auto opened = file::open(disk_, path, O_RDWR | O_CREAT | O_EXCL);
  if (!opened) return opened.error();
  std::string chunk(copy_bytes, '\0');
  std::uint64_t at = 0;
  result<done, failure> copied = done{};
  while (copied) {
    auto count = from.read(std::span<char>(chunk), at);
    if (!count) copied = count.error();
    if (!count || *count == 0) break;
    copied = opened->write(std::string_view(chunk).substr(0, *count), at);
    at += *count;
  }
  if (copied) {
    syncs_.fetch_add(1, std::memory_order_relaxed);
    copied = opened->sync();
  }
  if (!copied) (void)disk_.remove(path);
  return copied;
}

void blobs::drop(const blob_row& row) {
  auto& segment = changed(row.segment);
  segment.live_bytes -= std::min(segment.live_bytes, record_bytes(row.size));
}

result<done, failure> blobs::sync() {
  if (must_sync_open_) {
    syncs_.fetch_add(1, std::memory_order_relaxed);
    auto synced = open_file_->sync();
    if (!synced) return synced;
    must_sync_open_ = false;
  }
  if (must_sync_directory_) {
    syncs_.fetch_add(1, std::memory_order_relaxed);
    if (const int synced = disk_.sync_directory(directory_); synced < 0)
      return disk_failure(synced, "sync", directory_);
    must_sync_directory_ = false;
  }
  return done{};
}

void blobs::put_rows(row_batch& batch) const {
  for (const auto& [number, row] : changed_) batch.put(segment_key(number), write_record(row));
  for (const auto number : forgotten_) batch.remove(segment_key(number));
}

void blobs::settle() {
  for (const auto& [number, row] : changed_) settled_[number] = row;
  for (const auto number : forgotten_) settled_.erase(number);
  forgotten_.clear();
  for (const auto number : buried_) {
    remove_segment(number);
    forgotten_.push_back(number);
  }
  buried_.clear();
  changed_.clear();
  adopted_.clear();
  settled_end_ = open_end_;
}

void blobs::undo() {
  for (const auto number : adopted_) (void)disk_.remove(path_of(number));
  adopted_.clear();
  buried_.clear();
  changed_.clear();
  seal_all_but_open();
  if (!open_file_) return;
  // Also octets of a write that failed half way are behind the settled end. If they cannot be cut the segment is left
  // as it is: what follows its settled end is never read.
  if (open_file_->truncate(settled_end_)) {
    open_end_ = settled_end_;
  } else {
    if (!settled_.contains(open_number_)) (void)disk_.remove(path_of(open_number_));
    open_file_.reset();
    open_number_ = 0;
    must_sync_open_ = false;
    seal_all_but_open();
  }
}

// The index was opened again after a write of unknown outcome: what it says now holds. Records that it does not know
// stay in the open segment as dead octets, since nothing that it may know must be cut.
result<done, failure> blobs::reload() {
  auto loaded = load_segment_rows(rows_);
  if (!loaded) return loaded.error();
  auto rows = std::move(*loaded);
  for (const auto number : adopted_)
    if (!rows.contains(number)) (void)disk_.remove(path_of(number));
  for (const auto number : buried_)
    if (const auto found = rows.find(number); found != rows.end() && found->second.is_dead) {
      remove_segment(number);
      forgotten_.push_back(number);
    }
  adopted_.clear();
  buried_.clear();
  changed_.clear();
  settled_ = std::move(rows);
  settled_end_ = open_end_;
  if (open_number_ != 0) changed(open_number_).bytes = open_end_;
  seal_all_but_open();
  return done{};
}

void blobs::seal_all_but_open() {
  for (const auto& [number, row] : settled_)
    if (!row.is_sealed && !row.is_dead && number != open_number_) changed(number).is_sealed = true;
}

// --- rewriting ---

std::optional<std::uint32_t> blobs::mostly_dead() const {
  std::optional<std::uint32_t> best;
  std::uint64_t fewest = 0;
  for (const auto& [number, row] : settled_) {
    if (!row.is_sealed || row.is_dead || row.live_bytes * 2 >= row.bytes) continue;
    if (std::find(left_alone_.begin(), left_alone_.end(), number) != left_alone_.end()) continue;
    if (best && row.live_bytes >= fewest) continue;
    best = number;
    fewest = row.live_bytes;
  }
  return best;
}

void blobs::bury(std::uint32_t segment) {
  changed(segment).is_dead = true;
  buried_.push_back(segment);
}

void blobs::leave_alone(std::uint32_t segment) { left_alone_.push_back(segment); }

void blobs::remove_segment(std::uint32_t segment) {
  (void)disk_.remove(path_of(segment));  // a file that stays is removed at the next start: its row says that it is dead
  const std::lock_guard hold(files_lock_);
  files_.erase(segment);
}

}  // namespace stagecoach::store

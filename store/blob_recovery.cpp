#include "store/blob_recovery.hpp"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>

#include "protocols/base/record.hpp"
#include "store/blobs.hpp"
#include "store/keys.hpp"
#include "store/segment.hpp"

namespace stagecoach::store {

result<std::map<std::uint32_t, segment_row>, failure> load_segment_rows(index& rows) {
  std::map<std::uint32_t, segment_row> found;
  bool is_readable = true;
  const auto view = rows.view();
  auto scanned = view.scan(segments_prefix(), [&](std::string_view key, std::string_view value) {
    const auto number = parse_segment_key(key);
    auto row = read_record<segment_row>(value);
    is_readable = number && row;
    if (is_readable) found.emplace(*number, *row);
    return is_readable;
  });
  if (!scanned) return scanned.error();
  if (!is_readable) return failure{fault_code::corrupt, "the row of a segment in the index cannot be read"};
  return found;
}

result<done, failure> blob_recovery::run() {
  auto rows = load_segment_rows(bodies_.rows_);
  if (!rows) return rows.error();
  rows_ = std::move(*rows);
  auto seen = look();
  if (!seen) return seen;
  return act();
}

void blob_recovery::note(std::uint32_t number, const std::string& what) {
  bodies_.notes_.push_back(bodies_.path_of(number) + ": " + what);
}

result<done, failure> blob_recovery::look() {
  std::vector<std::string> names;
  if (const int listed = bodies_.disk_.list(bodies_.directory_, names); listed < 0)
    return disk_failure(listed, "list", bodies_.directory_);
  const std::uint32_t last_row = rows_.empty() ? 0 : rows_.rbegin()->first;
  bodies_.last_number_ = last_row;
  for (const auto& name : names) {
    const auto number = parse_segment_name(name);
    if (!number || rows_.contains(*number)) continue;
    bodies_.last_number_ = std::max(bodies_.last_number_, *number);
    if (*number < last_row) {
      note(*number, "the index does not know this segment; it was left alone");
    } else if (auto looked = look_at_remnant(*number); !looked) {
      return looked;
    }
  }
  for (const auto& [number, row] : rows_) {
    if (row.is_dead) dead_.push_back(number);
    if (row.is_dead || row.is_sealed) continue;
    if (auto looked = look_at_tail(number, row); !looked) return looked;
  }
  return done{};
}

// Whole records from `from` on. One that was written when there were more commits than the index holds now is proof
// that the index lost some, for each record is written after the commit it names.
result<std::uint64_t, failure> blob_recovery::scan(const file& segment, std::uint64_t from) const {
  std::uint64_t newest = 0;
  auto end = scan_records(segment, from, [&](std::uint64_t, const record_header& header) {
    newest = std::max(newest, header.sequence);
    return true;
  });
  if (end && newest > sequence_)
    return failure{fault_code::corrupt,
                   "the index holds " + std::to_string(sequence_) + " commits, but " + segment.path() +
                       " was written after commit " + std::to_string(newest) +
                       ": the index has lost acknowledged commits, or is an older copy; nothing was changed"};
  return end;
}

result<done, failure> blob_recovery::look_at_remnant(std::uint32_t number) {
  auto opened = file::open(bodies_.disk_, bodies_.path_of(number), O_RDONLY);
  if (!opened) return opened.error();
  if (auto header = check_segment_header(*opened); header) {
    auto scanned = scan(*opened, segment_header_bytes);
    if (!scanned) return scanned.error();
  } else if (header.error().code != fault_code::corrupt) {
    return header;
  }
  remnants_.push_back(number);
  return done{};
}

result<done, failure> blob_recovery::look_at_tail(std::uint32_t number, const segment_row& row) {
  tail found;
  found.number = number;
  auto opened = file::open(bodies_.disk_, bodies_.path_of(number), O_RDWR);
  if (!opened && opened.error().code != fault_code::not_found) return opened.error();
  if (!opened) {
    note(number, "the file is gone; its bodies are lost");
    tails_.push_back(std::move(found));
    return done{};
  }
  auto header = check_segment_header(*opened);
  if (!header && header.error().code != fault_code::corrupt) return header;
  auto size = opened->size();
  if (!size) return size.error();
  found.size = *size;
  if (!header || found.size < row.bytes) {
    note(number, "the file is damaged or shorter than the index says; nothing is appended to it any more");
  } else {
    auto end = scan(*opened, row.bytes);
    if (!end) return end.error();
    found.end = *end;
    found.is_usable = true;
  }
  found.segment.emplace(std::move(*opened));
  tails_.push_back(std::move(found));
  return done{};
}

result<done, failure> blob_recovery::act() {
  bodies_.settled_ = std::move(rows_);
  for (const auto number : dead_) {
    bodies_.remove_segment(number);
    bodies_.forgotten_.push_back(number);
  }
  for (const auto number : remnants_) {
    if (const int removed = bodies_.disk_.remove(bodies_.path_of(number)); removed < 0)
      return disk_failure(removed, "remove", bodies_.path_of(number));
    note(number, "removed, it belongs to a commit that was never acknowledged");
  }
  for (auto& one : tails_) {
    if (one.is_usable)
      if (auto done_cutting = cut(one); !done_cutting) return done_cutting;
  }
  // The newest that can still grow goes on growing.
  for (auto one = tails_.rbegin(); one != tails_.rend() && bodies_.open_number_ == 0; ++one) {
    if (!one->is_usable || one->end >= bodies_.options_.segment_bytes_max) continue;
    bodies_.open_number_ = one->number;
    bodies_.open_file_ = std::make_shared<file>(std::move(*one->segment));
    bodies_.open_end_ = bodies_.settled_end_ = one->end;
    bodies_.must_sync_open_ = true;
  }
  bodies_.seal_all_but_open();
  return done{};
}

result<done, failure> blob_recovery::cut(const tail& one) {
  const std::uint64_t known = bodies_.settled_[one.number].bytes;
  if (one.end > known) {
    note(one.number, std::to_string(one.end - known) + " octets of commits that were never acknowledged; unused");
    bodies_.changed(one.number).bytes = one.end;
  }
  if (one.end == one.size) return done{};
  note(one.number, "cut " + std::to_string(one.size - one.end) + " octets of an unfinished write");
  return one.segment->truncate(one.end);
}

}  // namespace stagecoach::store

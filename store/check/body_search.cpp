#include "store/check/body_search.hpp"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>

#include "store/blobs.hpp"
#include "store/segment.hpp"

namespace stagecoach::store {

namespace {

constexpr std::size_t search_bytes = 64 * 1024;

// The next place from `from` on where the header of a record stands; the end of the file when there is none.
result<std::uint64_t, failure> next_header(const file& segment, std::uint64_t from, std::uint64_t size) {
  std::string chunk(search_bytes + record_header_bytes, '\0');
  for (std::uint64_t at = from; at < size; at += search_bytes) {
    const auto count = segment.read(std::span<char>(chunk), at);
    if (!count) return count.error();
    const auto seen = std::string_view(chunk).substr(0, *count);
    for (std::size_t i = 0; i < std::min(seen.size(), search_bytes); ++i)
      if (seen[i] == 'S' && decode_record_header(seen.substr(i))) return at + i;
  }
  return size;
}

result<done, failure> search(const file& segment, std::uint32_t number, found_bodies& into) {
  const auto size = segment.size();
  if (!size) return size.error();
  auto& last = into.segments[number] = std::min<std::uint64_t>(*size, segment_header_bytes);
  for (std::uint64_t from = segment_header_bytes; from < *size;) {
    const auto end = scan_records(segment, from, [&](std::uint64_t at, const record_header& header) {
      // Behind damage a record may be the text of a mail that was made to look like one. What it says is looked at
      // last, and its number of commits not at all.
      const bool is_believed = from == segment_header_bytes;
      auto& all = into.places[header.hash];
      all.insert(is_believed ? all.begin() : all.end(), {number, at, header.size, 0});
      if (is_believed) into.newest_sequence = std::max(into.newest_sequence, header.sequence);
      last = at + record_bytes(header.size);
      return true;
    });
    if (!end) return end.error();
    const auto next = next_header(segment, *end + 1, *size);
    if (!next) return next.error();
    from = *next;
  }
  return done{};
}

}  // namespace

result<found_bodies, failure> find_bodies(files& disk, const std::string& folder) {
  found_bodies found;
  std::vector<std::string> names;
  const int listed = disk.list(folder, names);
  if (listed == -ENOENT) return found;
  if (listed < 0) return disk_failure(listed, "list", folder);
  for (const auto& name : names) {
    const auto number = parse_segment_name(name);
    if (!number) continue;
    const auto segment = file::open(disk, folder + "/" + name, O_RDONLY);
    if (!segment) return segment.error();
    auto searched = search(*segment, *number, found);
    if (!searched) return searched.error();
  }
  return found;
}

}  // namespace stagecoach::store

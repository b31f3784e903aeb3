#include "store/segment_rewriter.hpp"

namespace stagecoach::store {

namespace {

constexpr std::uint64_t slice_bytes =
    1024 * 1024;                     // as much as a group of commits: what waits behind it waits no longer
constexpr int slice_records = 4096;  // dead ones cost a look into the index each

}  // namespace

result<segment_rewriter::slice, failure> segment_rewriter::copy_some(std::uint64_t sequence) {
  copied_ = 0;
  if (segment_ == 0) {
    const auto chosen = bodies_.mostly_dead();
    if (!chosen) return slice::none;
    segment_ = *chosen;
    at_ = segment_header_bytes;
  }
  std::vector<live_body> live;
  auto gathered = gather(live);
  if (!gathered) return gathered.error();
  if (!*gathered) {  // damaged: what is alive in it stays where it is
    bodies_.leave_alone(segment_);
    segment_ = 0;
    return slice::unchanged;
  }
  if (!live.empty()) {
    std::vector<new_body> bodies;
    bodies.reserve(live.size());
    for (const auto& one : live) bodies.push_back({one.hash, one.octets});
    auto places = bodies_.append(bodies, sequence);
    if (!places) return places.error();
    for (std::size_t i = 0; i < live.size(); ++i) {
      auto& one = live[i];
      bodies_.drop(one.row);
      one.row.segment = (*places)[i].segment;
      one.row.offset = (*places)[i].offset;
      ledger_.put(one.hash, one.row);
      copied_ += one.row.size;
    }
  }
  if (is_last_) bodies_.bury(segment_);
  if (is_last_ || !live.empty()) return slice::changed;
  at_ = next_;
  return slice::unchanged;
}

// The live bodies of the next slice. False: the segment cannot be walked or read to its end.
result<bool, failure> segment_rewriter::gather(std::vector<live_body>& live) {
  auto segment = bodies_.segment_file(segment_);
  if (!segment && segment.error().code == fault_code::not_found) return false;
  if (!segment) return segment.error();
  const std::uint64_t end = bodies_.row_of(segment_).bytes;
  std::uint64_t bytes = 0;
  int records = 0;
  next_ = at_;
  while (next_ < end && bytes < slice_bytes && records++ < slice_records) {
    std::array<char, record_header_bytes> octets{};
    auto count = (*segment)->read(std::span<char>(octets), next_);
    if (!count) return count.error();
    const auto header = decode_record_header({octets.data(), *count});
    if (!header || header->size > end - next_ || record_bytes(header->size) > end - next_) return false;
    auto row = ledger_.find(header->hash);
    if (!row) return row.error();
    if (*row && (*row)->segment == segment_ && (*row)->offset == next_) {
      auto body = bodies_.read_at(header->hash, **row, {0, header->size});
      if (!body && body.error().code == fault_code::corrupt) return false;
      if (!body) return body.error();
      bytes += header->size;
      live.push_back({header->hash, **row, std::move(*body)});
    }
    next_ += record_bytes(header->size);
  }
  is_last_ = next_ >= end;
  return true;
}

void segment_rewriter::settled() {
  at_ = next_;
  if (is_last_) segment_ = 0;
}

void segment_rewriter::undone() { next_ = at_; }

}  // namespace stagecoach::store

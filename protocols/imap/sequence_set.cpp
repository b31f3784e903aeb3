#include "protocols/imap/sequence_set.hpp"

#include <algorithm>
#include <limits>

namespace stagecoach::imap {

namespace {

std::uint32_t take_number(reader& in) {
  if (in.skip('*')) return 0;
  const auto number = in.number(std::numeric_limits<std::uint32_t>::max(), "not a message number");
  if (number == 0) in.fail(fault_code::out_of_range, "message numbers start at 1");
  return static_cast<std::uint32_t>(number);
}

void put_number(std::string& out, std::uint32_t number) {
  if (number == 0) {
    out += '*';
  } else {
    out += std::to_string(number);
  }
}

void put_range(std::string& out, std::uint32_t first, std::uint32_t last) {
  if (!out.empty()) out += ',';
  put_number(out, first);
  if (first == last) return;
  out += ':';
  put_number(out, last);
}

}  // namespace

std::vector<number_range> resolve(const sequence_set& set, std::uint32_t largest) {
  std::vector<number_range> sorted;
  sorted.reserve(set.ranges.size());
  for (const auto& range : set.ranges) {
    const std::uint32_t a = range.first == 0 ? largest : range.first;
    const std::uint32_t b = range.last == 0 ? largest : range.last;
    sorted.push_back({std::min(a, b), std::max(a, b)});
  }
  std::sort(sorted.begin(), sorted.end(),
            [](const number_range& a, const number_range& b) { return a.first < b.first; });
  // Those that touch become one, in place.
  std::size_t merged = 0;
  for (const auto& range : sorted) {
    if (merged > 0 && range.first <= std::uint64_t{sorted[merged - 1].last} + 1) {
      sorted[merged - 1].last = std::max(sorted[merged - 1].last, range.last);
    } else {
      sorted[merged++] = range;
    }
  }
  sorted.resize(merged);
  return sorted;
}

sequence_set take_sequence_set(reader& in) {
  sequence_set set;
  set.is_saved = in.skip('$');
  if (set.is_saved) return set;
  do {
    sequence_range range;
    range.first = take_number(in);
    range.last = in.skip(':') ? take_number(in) : range.first;
    set.ranges.push_back(range);
  } while (in.skip(','));
  if (!in.ok()) set = {};
  return set;
}

std::string write_sequence_set(const sequence_set& set) {
  std::string out(set.is_saved ? "$" : "");
  for (const auto& range : set.ranges) put_range(out, range.first, range.last);
  return out;
}

std::string write_ranges(const std::vector<number_range>& ranges) {
  std::string out;
  for (const auto& range : ranges) put_range(out, range.first, range.last);
  return out;
}

std::string write_uids_in_order(const std::vector<uid>& uids) {
  std::string out;
  for (std::size_t at = 0; at < uids.size();) {
    std::size_t end = at + 1;
    while (end < uids.size() && uids[end].value == std::uint64_t{uids[end - 1].value} + 1) ++end;
    put_range(out, uids[at].value, uids[end - 1].value);
    at = end;
  }
  return out;
}

}  // namespace stagecoach::imap

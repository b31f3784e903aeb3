#include "protocols/base/uid_set.hpp"

#include <algorithm>

namespace stagecoach {

namespace {
// The first range that ends at or after `one`.
auto range_at(const std::vector<uid_range>& ranges, uid one) {
  return std::lower_bound(ranges.begin(), ranges.end(), one, [](const uid_range& r, uid u) { return r.last < u; });
}
}  // namespace

void uid_set::add(uid_range range) {
  if (range.first.value == 0) range.first.value = 1;
  if (range.last < range.first) return;
  if (ranges_.empty() || std::uint64_t{ranges_.back().last.value} + 1 < range.first.value) {
    ranges_.push_back(range);
    return;
  }
  // From the first range that touches the new one to the first that does not, all become one.
  const auto from = std::lower_bound(ranges_.begin(), ranges_.end(), range.first, [](const uid_range& r, uid u) {
    return std::uint64_t{r.last.value} + 1 < u.value;
  });
  auto to = from;
  while (to != ranges_.end() && to->first.value <= std::uint64_t{range.last.value} + 1) {
    range.first = std::min(range.first, to->first);
    range.last = std::max(range.last, to->last);
    ++to;
  }
  if (from == to) {
    ranges_.insert(from, range);
  } else {
    *from = range;
    ranges_.erase(from + 1, to);
  }
}

void uid_set::remove(uid one) {
  const auto found = range_at(ranges_, one);
  if (found == ranges_.end() || one < found->first) return;
  const auto at = ranges_.begin() + (found - ranges_.begin());
  const uid_range range = *at;
  if (range.first == range.last) {
    ranges_.erase(at);
  } else if (one == range.first) {
    at->first = one.next();
  } else if (one == range.last) {
    at->last.value = one.value - 1;
  } else {
    at->last.value = one.value - 1;
    ranges_.insert(at + 1, uid_range{one.next(), range.last});
  }
}

bool uid_set::contains(uid one) const {
  const auto found = range_at(ranges_, one);
  return found != ranges_.end() && found->first <= one;
}

std::uint64_t uid_set::size() const {
  std::uint64_t total = 0;
  for (const auto& range : ranges_) total += std::uint64_t{range.last.value} - range.first.value + 1;
  return total;
}

bool uid_set::is_valid() const {
  std::uint64_t free_from = 1;
  for (const auto& range : ranges_) {
    if (range.first.value < free_from || range.last < range.first) return false;
    free_from = std::uint64_t{range.last.value} + 2;
  }
  return true;
}

uid_set uid_set::intersection(const uid_set& other) const {
  uid_set common;
  auto a = ranges_.begin();
  auto b = other.ranges_.begin();
  while (a != ranges_.end() && b != other.ranges_.end()) {
    const uid_range both{std::max(a->first, b->first), std::min(a->last, b->last)};
    if (both.first <= both.last) common.ranges_.push_back(both);
    if (a->last < b->last)
      ++a;
    else
      ++b;
  }
  return common;
}

}  // namespace stagecoach

#include "protocols/imap/uid_map.hpp"

#include <algorithm>

namespace stagecoach::imap {

uid_map::uid_map(const uid_set& uids) { append(uids); }

uid uid_map::last() const { return uid{runs_.empty() ? 0 : runs_.back().last}; }

void uid_map::push(std::uint32_t first, std::uint32_t last) {
  if (!runs_.empty() && std::uint64_t{runs_.back().last} + 1 == first) {
    runs_.back().last = last;
  } else {
    runs_.push_back({first, last, size_ + 1});
  }
  size_ += last - first + 1;
}

// The first run that ends at or after this UID.
std::vector<uid_map::run>::const_iterator uid_map::run_of(std::uint32_t uid_value) const {
  return std::lower_bound(runs_.begin(), runs_.end(), uid_value,
                          [](const run& r, std::uint32_t value) { return r.last < value; });
}

std::uint32_t uid_map::number_of(uid one) const {
  const auto at = run_of(one.value);
  if (at == runs_.end() || one.value < at->first) return 0;
  return at->number + (one.value - at->first);
}

uid uid_map::at(std::uint32_t number) const {
  CHECK(number >= 1 && number <= size_);
  const auto after = std::upper_bound(runs_.begin(), runs_.end(), number,
                                      [](std::uint32_t value, const run& r) { return value < r.number; });
  const run& found = *std::prev(after);
  return uid{found.first + (number - found.number)};
}

void uid_map::append(const uid_set& added) {
  for (const auto& range : added.ranges()) {
    const std::uint32_t first = std::max(range.first.value, last().value + 1);
    if (last().value < range.last.value) push(first, range.last.value);
  }
}

std::vector<std::uint32_t> uid_map::remove(const uid_set& gone) {
  std::vector<std::uint32_t> told;
  const auto here = gone.intersection(all());
  if (here.empty()) return told;
  told.reserve(static_cast<std::size_t>(here.size()));
  uid_map left;
  auto cut = here.ranges().begin();
  for (const auto& r : runs_) {
    std::uint64_t at = r.first;
    for (; cut != here.ranges().end() && cut->first.value <= r.last; ++cut) {
      // Adjacent runs are one run, so a cut never crosses the end of one.
      if (at < cut->first.value) left.push(static_cast<std::uint32_t>(at), cut->first.value - 1);
      for (std::uint64_t i = cut->first.value; i <= cut->last.value; ++i) told.push_back(left.size_ + 1);
      at = std::uint64_t{cut->last.value} + 1;
    }
    if (at <= r.last) left.push(static_cast<std::uint32_t>(at), r.last);
  }
  *this = std::move(left);
  return told;
}

void uid_map::add_numbers(uid_set& out, number_range range) const {
  auto at = std::upper_bound(runs_.begin(), runs_.end(), range.first,
                             [](std::uint32_t number, const run& r) { return number < r.number; });
  for (--at; at != runs_.end() && at->number <= range.last; ++at) {
    const std::uint32_t last_number = at->number + (at->last - at->first);
    const std::uint32_t from = std::max(range.first, at->number);
    const std::uint32_t to = std::min(range.last, last_number);
    out.add(uid_range{uid{at->first + (from - at->number)}, uid{at->first + (to - at->number)}});
  }
}

std::optional<uid_set> uid_map::by_number(const sequence_set& set) const {
  if (size_ == 0) return std::nullopt;
  uid_set out;
  for (const auto& range : resolve(set, size_)) {
    if (range.last > size_) return std::nullopt;
    add_numbers(out, range);
  }
  return out;
}

uid_set uid_map::by_uid(const sequence_set& set) const {
  uid_set out;
  if (size_ == 0) return out;
  for (const auto& range : resolve(set, last().value))
    for (auto at = run_of(range.first); at != runs_.end() && at->first <= range.last; ++at)
      out.add(uid_range{uid{std::max(range.first, at->first)}, uid{std::min(range.last, at->last)}});
  return out;
}

uid_set uid_map::all() const {
  uid_set out;
  for (const auto& r : runs_) out.add(uid_range{uid{r.first}, uid{r.last}});
  return out;
}

uid_set uid_map::between(uid first, uid last) const {
  uid_set asked;
  asked.add(uid_range{first, last});
  return asked.intersection(all());
}

}  // namespace stagecoach::imap

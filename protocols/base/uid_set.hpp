// A set of UIDs as ranges: sorted, disjoint, not adjacent, so that equal sets have one form and a mailbox of a million
// consecutive UIDs is one range. UID 0 is never in a set.
#pragma once

#include <cstdint>
#include <vector>

#include "protocols/base/described.hpp"
#include "protocols/base/ids.hpp"

namespace stagecoach {

struct uid_range {
  uid first;
  uid last;  // inclusive, not below first
  static constexpr auto fields =
      described(field(1, "first", &uid_range::first), field(2, "last", &uid_range::last, "inclusive"));
  friend bool operator==(const uid_range&, const uid_range&) = default;
};

class uid_set {
  std::vector<uid_range> ranges_;  // first, because `fields` below names it

 public:
  uid_set() = default;

  // Any order, any overlap; appending in ascending order is O(1).
  void add(uid one) { add(uid_range{one, one}); }
  void add(uid_range range);
  void remove(uid one);

  [[nodiscard]] bool contains(uid one) const;
  [[nodiscard]] bool empty() const { return ranges_.empty(); }
  [[nodiscard]] std::uint64_t size() const;
  [[nodiscard]] const std::vector<uid_range>& ranges() const { return ranges_; }
  [[nodiscard]] uid_set intersection(const uid_set& other) const;

  // In ascending order.
  template <class Visit>
  void for_each(Visit visit) const {
    for (const auto& range : ranges_)
      for (std::uint64_t value = range.first.value; value <= range.last.value; ++value)
        visit(uid{static_cast<std::uint32_t>(value)});
  }

  // Of a set that came from outside: its ranges are as this class keeps them.
  [[nodiscard]] bool is_valid() const;

  static constexpr auto fields = described(field(1, "ranges", &uid_set::ranges_, "sorted, disjoint, not adjacent"));
  friend bool operator==(const uid_set&, const uid_set&) = default;
};

}  // namespace stagecoach

// Sequence sets: what is read is written and read again the same, and what it means is sorted, within the mailbox, and
// what a plain count says.
#include <cstdlib>
#include <set>

#include "protocols/imap/uid_map.hpp"

using namespace stagecoach;
using namespace stagecoach::imap;

namespace {

void demand(bool holds) {
  if (!holds) std::abort();
}

void check_meaning(const sequence_set& set) {
  constexpr std::uint32_t size = 20;
  uid_set uids;
  for (std::uint32_t i = 1; i <= size; ++i) uids.add(uid{i * 3});
  const uid_map map(uids);
  std::set<std::uint32_t> numbers;
  bool is_within = true;
  for (const auto& range : set.ranges) {
    const auto a = range.first == 0 ? size : range.first;
    const auto b = range.last == 0 ? size : range.last;
    is_within = is_within && a <= size && b <= size;
    for (auto i = std::min(a, b); i <= std::min(std::max(a, b), size); ++i) numbers.insert(i);
  }
  const auto named = map.by_number(set);
  demand(named.has_value() == is_within);
  if (!named) return;
  demand(named->size() == numbers.size());
  for (const auto number : numbers) demand(named->contains(uid{number * 3}));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  reader in(text);
  const auto set = take_sequence_set(in);
  if (!in.ok()) return 0;
  const auto written = write_sequence_set(set);
  reader again(written);
  demand(take_sequence_set(again) == set && again.at_end());
  check_meaning(set);
  return 0;
}

#include "protocols/imap/search_program.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "protocols/imap/date_time.hpp"
#include "protocols/imap/limits.hpp"

namespace stagecoach::imap {

namespace {

bool in_ranges(const std::vector<number_range>& ranges, std::uint32_t number) {
  const auto at = std::lower_bound(ranges.begin(), ranges.end(), number,
                                   [](const number_range& r, std::uint32_t n) { return r.last < n; });
  return at != ranges.end() && at->first <= number;
}

bool holds(const search_step& step, const message_facts& facts, std::uint32_t number) {
  switch (step.test) {
    case search_test::everything:
      return true;
    case search_test::nothing:
      return false;
    case search_test::flag_set:
      return (facts.flags.bits & step.bits) != 0;
    case search_test::flag_unset:
      return (facts.flags.bits & step.bits) == 0;
    case search_test::keyword_set:
      return facts.flags.has_keyword(step.keyword);
    case search_test::keyword_unset:
      return !facts.flags.has_keyword(step.keyword);
    case search_test::numbers:
      return in_ranges(step.ranges, number);
    case search_test::uids:
      return in_ranges(step.ranges, facts.id.value);
    // RFC 3501 6.4.4: the date disregards time and time zone; ours is UTC.
    case search_test::before:
      return day_of(facts.received) < step.number;
    case search_test::on:
      return day_of(facts.received) == step.number;
    case search_test::since:
      return day_of(facts.received) >= step.number;
    case search_test::larger:
      return facts.size > static_cast<std::uint64_t>(step.number);
    case search_test::smaller:
      return facts.size < static_cast<std::uint64_t>(step.number);
    case search_test::content:
    case search_test::negate:
    case search_test::both:
    case search_test::either:
      break;
  }
  return false;
}

truth opposite(truth of) { return of == truth::unknown ? of : of == truth::yes ? truth::no : truth::yes; }
truth both_of(truth a, truth b) {
  if (a == truth::no || b == truth::no) return truth::no;
  return a == truth::yes ? b : a;
}
truth either_of(truth a, truth b) { return opposite(both_of(opposite(a), opposite(b))); }

// The UIDs between which matches can be.
struct span_of_uids {
  std::uint32_t first = 1;
  std::uint32_t last = std::numeric_limits<std::uint32_t>::max();
};
constexpr span_of_uids no_uids{2, 1};

span_of_uids span_of(const search_step& step, const uid_map& map) {
  if (step.test == search_test::nothing) return no_uids;
  const bool is_set = step.test == search_test::numbers || step.test == search_test::uids;
  if (!is_set) return {};
  if (step.ranges.empty()) return no_uids;
  const auto first = step.ranges.front().first;
  const auto last = step.ranges.back().last;
  if (step.test == search_test::uids) return {first, last};
  if (first > map.size()) return no_uids;
  return {map.at(first).value, map.at(std::min(last, map.size())).value};
}

}  // namespace

void search_program::bind(const uid_map& map, const uid_set& saved) {
  for (auto& step : steps) {
    const bool by_number = step.test == search_test::numbers;
    if (step.set.is_saved) {
      step.ranges.clear();
      for (const auto& range : saved.ranges()) step.ranges.push_back({range.first.value, range.last.value});
    } else if (map.size() == 0) {
      step.ranges.clear();  // `*` is nothing here
    } else {
      step.ranges = resolve(step.set, by_number ? map.size() : map.last().value);
    }
  }
}

bool search_program::needs_rows() const {
  return !contents.empty() || std::any_of(steps.begin(), steps.end(), [](const search_step& step) {
    return step.test >= search_test::flag_set && step.test <= search_test::smaller &&
           step.test != search_test::numbers && step.test != search_test::uids;
  });
}

bool search_program::looks_at_flags() const {
  return std::any_of(steps.begin(), steps.end(), [](const search_step& step) {
    return step.test >= search_test::flag_set && step.test <= search_test::keyword_unset;
  });
}

truth search_program::matches(const message_facts& facts, std::uint32_t number, std::span<const truth> known) const {
  std::array<truth, search_stack_max> stack{};
  std::size_t top = 0;  // one above the last value
  for (const auto& step : steps) {
    if (step.test == search_test::negate) {
      stack[top - 1] = opposite(stack[top - 1]);
    } else if (step.test == search_test::both || step.test == search_test::either) {
      --top;
      const auto combine = step.test == search_test::both ? both_of : either_of;
      stack[top - 1] = combine(stack[top - 1], stack[top]);
    } else if (step.test == search_test::content) {
      stack[top++] = known[static_cast<std::size_t>(step.number)];
    } else {
      stack[top++] = holds(step, facts, number) ? truth::yes : truth::no;
    }
  }
  return top == 1 ? stack[0] : truth::no;
}

uid_set search_program::candidates(const uid_map& map) const {
  std::array<span_of_uids, search_stack_max> stack{};
  std::size_t top = 0;
  for (const auto& step : steps) {
    if (step.test == search_test::negate) {
      stack[top - 1] = {};
    } else if (step.test == search_test::both) {
      --top;
      stack[top - 1] = {std::max(stack[top - 1].first, stack[top].first),
                        std::min(stack[top - 1].last, stack[top].last)};
    } else if (step.test == search_test::either) {
      --top;
      stack[top - 1] = {std::min(stack[top - 1].first, stack[top].first),
                        std::max(stack[top - 1].last, stack[top].last)};
    } else {
      stack[top++] = span_of(step, map);
    }
  }
  if (top != 1 || stack[0].first > stack[0].last) return {};
  return map.between(uid{stack[0].first}, uid{stack[0].last});
}

}  // namespace stagecoach::imap

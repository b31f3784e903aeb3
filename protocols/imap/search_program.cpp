#include "protocols/imap/search_program.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "protocols/imap/date_time.hpp"
#include "protocols/imap/flags.hpp"
#include "protocols/imap/limits.hpp"
#include "protocols/imap/tokens.hpp"

namespace stagecoach::imap {

namespace {

constexpr std::uint16_t bit(flag one) { return static_cast<std::uint16_t>(one); }

// What stands behind the name of a criterion.
enum class argument : std::uint8_t { none, flag, date, size, set, text, two_texts, unserved_date };

struct criterion {
  std::string_view name;
  argument takes;
  search_test test;
  std::uint16_t bits;
};

constexpr std::array criteria = {
    criterion{"ALL", argument::none, search_test::everything, 0},
    criterion{"ANSWERED", argument::none, search_test::flag_set, bit(flag::answered)},
    criterion{"DELETED", argument::none, search_test::flag_set, bit(flag::deleted)},
    criterion{"DRAFT", argument::none, search_test::flag_set, bit(flag::draft)},
    criterion{"FLAGGED", argument::none, search_test::flag_set, bit(flag::flagged)},
    criterion{"SEEN", argument::none, search_test::flag_set, bit(flag::seen)},
    criterion{"UNANSWERED", argument::none, search_test::flag_unset, bit(flag::answered)},
    criterion{"UNDELETED", argument::none, search_test::flag_unset, bit(flag::deleted)},
    criterion{"UNDRAFT", argument::none, search_test::flag_unset, bit(flag::draft)},
    criterion{"UNFLAGGED", argument::none, search_test::flag_unset, bit(flag::flagged)},
    criterion{"UNSEEN", argument::none, search_test::flag_unset, bit(flag::seen)},
    criterion{"NEW", argument::none, search_test::nothing, 0},
    criterion{"RECENT", argument::none, search_test::nothing, 0},
    criterion{"OLD", argument::none, search_test::everything, 0},
    criterion{"KEYWORD", argument::flag, search_test::flag_set, 0},
    criterion{"UNKEYWORD", argument::flag, search_test::flag_unset, 0},
    criterion{"BEFORE", argument::date, search_test::before, 0},
    criterion{"ON", argument::date, search_test::on, 0},
    criterion{"SINCE", argument::date, search_test::since, 0},
    criterion{"LARGER", argument::size, search_test::larger, 0},
    criterion{"SMALLER", argument::size, search_test::smaller, 0},
    criterion{"UID", argument::set, search_test::uids, 0},
    criterion{"BCC", argument::text, search_test::nothing, 0},
    criterion{"BODY", argument::text, search_test::nothing, 0},
    criterion{"CC", argument::text, search_test::nothing, 0},
    criterion{"FROM", argument::text, search_test::nothing, 0},
    criterion{"SUBJECT", argument::text, search_test::nothing, 0},
    criterion{"TEXT", argument::text, search_test::nothing, 0},
    criterion{"TO", argument::text, search_test::nothing, 0},
    criterion{"HEADER", argument::two_texts, search_test::nothing, 0},
    criterion{"SENTBEFORE", argument::unserved_date, search_test::nothing, 0},
    criterion{"SENTON", argument::unserved_date, search_test::nothing, 0},
    criterion{"SENTSINCE", argument::unserved_date, search_test::nothing, 0},
};

// Reads keys with an explicit stack of what is open: a list, a NOT, an OR and which of its two keys comes next.
class search_reader {
 public:
  explicit search_reader(reader& in) : in_(in) {}

  search_program read() {
    open_.push_back({opened::list, 0});  // the command's own keys
    while (in_.ok()) {
      if (open_nested()) continue;
      read_plain_key();
      close_whole_keys();
      if (open_.size() == 1 && in_.at_end()) break;
      expect_space(in_);
      if (program_.steps.size() > search_steps_max) in_.fail(fault_code::too_long, "too many search keys");
    }
    return std::move(program_);
  }

 private:
  enum class opened : std::uint8_t { list, negation, first_of_two, second_of_two };
  struct open_key {
    opened what;
    std::size_t keys;  // of a list, so far
  };

  void put(search_test test) { program_.steps.emplace_back().test = test; }

  // `(`, `NOT ` and `OR `: the key inside begins behind them.
  bool open_nested() {
    opened what = opened::list;
    if (in_.skip_nocase("NOT ")) {
      what = opened::negation;
    } else if (in_.skip_nocase("OR ")) {
      what = opened::first_of_two;
    } else if (!in_.skip('(')) {
      return false;
    }
    if (open_.size() > nesting_max) in_.fail(fault_code::too_long, "a search nested too deep");
    open_.push_back({what, 0});
    return true;
  }

  // One key is whole: what waited for it may be whole with it.
  void close_whole_keys() {
    while (in_.ok()) {
      auto& top = open_.back();
      switch (top.what) {
        case opened::list:
          if (++top.keys > 1) put(search_test::both);
          if (open_.size() == 1 || !in_.skip(')')) return;
          break;
        case opened::negation:
          put(search_test::negate);
          break;
        case opened::first_of_two:
          top.what = opened::second_of_two;
          return;
        case opened::second_of_two:
          put(search_test::either);
          break;
      }
      open_.pop_back();
    }
  }

  void read_plain_key() {
    if (in_.peek() == '*' || (in_.peek() >= '0' && in_.peek() <= '9')) {
      put(search_test::numbers);
      program_.steps.back().set = take_sequence_set(in_);
      return;
    }
    const auto name = take_atom(in_);
    const auto* found =
        std::find_if(criteria.begin(), criteria.end(), [&](const criterion& c) { return equal_nocase(c.name, name); });
    if (found == criteria.end()) {
      in_.fail(fault_code::syntax, "no such search key");
    } else {
      read_criterion(*found);
    }
  }

  void read_criterion(const criterion& one) {
    search_step step;
    step.test = one.test;
    step.bits = one.bits;
    if (one.takes != argument::none) expect_space(in_);
    switch (one.takes) {
      case argument::none:
        break;
      case argument::flag:
        read_keyword(step);
        break;
      case argument::date:
        step.number = take_date(in_);
        break;
      case argument::size:
        step.number = static_cast<std::int64_t>(in_.number(std::numeric_limits<std::int64_t>::max(), "not a size"));
        break;
      case argument::set:
        step.set = take_sequence_set(in_);
        break;
      case argument::two_texts:
        (void)take_astring(in_);
        expect_space(in_);
        [[fallthrough]];
      case argument::text:
        (void)take_astring(in_);
        program_.unsupported = one.name;
        break;
      case argument::unserved_date:
        (void)take_date(in_);
        program_.unsupported = one.name;
        break;
    }
    program_.steps.push_back(std::move(step));
  }

  void read_keyword(search_step& step) {
    const auto name = take_atom(in_);
    if (!in_.ok()) return;
    message_flags flags;
    reader one(name);
    take_flag(one, flags);
    if (!one.ok()) in_.fail(one.error().code, one.error().what);
    step.bits = flags.bits;
    if (flags.keywords.empty()) return;
    step.keyword = flags.keywords.front();
    step.test = step.test == search_test::flag_set ? search_test::keyword_set : search_test::keyword_unset;
  }

  reader& in_;
  search_program program_;
  std::vector<open_key> open_;
};

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
    case search_test::negate:
    case search_test::both:
    case search_test::either:
      break;
  }
  return false;
}

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

// One value of each open key: at most one for each level of nesting, and two to combine.
constexpr std::size_t stack_max = nesting_max + 4;

}  // namespace

void search_program::bind(const uid_map& map) {
  for (auto& step : steps) {
    const bool by_number = step.test == search_test::numbers;
    if (map.size() == 0) {
      step.ranges.clear();  // `*` is nothing here
    } else {
      step.ranges = resolve(step.set, by_number ? map.size() : map.last().value);
    }
  }
}

bool search_program::needs_rows() const {
  return std::any_of(steps.begin(), steps.end(), [](const search_step& step) {
    return step.test >= search_test::flag_set && step.test <= search_test::smaller &&
           step.test != search_test::numbers && step.test != search_test::uids;
  });
}

bool search_program::matches(const message_facts& facts, std::uint32_t number) const {
  std::array<bool, stack_max> stack{};
  std::size_t top = 0;  // one above the last value
  for (const auto& step : steps) {
    if (step.test == search_test::negate) {
      stack[top - 1] = !stack[top - 1];
    } else if (step.test == search_test::both || step.test == search_test::either) {
      --top;
      stack[top - 1] = step.test == search_test::both ? stack[top - 1] && stack[top] : stack[top - 1] || stack[top];
    } else {
      stack[top++] = holds(step, facts, number);
    }
  }
  return top == 1 && stack[0];
}

uid_set search_program::candidates(const uid_map& map) const {
  std::array<span_of_uids, stack_max> stack{};
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

search_program take_search_program(reader& in) {
  search_program program;
  bool is_charset_known = true;
  if (in.skip_nocase("CHARSET ")) {
    const auto charset = take_astring(in);
    is_charset_known = equal_nocase(charset, "US-ASCII") || equal_nocase(charset, "UTF-8");
    expect_space(in);
  }
  program = search_reader(in).read();
  program.is_charset_known = is_charset_known;
  return program;
}

}  // namespace stagecoach::imap

// The words of SEARCH (RFC 3501 6.4.4) read into a search_program.
#include <algorithm>
#include <array>
#include <limits>

#include "protocols/imap/date_time.hpp"
#include "protocols/imap/flags.hpp"
#include "protocols/imap/limits.hpp"
#include "protocols/imap/search_program.hpp"
#include "protocols/imap/tokens.hpp"
#include "protocols/text/charset.hpp"
#include "protocols/text/collation.hpp"

namespace stagecoach::imap {

namespace {

constexpr std::uint16_t bit(flag one) { return static_cast<std::uint16_t>(one); }

// What stands behind the name of a criterion.
enum class argument : std::uint8_t { none, flag, date, size, set, text, field_and_text, sent_date };

struct criterion {
  std::string_view name;
  argument takes;
  search_test test;
  std::uint16_t bits;
  search_place place = search_place::subject;  // of a content test
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
    criterion{"BCC", argument::text, search_test::content, 0, search_place::bcc},
    criterion{"BODY", argument::text, search_test::content, 0, search_place::body},
    criterion{"CC", argument::text, search_test::content, 0, search_place::cc},
    criterion{"FROM", argument::text, search_test::content, 0, search_place::from},
    criterion{"SUBJECT", argument::text, search_test::content, 0, search_place::subject},
    criterion{"TEXT", argument::text, search_test::content, 0, search_place::text},
    criterion{"TO", argument::text, search_test::content, 0, search_place::to},
    criterion{"HEADER", argument::field_and_text, search_test::content, 0, search_place::header},
    criterion{"SENTBEFORE", argument::sent_date, search_test::content, 0, search_place::sent_before},
    criterion{"SENTON", argument::sent_date, search_test::content, 0, search_place::sent_on},
    criterion{"SENTSINCE", argument::sent_date, search_test::content, 0, search_place::sent_since},
};

// Reads keys with an explicit stack of what is open: a list, a NOT, an OR and which of its two keys comes next.
class search_reader {
 public:
  search_reader(reader& in, std::string_view charset) : in_(in), charset_(charset) {}

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
    if (in_.peek() == '$' || in_.peek() == '*' || (in_.peek() >= '0' && in_.peek() <= '9')) {
      const bool is_saved = in_.peek() == '$';  // which is known by UIDs
      put(is_saved ? search_test::uids : search_test::numbers);
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
      case argument::field_and_text:
      case argument::text:
      case argument::sent_date:
        read_content(step, one);
        break;
    }
    program_.steps.push_back(std::move(step));
  }

  void read_content(search_step& step, const criterion& one) {
    content_test test;
    test.place = one.place;
    if (one.takes == argument::sent_date) {
      test.day = take_date(in_);
    } else {
      if (one.takes == argument::field_and_text) {
        test.field = to_lower(take_astring(in_));
        expect_space(in_);
      }
      test.needle = fold_case(to_utf8(take_astring(in_), charset_));
      // RFC 3501 6.4.4: an empty text is in everything; of HEADER it asks whether the field is there.
      if (test.needle.empty() && one.place != search_place::header) {
        step.test = search_test::everything;
        return;
      }
    }
    if (program_.contents.size() == content_tests_max) in_.fail(fault_code::too_long, "too many texts to search for");
    step.number = static_cast<std::int64_t>(program_.contents.size());
    program_.contents.push_back(std::move(test));
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
  std::string_view charset_;  // of the texts
  search_program program_;
  std::vector<open_key> open_;
};

}  // namespace

search_program take_search_program(reader& in) {
  std::string charset = "utf-8";
  const bool names_charset = in.skip_nocase("CHARSET ");
  if (names_charset) {
    charset = take_astring(in);
    expect_space(in);
  }
  auto program = search_reader(in, charset).read();
  program.names_charset = names_charset;
  program.is_charset_known = is_known_charset(charset);
  return program;
}

}  // namespace stagecoach::imap

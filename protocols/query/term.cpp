#include "protocols/query/term.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <optional>
#include <string>

#include "protocols/base/reader.hpp"
#include "protocols/imap/flags.hpp"
#include "protocols/text/collation.hpp"

namespace stagecoach::query {

namespace {

using imap::search_place;
using imap::search_program;
using imap::search_test;

void put(search_program& program, search_test test, std::int64_t number) {
  auto& step = program.steps.emplace_back();
  step.test = test;
  step.number = number;
}

void put_flag(search_program& program, flag which, bool is_set) {
  auto& step = program.steps.emplace_back();
  step.test = is_set ? search_test::flag_set : search_test::flag_unset;
  step.bits = static_cast<std::uint16_t>(which);
}

void put_content(search_program& program, imap::content_test test) {
  put(program, search_test::content, static_cast<std::int64_t>(program.contents.size()));
  program.contents.push_back(std::move(test));
}

template <std::size_t Count>
void put_any(search_program& program, const std::array<search_place, Count>& places, std::string_view text) {
  for (std::size_t i = 0; i < Count; ++i) {
    put_content(program, {places[i], "", fold_case(text), 0});
    if (i > 0) put(program, search_test::either, 0);
  }
}

constexpr std::array recipients = {search_place::to, search_place::cc, search_place::bcc};
constexpr std::array correspondents = {search_place::from, search_place::to, search_place::cc, search_place::bcc};
constexpr std::array everywhere = {search_place::subject, search_place::from, search_place::to, search_place::cc,
                                   search_place::body};

// --- values ---

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

// 2026-11-27, 2026/11/27, today, yesterday: the day since 1970.
std::optional<std::int64_t> day_in(std::string_view text, std::int64_t today) {
  if (text == "today") return today;
  if (text == "yesterday") return today - 1;
  const auto first = text.find_first_of("-/");
  if (first == std::string_view::npos) return std::nullopt;
  const auto second = text.find(text[first], first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  const auto year = whole_number(text.substr(0, first));
  const auto month = whole_number(text.substr(first + 1, second - first - 1));
  const auto day = whole_number(text.substr(second + 1));
  if (!year || !month || !day || *year < 1900 || *year > 9999 || *month > 12 || *day > 31) return std::nullopt;
  const std::chrono::year_month_day date(std::chrono::year(static_cast<int>(*year)),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day)));
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date).time_since_epoch().count();
}

// 7d, 2w, 3m, 1y: the first day that is not older.
std::optional<std::int64_t> day_of_age(std::string_view text, std::int64_t today) {
  if (text.size() < 2) return std::nullopt;
  const auto count = whole_number(text.substr(0, text.size() - 1));
  if (!count || *count > 10'000) return std::nullopt;
  switch (ascii_lower(text.back())) {
    case 'd':
      return today - *count;
    case 'w':
      return today - *count * 7;
    case 'm':
      return today - *count * 30;
    case 'y':
      return today - *count * 365;
    default:
      return std::nullopt;
  }
}

// 500, 20k, 5MB, 1g: octets.
std::optional<std::int64_t> octets_in(std::string_view text) {
  const auto end = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto count = whole_number(text.substr(0, end));
  if (!count || *count > 1'000'000'000'000) return std::nullopt;
  const auto unit = ascii_lower(text.substr(end));
  if (unit.empty() || unit == "b") return count;
  if (unit == "k" || unit == "kb") return *count * 1024;
  if (unit == "m" || unit == "mb") return *count * 1024 * 1024;
  if (unit == "g" || unit == "gb") return *count * 1024 * 1024 * 1024;
  return std::nullopt;
}

// --- kinds of tags ---

struct state {
  std::string_view name;
  flag which;
  bool is_set;
};
constexpr std::array states = {
    state{"unread", flag::seen, false},
    state{"read", flag::seen, true},
    state{"unseen", flag::seen, false},
    state{"seen", flag::seen, true},
    state{"flagged", flag::flagged, true},
    state{"starred", flag::flagged, true},
    state{"unflagged", flag::flagged, false},
    state{"answered", flag::answered, true},
    state{"unanswered", flag::answered, false},
    state{"forwarded", flag::forwarded, true},
    state{"draft", flag::draft, true},
    state{"deleted", flag::deleted, true},
    state{"junk", flag::junk, true},
    state{"notjunk", flag::not_junk, true},
};

bool put_state(search_program& program, std::string_view name) {
  const auto found = std::find_if(states.begin(), states.end(), [&](const state& one) { return one.name == name; });
  if (found == states.end()) return false;
  put_flag(program, found->which, found->is_set);
  return true;
}

// "\\Seen", "$Junk", "todo".
bool put_label(search_program& program, std::string_view spelled) {
  message_flags flags;
  reader in(spelled);
  imap::take_flag(in, flags);
  if (!in.ok() || !in.at_end()) return false;
  if (flags.bits != 0) {
    put_flag(program, static_cast<flag>(flags.bits), true);
  } else if (!flags.keywords.empty()) {
    auto& step = program.steps.emplace_back();
    step.test = search_test::keyword_set;
    step.keyword = flags.keywords.front();
  }
  return flags.bits != 0 || !flags.keywords.empty();
}

void put_attachment(search_program& program, bool is_wanted) {
  put_content(program, {search_place::attachment, "", "", 0});
  if (!is_wanted) put(program, search_test::negate, 0);
}

bool put_attachments(search_program& program, std::string_view kind) {
  const bool is_none = kind == "none" || kind == "no";
  if (!is_none && kind != "any" && kind != "yes") return false;
  put_attachment(program, !is_none);
  return true;
}

// Name:value
bool put_header(search_program& program, std::string_view value) {
  const auto colon = value.find(':');
  if (colon == 0 || value.empty()) return false;
  const auto name = value.substr(0, colon);
  const auto text = colon == std::string_view::npos ? std::string_view() : value.substr(colon + 1);
  put_content(program, {search_place::header, ascii_lower(name), fold_case(text), 0});
  return true;
}

bool put_day(search_program& program, search_test test, std::optional<std::int64_t> day, std::int64_t more = 0) {
  if (day) put(program, test, *day + more);
  return day.has_value();
}

bool put_size(search_program& program, search_test test, std::string_view value) {
  const auto octets = octets_in(value);
  if (octets) put(program, test, *octets);
  return octets.has_value();
}

template <class... Names>
bool is_one_of(std::string_view tag, Names... names) {
  return ((tag == names) || ...);
}

bool put_text(search_program& program, std::string_view tag, std::string_view value) {
  if (value.empty()) return false;
  if (is_one_of(tag, "f", "from")) return put_any(program, std::array{search_place::from}, value), true;
  if (is_one_of(tag, "t", "to")) return put_any(program, recipients, value), true;
  if (tag == "cc") return put_any(program, std::array{search_place::cc}, value), true;
  if (tag == "bcc") return put_any(program, std::array{search_place::bcc}, value), true;
  if (tag == "addr") return put_any(program, correspondents, value), true;
  if (is_one_of(tag, "s", "subject")) return put_any(program, std::array{search_place::subject}, value), true;
  if (tag == "body") return put_any(program, std::array{search_place::body}, value), true;
  if (is_one_of(tag, "msgid", "rfc822msgid")) return put_header(program, "message-id:" + std::string(value));
  return false;
}

bool put_time(search_program& program, std::string_view tag, std::string_view value, std::int64_t today) {
  const auto day = day_in(value, today);
  if (is_one_of(tag, "start", "since", "after")) return put_day(program, search_test::since, day);
  if (is_one_of(tag, "end", "until")) return put_day(program, search_test::before, day, 1);
  if (tag == "before") return put_day(program, search_test::before, day);
  if (is_one_of(tag, "on", "date")) return put_day(program, search_test::on, day);
  const auto age = day_of_age(value, today);
  if (is_one_of(tag, "newer", "newer_than")) return put_day(program, search_test::since, age);
  if (is_one_of(tag, "older", "older_than")) return put_day(program, search_test::before, age);
  return false;
}

}  // namespace

void put_word(search_program& program, std::string_view word) {
  if (word.empty()) return put(program, search_test::everything, 0);
  put_any(program, everywhere, word);
}

bool put_tagged(search_program& program, std::string_view tag, std::string_view value, std::int64_t today) {
  if (put_text(program, tag, value) || put_time(program, tag, value, today)) return true;
  const auto lower = ascii_lower(value);
  if (tag == "is") return put_state(program, lower);
  if (is_one_of(tag, "l", "label")) return put_label(program, value);
  if (tag == "has" && is_one_of(lower, "attachment", "attachments")) return put_attachment(program, true), true;
  if (is_one_of(tag, "a", "attachments")) return put_attachments(program, lower);
  if (is_one_of(tag, "h", "header")) return put_header(program, value);
  if (is_one_of(tag, "minsize", "larger")) return put_size(program, search_test::larger, value);
  if (is_one_of(tag, "maxsize", "smaller")) return put_size(program, search_test::smaller, value);
  return false;
}

}  // namespace stagecoach::query

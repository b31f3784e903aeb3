#include "protocols/imap/date_time.hpp"

#include <array>
#include <chrono>
#include <string_view>

#include "protocols/imap/tokens.hpp"

namespace stagecoach::imap {

namespace {

constexpr std::array<std::string_view, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::int64_t day_ms = 24LL * 60 * 60 * 1000;

std::string_view take_fixed(reader& in, std::size_t count) {
  if (in.rest().size() < count) in.fail(fault_code::syntax, "not a date");
  return in.take(count, "not a date");
}

std::uint64_t take_digits(reader& in, std::size_t count, std::uint64_t max) {
  reader digits(take_fixed(in, count));
  const auto value = digits.number(max, "not a number in range");
  if (in.ok() && (!digits.ok() || !digits.at_end())) in.fail(fault_code::syntax, "not a date");
  return value;
}

// -Feb-1994 after the day.
std::int64_t take_month_and_year(reader& in, std::uint64_t day) {
  in.expect('-', "not a date");
  const auto name = take_fixed(in, 3);
  unsigned month = 0;
  for (unsigned i = 0; i < months.size(); ++i)
    if (equal_nocase(months[i], name)) month = i + 1;
  in.expect('-', "not a date");
  const auto year = take_digits(in, 4, 9999);
  const std::chrono::year_month_day date{std::chrono::year{static_cast<int>(year)}, std::chrono::month{month},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (in.ok() && (month == 0 || !date.ok())) in.fail(fault_code::out_of_range, "no such day");
  return in.ok() ? std::chrono::sys_days{date}.time_since_epoch().count() : 0;
}

void put_padded(std::string& out, std::int64_t value, std::size_t width) {
  const auto digits = std::to_string(value);
  if (digits.size() < width) out.append(width - digits.size(), '0');
  out += digits;
}

}  // namespace

unix_ms take_date_time(reader& in) {
  in.expect('"', "a date is quoted");
  const auto day = in.skip(' ') ? take_digits(in, 1, 9) : take_digits(in, 2, 31);
  const auto days = take_month_and_year(in, day);
  in.expect(' ', "a time is missing");
  const auto hour = take_digits(in, 2, 23);
  in.expect(':', "not a time");
  const auto minute = take_digits(in, 2, 59);
  in.expect(':', "not a time");
  const auto second = take_digits(in, 2, 60);  // a leap second
  in.expect(' ', "a time zone is missing");
  const bool is_west = in.skip('-');
  if (!is_west) in.expect('+', "not a time zone");
  const auto zone_hours = take_digits(in, 2, 23);
  const auto zone_minutes = take_digits(in, 2, 59);
  in.expect('"', "a date that does not end");
  if (!in.ok()) return {};
  const auto zone_s = static_cast<std::int64_t>(zone_hours * 3600 + zone_minutes * 60);
  const auto time_s = static_cast<std::int64_t>(hour * 3600 + minute * 60 + second);
  return unix_ms{days * day_ms + (time_s - (is_west ? -zone_s : zone_s)) * 1000};
}

std::int64_t day_of(unix_ms moment) { return moment.value / day_ms - (moment.value % day_ms < 0 ? 1 : 0); }

std::string write_date_time(unix_ms moment) {
  // Years that the grammar cannot spell are shown as the nearest that it can.
  constexpr std::int64_t last_day = 2932896;   // 31-Dec-9999
  constexpr std::int64_t first_day = -719162;  // 01-Jan-0001
  std::int64_t days = day_of(moment);
  std::int64_t seconds = (moment.value % day_ms + day_ms) % day_ms / 1000;
  if (days > last_day || days < first_day) {
    seconds = 0;
    days = days > last_day ? last_day : first_day;
  }
  const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{days}}};
  std::string out = "\"";
  put_padded(out, static_cast<unsigned>(date.day()), 2);
  out += '-';
  out += months[static_cast<unsigned>(date.month()) - 1];
  out += '-';
  put_padded(out, static_cast<int>(date.year()), 4);
  out += ' ';
  put_padded(out, seconds / 3600, 2);
  out += ':';
  put_padded(out, seconds / 60 % 60, 2);
  out += ':';
  put_padded(out, seconds % 60, 2);
  out += " +0000\"";
  return out;
}

std::int64_t take_date(reader& in) {
  const bool is_quoted = in.skip('"');
  const auto digits = in.take_while([](char c) { return c >= '0' && c <= '9'; });
  reader number(digits);
  const auto day = number.number(31, "not a day");
  if (!number.ok() || digits.size() > 2) in.fail(fault_code::syntax, "not a date");
  const auto days = take_month_and_year(in, day);
  if (is_quoted) in.expect('"', "a date that does not end");
  return days;
}

}  // namespace stagecoach::imap

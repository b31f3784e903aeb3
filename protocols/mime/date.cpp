#include "protocols/mime/date.hpp"

#include <array>
#include <utility>

#include "protocols/base/reader.hpp"
#include "protocols/mime/lexer.hpp"

namespace stagecoach::mime {

namespace {

constexpr std::array<std::string_view, 12> months = {"jan", "feb", "mar", "apr", "may", "jun",
                                                     "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::array<std::string_view, 12> long_months = {"january",   "february", "march",    "april",
                                                          "may",       "june",     "july",     "august",
                                                          "september", "october",  "november", "december"};
constexpr std::array<std::string_view, 7> weekdays = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z'); }

struct digits {
  std::uint32_t value = 0;
  std::size_t count = 0;
};

class date_reader {
 public:
  explicit date_reader(std::string_view value) : in_(value) {}

  std::optional<mail_date> read() {
    skip_weekday();
    const bool has_time = take_day_and_time();
    if (!has_time) return std::nullopt;
    const std::chrono::year_month_day day{std::chrono::year{year_}, std::chrono::month{month_}, std::chrono::day{day_}};
    if (year_ < 1900 || year_ > 9999 || !day.ok() || hour_ > 23 || minute_ > 59 || second_ > 60) return std::nullopt;
    in_.skip_cfws();
    if (!in_.at_end()) has_defects_ = true;
    mail_date found;
    found.day = day;
    found.zone_minutes = zone_minutes_;
    found.has_defects = has_defects_;
    const std::int64_t days = std::chrono::sys_days{day}.time_since_epoch().count();
    found.unix_seconds =
        days * 86'400 + std::int64_t{hour_} * 3600 + (std::int64_t{minute_} - zone_minutes_) * 60 + second_;
    return found;
  }

 private:
  digits take_digits() {
    digits found;
    for (const char c : in_.take_while(is_digit)) {
      if (found.value < 100'000) found.value = found.value * 10 + static_cast<std::uint32_t>(c - '0');
      ++found.count;
    }
    return found;
  }

  void skip_weekday() {
    in_.skip_cfws();
    lexer ahead = in_;
    const auto word = ahead.take_while(is_letter);
    if (word.size() < 3 || !is_weekday(word)) return;
    ahead.skip_cfws();
    if (!ahead.skip(',')) has_defects_ = true;
    ahead.skip('.');
    in_ = ahead;
    in_.skip_cfws();
  }

  static bool is_weekday(std::string_view word) {
    const auto start = ascii_lower(word.substr(0, 3));
    for (const auto one : weekdays)
      if (one == start) return true;
    return false;
  }

  // 1 Jul 2003 10:52:37 +0200; Jul 1 10:52:37 2003; 2003-07-01T10:52:37+02:00
  bool take_day_and_time() {
    if (is_letter(in_.peek())) {
      has_defects_ = true;
      return take_month() && take_day_number() && take_time() && take_trailing_year();
    }
    const auto first = take_digits();
    if (first.count == 4) return take_iso_date(first);
    if (first.count == 0 || first.count > 2) return false;
    day_ = first.value;
    skip_between();
    if (!take_month()) return false;
    skip_between();
    if (!take_year()) return false;
    in_.skip_cfws();
    if (in_.skip(',')) has_defects_ = true;
    return take_time() && take_zone();
  }

  bool take_iso_date(digits year) {
    has_defects_ = true;
    year_ = static_cast<int>(year.value);
    if (!in_.skip('-')) return false;
    month_ = take_digits().value;
    if (!in_.skip('-')) return false;
    day_ = take_digits().value;
    if (!in_.skip('T')) in_.skip('t');
    return take_time() && take_zone();
  }

  // asctime has the year last, or behind the zone.
  bool take_trailing_year() {
    in_.skip_cfws();
    if (is_digit(in_.peek())) return take_year() && take_zone();
    if (!take_zone()) return false;
    in_.skip_cfws();
    return take_year();
  }

  bool take_day_number() {
    in_.skip_cfws();
    const auto number = take_digits();
    day_ = number.value;
    in_.skip(',');
    return number.count == 1 || number.count == 2;
  }

  void skip_between() {
    in_.skip_cfws();
    if (in_.skip('-') || in_.skip('/')) has_defects_ = true;
    in_.skip_cfws();
  }

  bool take_month() {
    const auto word = ascii_lower(in_.take_while(is_letter));
    for (unsigned i = 0; i < months.size(); ++i) {
      const bool is_spelled_out = word.size() > 3 && long_months[i].substr(0, word.size()) == word;
      if (word != months[i] && !is_spelled_out) continue;
      month_ = i + 1;
      if (is_spelled_out) has_defects_ = true;
      if (in_.skip('.')) has_defects_ = true;
      return true;
    }
    return false;
  }

  bool take_year() {
    const auto number = take_digits();
    if (number.count < 2 || number.count > 4) return false;
    year_ = static_cast<int>(number.value);
    // RFC 5322 4.3.
    if (number.count == 2) year_ += year_ < 50 ? 2000 : 1900;
    if (number.count == 3) year_ += 1900;
    return true;
  }

  bool take_time() {
    in_.skip_cfws();
    const auto hour = take_digits();
    in_.skip_cfws();
    if (!in_.skip(':') || hour.count == 0 || hour.count > 2) return false;
    in_.skip_cfws();
    const auto minute = take_digits();
    if (minute.count == 0 || minute.count > 2) return false;
    hour_ = hour.value;
    minute_ = minute.value;
    in_.skip_cfws();
    if (!in_.skip(':')) return true;
    in_.skip_cfws();
    const auto second = take_digits();
    if (second.count == 0 || second.count > 2) return false;
    second_ = second.value;
    if (in_.skip('.')) {
      (void)take_digits();
      has_defects_ = true;
    }
    return true;
  }

  // Never fails: without a zone that can be read it is 0.
  bool take_zone() {
    in_.skip_cfws();
    const bool is_east = in_.skip('+');
    if (is_east || in_.skip('-')) {
      const auto number = take_digits();
      std::uint32_t hours = number.value / 100;
      std::uint32_t minutes = number.value % 100;
      if (number.count <= 2) {
        hours = number.value;
        minutes = 0;
        if (in_.skip(':')) minutes = take_digits().value;
      }
      if (number.count != 4) has_defects_ = true;
      if (hours > 23 || minutes > 59 || number.count > 4) {
        has_defects_ = true;
        return true;
      }
      zone_minutes_ = static_cast<std::int32_t>(hours * 60 + minutes) * (is_east ? 1 : -1);
      return true;
    }
    const auto word = ascii_lower(in_.take_while(is_letter));
    if (word.empty()) has_defects_ = true;
    zone_minutes_ = named_zone(word);
    return true;
  }

  // RFC 5322 4.3: the zones of North America and Greenwich; the letters of the military were defined wrongly.
  static std::int32_t named_zone(std::string_view name) {
    static constexpr std::pair<std::string_view, std::int32_t> zones[] = {
        {"est", -5}, {"edt", -4}, {"cst", -6}, {"cdt", -5}, {"mst", -7}, {"mdt", -6}, {"pst", -8}, {"pdt", -7}};
    for (const auto& [zone, hours] : zones)
      if (zone == name) return hours * 60;
    return 0;
  }

  lexer in_;
  int year_ = 0;
  unsigned month_ = 0;
  unsigned day_ = 0;
  std::uint32_t hour_ = 0;
  std::uint32_t minute_ = 0;
  std::uint32_t second_ = 0;
  std::int32_t zone_minutes_ = 0;
  bool has_defects_ = false;
};

}  // namespace

std::optional<mail_date> parse_date(std::string_view value) { return date_reader(value).read(); }

}  // namespace stagecoach::mime

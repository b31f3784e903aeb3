// Dates of header fields (RFC 5322 3.3 and its obsolete forms of 4.3), and those that are seen without being allowed: a
// comma too few, asctime's order, hyphens, ISO 8601. Comments are passed over.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace stagecoach::mime {

struct mail_date {
  std::int64_t unix_seconds = 0;
  std::chrono::year_month_day day;  // as spelled, in the zone of the sender: what SENTON compares (RFC 9051 6.4.4)
  std::int32_t zone_minutes = 0;    // east of Greenwich; an unknown zone is 0 (RFC 5322 4.3)
  bool has_defects = false;         // not of the grammar of RFC 5322, or a zone that nobody has
};

// None: no date, or a year outside 1900 to 9999 (MI13).
[[nodiscard]] std::optional<mail_date> parse_date(std::string_view value);

}  // namespace stagecoach::mime

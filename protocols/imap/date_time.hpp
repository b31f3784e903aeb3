// Dates of IMAP (RFC 3501 9): the date-time of INTERNALDATE and APPEND, the date of SEARCH. We show UTC.
#pragma once

#include <string>

#include "protocols/base/ids.hpp"
#include "protocols/base/reader.hpp"

namespace stagecoach::imap {

// "17-Jul-1996 02:44:25 -0700" with its quotes; the day may have a leading space.
[[nodiscard]] unix_ms take_date_time(reader& in);
[[nodiscard]] std::string write_date_time(unix_ms moment);  // with quotes, +0000

// 1-Feb-1994, with or without quotes: the number of the day since 1970.
[[nodiscard]] std::int64_t take_date(reader& in);
[[nodiscard]] std::int64_t day_of(unix_ms moment);

}  // namespace stagecoach::imap

#include "protocols/mime/date.hpp"

#include <gtest/gtest.h>

namespace stagecoach::mime {
namespace {

// "seconds zone year-month-day", "!" for defects; "" for none.
std::string date_text(std::string_view value) {
  const auto date = parse_date(value);
  if (!date) return "";
  return std::to_string(date->unix_seconds) + " " + std::to_string(date->zone_minutes) + " " +
         std::to_string(int(date->day.year())) + "-" + std::to_string(unsigned(date->day.month())) + "-" +
         std::to_string(unsigned(date->day.day())) + (date->has_defects ? "!" : "");
}

struct row {
  const char* name;
  std::string_view in;
  std::string_view out;
};

constexpr row rows[] = {
    {"RFC 5322 A.1.1", "Fri, 21 Nov 1997 09:55:06 -0600", "880127706 -360 1997-11-21"},
    {"without weekday and seconds", "21 Nov 1997 09:55 -0600", "880127700 -360 1997-11-21"},
    {"RFC 5322 A.5", "Thu,\r\n 13\r\n Feb\r\n 1969\r\n 23:32\r\n -0330 (Newfoundland Time)",
     "-27723480 -210 1969-2-13"},
    {"RFC 5322 A.6.2", "21 Nov 97 09:55:06 GMT", "880106106 0 1997-11-21"},
    {"two digits of this century", "1 Jan 49 00:00:00 +0000", "2493072000 0 2049-1-1"},
    {"three digits", "1 Jan 103 00:00:00 +0000", "1041379200 0 2003-1-1"},
    {"zones of North America", "1 Jan 2003 00:00:00 PDT", "1041404400 -420 2003-1-1"},
    {"military zones say nothing", "1 Jan 2003 00:00:00 A", "1041379200 0 2003-1-1"},
    {"leap second", "31 Dec 1998 23:59:60 +0000", "915148800 0 1998-12-31"},
    {"spaces around colons", "1 Jan 2003 00 : 00 : 01 +0000", "1041379201 0 2003-1-1"},
    // Seen, not allowed.
    {"no comma", "Wed 1 Jan 2003 00:00:00 +0000", "1041379200 0 2003-1-1!"},
    {"asctime", "Wed Jan  1 00:00:00 2003", "1041379200 0 2003-1-1!"},
    {"asctime with a zone", "Wed Jan  1 00:00:00 EST 2003", "1041397200 -300 2003-1-1!"},
    {"hyphens", "01-Jan-2003 00:00:00 +0000", "1041379200 0 2003-1-1!"},
    {"ISO 8601", "2003-01-01T02:00:00.5+02:00", "1041379200 120 2003-1-1!"},
    {"ISO 8601 with a space", "2003-01-01 00:00:00Z", "1041379200 0 2003-1-1!"},
    {"month in full", "1 January 2003 00:00:00 +0000", "1041379200 0 2003-1-1!"},
    {"no zone", "1 Jan 2003 00:00:00", "1041379200 0 2003-1-1!"},
    {"short zone", "1 Jan 2003 02:00:00 +2", "1041379200 120 2003-1-1!"},
    {"zone that nobody has", "1 Jan 2003 00:00:00 +9999", "1041379200 0 2003-1-1!"},
    {"text behind", "1 Jan 2003 00:00:00 +0000 foo", "1041379200 0 2003-1-1!"},
    // None.
    {"empty", "", ""},
    {"words", "yesterday", ""},
    {"no such day", "31 Feb 2003 00:00:00 +0000", ""},
    {"no such hour", "1 Jan 2003 24:00:00 +0000", ""},
    {"no such month", "1 Foo 2003 00:00:00 +0000", ""},
    {"year 0", "1 Jan 0000 00:00:00 +0000", ""},
    {"year 99999", "1 Jan 99999 00:00:00 +0000", ""},
    {"endless digits", "11111111111111111111111111111 Jan 2003 00:00:00 +0000", ""},
    {"no time", "1 Jan 2003", ""},
};

TEST(MimeDate, Reads) {
  for (const auto& r : rows) EXPECT_EQ(date_text(r.in), r.out) << r.name;
}

}  // namespace
}  // namespace stagecoach::mime

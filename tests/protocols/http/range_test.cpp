#include "protocols/http/range.hpp"

#include <gtest/gtest.h>

namespace stagecoach::http {
namespace {

struct row {
  const char* range;
  wanted_range wanted;  // of ten octets
};
const row rows[] = {
    {"bytes=0-0", octet_range{0, 1}},
    {"bytes=0-9", octet_range{0, 10}},
    {"bytes=2-4", octet_range{2, 3}},
    {"Bytes= 2-4 ", octet_range{2, 3}},
    {"bytes=5-", octet_range{5, 5}},
    {"bytes=9-100", octet_range{9, 1}},
    {"bytes=-3", octet_range{7, 3}},
    {"bytes=-100", octet_range{0, 10}},
    {"bytes=0-18446744073709551615", octet_range{0, 10}},
    {"bytes=10-", no_range{}},
    {"bytes=100-200", no_range{}},
    {"bytes=-0", no_range{}},
    {"", whole_body{}},
    {"bytes=", whole_body{}},
    {"bytes=-", whole_body{}},
    {"bytes=3", whole_body{}},
    {"bytes=4-2", whole_body{}},
    {"bytes=a-b", whole_body{}},
    {"bytes=+1-2", whole_body{}},
    {"bytes=1-2x", whole_body{}},
    {"bytes=1--2", whole_body{}},
    {"bytes=0x1-2", whole_body{}},
    {"bytes=0-18446744073709551616", whole_body{}},
    {"bytes=0-1,3-4", whole_body{}},  // WB08
    {"bytes=0-,0-,0-,0-", whole_body{}},
    {"items=0-1", whole_body{}},
};

TEST(Range, IsReadOrIgnored) {
  for (const auto& r : rows) EXPECT_EQ(range_of({"GET", r.range, ""}, 10, ""), r.wanted) << r.range;
  EXPECT_EQ(range_of({"HEAD", "bytes=0-1", ""}, 10, ""), wanted_range(whole_body{}));
  EXPECT_EQ(range_of({"GET", "bytes=0-1", ""}, 0, ""), wanted_range(no_range{}));
}

TEST(Range, IsOfWhatTheClientHas) {
  const auto asked = [](std::string_view if_range, std::string_view tag) {
    return range_of({"GET", "bytes=0-1", if_range}, 10, tag);
  };
  const wanted_range part = octet_range{0, 2}, whole = whole_body{};
  EXPECT_EQ(asked("\"a\"", "\"a\""), part);
  EXPECT_EQ(asked("\"b\"", "\"a\""), whole);
  EXPECT_EQ(asked("W/\"a\"", "\"a\""), whole) << "a weak tag is not for parts";
  EXPECT_EQ(asked("\"a\"", ""), whole);
  EXPECT_EQ(asked("Sun, 06 Nov 1994 08:49:37 GMT", "\"a\""), whole);
}

TEST(Range, IsNamed) {
  EXPECT_EQ(content_range({2, 3}, 10), "bytes 2-4/10");
  EXPECT_EQ(content_range_of_none(10), "bytes */10");
}

}  // namespace
}  // namespace stagecoach::http

#include "actors/commands/report.hpp"

#include <gtest/gtest.h>

namespace stagecoach::commands {
namespace {

TEST(Report, ShowsNoControlCharactersAndNoBrokenText) {
  const struct {
    std::string_view in;
    const char* out;
  } rows[] = {
      {"", ""},
      {"plain \"text\" \\ and more", "plain \"text\" \\ and more"},
      {"gr\xc3\xbc\xc3\x9f \xe2\x82\xac", "gr\xc3\xbc\xc3\x9f \xe2\x82\xac"},
      {"MANIFEST-000\xb0"
       "2",
       "MANIFEST-000\\xb02"},
      {"\x1b[2J", "\\x1b[2J"},
      {"a\nb\r\tc\x7f", "a\\x0ab\\x0d\\x09c\\x7f"},
      {"\xc2\x9b"
       "31m \xc2\xa0",
       "\\xc2\\x9b31m \xc2\xa0"},
      {std::string_view("a\0b", 3), "a\\x00b"},
      {"cut \xe2\x82", "cut \\xe2\\x82"},
  };
  for (const auto& row : rows) EXPECT_EQ(shown(row.in), row.out);
}

}  // namespace
}  // namespace stagecoach::commands

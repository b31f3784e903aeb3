#include "protocols/text/normal_form.hpp"

#include <gtest/gtest.h>

namespace stagecoach {
namespace {

struct row {
  const char* name;
  std::string_view in;
  std::string_view out;
};

constexpr row rows[] = {
    {"ASCII", "Sent/2024", "Sent/2024"},
    {"nothing", "", ""},
    {"composed stays", "Entw\xc3\xbcrfe", "Entw\xc3\xbcrfe"},
    {"a letter and its accent", "Entwu\xcc\x88rfe", "Entw\xc3\xbcrfe"},
    {"two accents in the wrong order", "q\xcc\x87\xcc\xa3", "q\xcc\xa3\xcc\x87"},
    {"Hangul", "\xe1\x84\x80\xe1\x85\xa1", "\xea\xb0\x80"},
    {"a sign for a letter", "\xe2\x84\xab", "\xc3\x85"},  // the angstrom sign
    {"an accent behind a wildcard", "*\xcc\x88", "*\xcc\x88"},
    {"compatibility is kept", "\xef\xac\x81", "\xef\xac\x81"},  // the ligature fi
};

TEST(NormalForm, ComposesWhatLooksTheSame) {
  for (const auto& r : rows) {
    SCOPED_TRACE(r.name);
    EXPECT_EQ(to_nfc(r.in), r.out);
    EXPECT_EQ(to_nfc(r.out), r.out);
    EXPECT_EQ(is_nfc(r.in), r.in == r.out);
    EXPECT_TRUE(is_nfc(r.out));
  }
}

}  // namespace
}  // namespace stagecoach

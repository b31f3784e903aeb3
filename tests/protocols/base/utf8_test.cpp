#include "protocols/base/utf8.hpp"

#include <gtest/gtest.h>

namespace stagecoach {
namespace {

struct row {
  const char* name;
  std::string_view in;
  std::size_t bytes;
  bool is_valid;
};
constexpr row rows[] = {
    {"ascii", "a", 1, true},
    {"two", "\xc2\x80", 2, true},
    {"three", "\xe0\xa0\x80", 3, true},
    {"below the surrogates", "\xed\x9f\xbf", 3, true},
    {"above the surrogates", "\xee\x80\x80", 3, true},
    {"four", "\xf0\x90\x80\x80", 4, true},
    {"the last", "\xf4\x8f\xbf\xbf", 4, true},
    {"lone continuation", "\x80", 1, false},
    {"overlong of two", "\xc0\xaf", 1, false},
    {"overlong of three", "\xe0\x9f\xbf", 1, false},
    {"overlong of four", "\xf0\x8f\xbf\xbf", 1, false},
    {"surrogate", "\xed\xa0\x80", 1, false},
    {"above U+10FFFF", "\xf4\x90\x80\x80", 1, false},
    {"never a first byte", "\xff", 1, false},
    {"cut after one", "\xe2", 1, false},
    {"cut after two", "\xe2\x82", 2, false},
    {"cut after three", "\xf0\x9f\x93", 3, false},
    {"broken after two", "\xe2\x82x", 2, false},
    {"broken after one", "\xe2x", 1, false},
};

TEST(Utf8, StepsOverCharactersAndWhatIsNone) {
  for (const auto& r : rows) {
    SCOPED_TRACE(r.name);
    const auto step = next_utf8(r.in);
    EXPECT_EQ(step.bytes, r.bytes);
    EXPECT_EQ(step.is_valid, r.is_valid);
    EXPECT_EQ(valid_utf8_prefix(std::string("ok").append(r.in)), r.is_valid ? 2 + r.in.size() : 2);
    EXPECT_EQ(is_utf8(std::string("ok").append(r.in)), r.is_valid);
  }
}

TEST(Utf8, NumbersCharacters) {
  EXPECT_EQ(code_point("a"), U'a');
  EXPECT_EQ(code_point(std::string_view("\0", 1)), U'\0');
  EXPECT_EQ(code_point("\xc3\xa4"), U'\u00e4');
  EXPECT_EQ(code_point("\xe2\x80\xae"), U'\u202e');
  EXPECT_EQ(code_point("\xef\xbf\xbf"), U'\uffff');
  EXPECT_EQ(code_point("\xf0\x9f\x93\x8e"), U'\U0001f4ce');
  EXPECT_EQ(code_point("\xf4\x8f\xbf\xbf"), U'\U0010ffff');
}

TEST(Utf8, KnowsAscii) {
  EXPECT_TRUE(is_utf8(""));
  EXPECT_TRUE(is_ascii(""));
  EXPECT_TRUE(is_ascii(std::string_view("a\0\x7f", 3)));
  EXPECT_FALSE(is_ascii("a\x80"));
  EXPECT_FALSE(is_ascii("\xc3\xa9"));
}

// Eight octets are looked at together: what is none is found wherever it stands.
TEST(Utf8, FindsWhereAsciiEnds) {
  for (std::size_t size = 0; size < 20; ++size)
    for (std::size_t at = 0; at < size; ++at) {
      std::string text(size, 'a');
      EXPECT_EQ(ascii_prefix(text), size);
      text[at] = '\x80';
      EXPECT_EQ(ascii_prefix(text), at) << size;
      EXPECT_EQ(valid_utf8_prefix(text), at) << size;
      EXPECT_EQ(valid_utf8_prefix(text.replace(at, 1, "\xc3\xa9")), size + 1);
    }
}

}  // namespace
}  // namespace stagecoach

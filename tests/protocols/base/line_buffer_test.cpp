#include "protocols/base/line_buffer.hpp"

#include <gtest/gtest.h>

namespace stagecoach {
namespace {

constexpr line_limits small{8, 20};

std::string show(const line& l) {
  switch (l.fault) {
    case line_fault::none:
      return "[" + std::string(l.text) + "]";
    case line_fault::bare:
      return "bare";
    case line_fault::too_long:
      return "too long";
    case line_fault::endless:
      return "endless";
  }
  return {};
}

std::string lines_of(std::string_view in, std::size_t cut) {
  line_buffer lines(small);
  std::string out;
  for (const auto piece : {in.substr(0, cut), in.substr(cut)}) {
    lines.append(piece);
    while (const auto l = lines.take()) {
      out += show(*l);
      if (l->fault == line_fault::bare || l->fault == line_fault::endless) return out;
    }
  }
  return out;
}

struct row {
  const char* name;
  std::string_view in;
  std::string_view out;
};
using namespace std::string_view_literals;
constexpr row rows[] = {
    {"nothing", "", ""},
    {"one line", "abc\r\n", "[abc]"},
    {"empty line", "\r\n", "[]"},
    {"two lines", "a\r\nb\r\n", "[a][b]"},
    {"no end yet", "a\r\nb", "[a]"},
    {"half an end", "a\r\nb\r", "[a]"},
    {"as long as it may be", "123456\r\n7\r\n", "[123456][7]"},
    {"one too long", "1234567\r\n7\r\n", "too long[7]"},
    {"much too long", "123456789012345\r\n7\r\n", "too long[7]"},
    {"endless", "1234567890123456789012345", "endless"},
    {"ends just in time", "123456789012345678\r\na\r\n", "too long[a]"},
    {"bare LF", "a\nb\r\n", "bare"},
    {"bare LF at the start", "\n", "bare"},
    {"bare CR", "a\rb\r\n", "bare"},
    {"CR CR LF", "a\r\r\n", "bare"},
    {"NUL", "a\0b\r\n"sv, "bare"},
    {"bare LF in what is too long", "123456789012\nb\r\n", "bare"},
    {"octets above 127 are its caller's business", "\xc3\xa9\r\n", "[\xc3\xa9]"},
};

TEST(LineBuffer, CutsLinesWhateverTheCut) {
  for (const auto& r : rows) {
    SCOPED_TRACE(r.name);
    for (std::size_t cut = 0; cut <= r.in.size(); ++cut) EXPECT_EQ(lines_of(r.in, cut), r.out) << "cut at " << cut;
  }
}

TEST(LineBuffer, HoldsNoMoreThanALineOfWhatIsTooLong) {
  line_buffer lines({100, 1'000'000});
  for (int i = 0; i < 10'000; ++i) {
    lines.append("0123456789");
    EXPECT_FALSE(lines.take());
    EXPECT_LE(lines.size(), 110u);
  }
  lines.append("\r\nnext\r\n");
  EXPECT_EQ(lines.take()->fault, line_fault::too_long);
  EXPECT_EQ(lines.take()->text, "next");
}

TEST(LineBuffer, GivesTheRestAwayBetweenLines) {
  line_buffer lines(small);
  lines.append("DATA\r\nbody");
  EXPECT_EQ(lines.take()->text, "DATA");
  EXPECT_EQ(lines.rest(), "body");
  lines.drop(2);
  EXPECT_EQ(lines.rest(), "dy");
  lines.clear();
  EXPECT_TRUE(lines.is_empty());
  lines.append("x\r\n");
  EXPECT_EQ(lines.take()->text, "x");
}

}  // namespace
}  // namespace stagecoach

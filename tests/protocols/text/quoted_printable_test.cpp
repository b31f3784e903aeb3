#include "protocols/text/quoted_printable.hpp"

#include <gtest/gtest.h>

namespace stagecoach {
namespace {

struct row {
  const char* name;
  std::string_view in;
  std::string_view out;
  bool has_defects;
};

constexpr row rows[] = {
    {"empty", "", "", false},
    {"plain", "a b\tc\r\nd", "a b\tc\r\nd", false},
    {"escapes", "=41=3D=c3=A4", "A=\xc3\xa4", false},
    {"soft line break", "a=\r\nb=\nc", "abc", false},
    {"soft line break with padding", "a= \t\r\nb", "ab", false},
    {"white space before a line end", "a \t\r\nb \nc ", "a\r\nb\nc", false},
    {"white space before an escape", "a =41", "a A", false},
    {"bare CR", "a\rb \rc", "a\rb \rc", false},
    {"no escape", "=GG =4 =4G ==41 a=b", "=GG =4 =4G =A a=b", true},
    {"escape at the end", "a=4", "a=4", true},
    {"equals at the end", "a=", "a", true},
    {"soft break that is none", "= a", "= a", true},
    {"soft break with CR only", "=\ra", "=\ra", true},
};

TEST(QuotedPrintable, DecodesAtEveryCut) {
  for (const auto& r : rows) {
    SCOPED_TRACE(r.name);
    for (std::size_t cut = 0; cut <= r.in.size(); ++cut) {
      quoted_printable_decoder decoder;
      std::string out;
      decoder.decode(out, r.in.substr(0, cut));
      decoder.decode(out, r.in.substr(cut));
      decoder.finish(out);
      EXPECT_EQ(out, r.out) << "cut at " << cut;
      EXPECT_EQ(decoder.has_defects(), r.has_defects);
    }
  }
}

TEST(QuotedPrintable, HoldsLittle) {
  quoted_printable_decoder decoder;
  std::string out;
  for (int i = 0; i < 1'000'000; ++i) decoder.decode(out, " ");
  EXPECT_GT(out.size(), 990'000U);
  decoder.decode(out, "=" + std::string(1'000'000, ' '));
  decoder.finish(out);
  EXPECT_GT(out.size(), 1'980'000U);
}

}  // namespace
}  // namespace stagecoach

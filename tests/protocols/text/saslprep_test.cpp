#include "protocols/text/saslprep.hpp"

#include <gtest/gtest.h>

namespace stagecoach {
namespace {

struct row {
  const char* name;
  std::string_view in;
  std::string_view out;  // "-": none
};
// RFC 4013 3, and what else a name or a password may be.
constexpr row rows[] = {
    {"SOFT HYPHEN mapped to nothing", "I\xc2\xadX", "IX"},
    {"no transformation", "user", "user"},
    {"case preserved", "USER", "USER"},
    {"output is NFKC", "\xc2\xaa", "a"},
    {"output is NFKC, will match", "\xe2\x85\xa8", "IX"},
    {"prohibited character", "\x07", "-"},
    {"bidirectional check", "\xd8\xa7\x31", "-"},
    {"a space of another kind",
     "a\xc2\xa0"
     "b",
     "a b"},
    {"composed", "e\xcc\x81", "\xc3\xa9"},
    {"newer than Unicode 3.2", "\xf0\x9f\x93\xae", "-"},
    {"NUL", std::string_view("a\0b", 3), "-"},
    {"not UTF-8", "\xff", "-"},
    {"nothing", "", ""},
};

TEST(Saslprep, PreparesTheExamplesOfTheRfc) {
  for (const auto& r : rows) EXPECT_EQ(saslprep(r.in).value_or("-"), r.out) << r.name;
  EXPECT_FALSE(saslprep(std::string(5000, 'a')));
}

}  // namespace
}  // namespace stagecoach

#include "protocols/auth/plain.hpp"

#include <gtest/gtest.h>

namespace stagecoach {
namespace {

using namespace std::string_view_literals;

TEST(Plain, HasThreeParts) {
  const auto found = parse_plain("\0ada\0secret word"sv);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->authorize_as, "");
  EXPECT_EQ(found->name, "ada");
  EXPECT_EQ(found->password, "secret word");
  const auto other = parse_plain("bob\0ada\0pw"sv);
  ASSERT_TRUE(other);
  EXPECT_EQ(other->authorize_as, "bob");
}

TEST(Plain, RefusesWhatIsNot) {
  for (const auto text : {""sv, "ada"sv, "\0ada"sv, "\0\0pw"sv, "\0ada\0"sv, "\0ada\0p\0w"sv})
    EXPECT_FALSE(parse_plain(text));
}

}  // namespace
}  // namespace stagecoach

#include "actors/services/greylist.hpp"

#include <gtest/gtest.h>

namespace stagecoach::services {
namespace {

using namespace std::chrono_literals;
constexpr greylist::time_point start{};

TEST(Greylist, TurnsEachMailAwayOnce) {
  greylist list;
  EXPECT_FALSE(list.may_pass("a", start));
  EXPECT_FALSE(list.may_pass("b", start));
  EXPECT_TRUE(list.may_pass("a", start));
  EXPECT_FALSE(list.may_pass("a", start + 1s)) << "the next mail is turned away again";
  EXPECT_TRUE(list.may_pass("a", start + 2s));
}

TEST(Greylist, ALateAttemptIsAFirstOne) {
  greylist list;
  EXPECT_FALSE(list.may_pass("a", start));
  EXPECT_FALSE(list.may_pass("a", start + greylist::remembered));
  EXPECT_TRUE(list.may_pass("a", start + greylist::remembered + greylist::remembered - 1s));
}

TEST(Greylist, ForgetsTheOldestWhenItIsFull) {
  greylist list;
  for (std::size_t i = 0; i < greylist::attempts_max; ++i)
    EXPECT_FALSE(list.may_pass(std::to_string(i), start + std::chrono::seconds(i % 100 + 1)));
  EXPECT_FALSE(list.may_pass("oldest", start));
  EXPECT_FALSE(list.may_pass("one more", start + 200s));
  EXPECT_FALSE(list.may_pass("oldest", start + 200s)) << "it was forgotten";
  EXPECT_TRUE(list.may_pass("one more", start + 200s));
}

}  // namespace
}  // namespace stagecoach::services

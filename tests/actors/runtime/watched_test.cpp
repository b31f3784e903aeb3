#include "actors/runtime/watched.hpp"

#include <gtest/gtest.h>

#include "tests/support/stage.hpp"

#include "tests/actors/runtime/cast.hpp"

namespace stagecoach::runtime {
namespace {

using namespace cast;
using namespace std::chrono_literals;
using testing::eventually;
using testing::test_stage;

TEST(Watched, AnswersAndFailuresArrive) {
  test_stage on;
  const auto one = on.stage().spawn<answerer>();
  auto right = on.ask<answer>(one, question{21});
  ASSERT_TRUE(right);
  EXPECT_EQ(right->value, 42);
  auto wrong = on.ask<answer>(one, question{13});
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error(), (failure{fault_code::full, "thirteen"}));
}

TEST(Watched, AnActorThatThrowsEndsAloneLoggedAndCounted) {
  test_stage on;
  const auto bad = on.stage().spawn<answerer>();
  const auto good = on.stage().spawn<answerer>();
  auto asked = on.ask<answer>(bad, question{-1});
  ASSERT_FALSE(asked);
  EXPECT_EQ(asked.error().code, fault_code::busy);
  EXPECT_TRUE(eventually([&] { return on.stage().registry().alive("answerer") == 1; }));
  EXPECT_TRUE(on.ask<answer>(good, question{1}));
  EXPECT_EQ(on.log().count("event=\"actor failed\""), 1U);
  EXPECT_EQ(on.log().count("actor=answerer:twice"), 1U);
  const auto now = on.stage().registry().snapshot("answerer");
  ASSERT_EQ(now.kinds.size(), 1U);
  EXPECT_EQ(now.kinds[0].failed, 1U);
  EXPECT_EQ(now.kinds[0].deaths, 1U);
}

}  // namespace
}  // namespace stagecoach::runtime

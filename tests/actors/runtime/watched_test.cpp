#include "actors/runtime/watched.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "actors/runtime/pinned.hpp"
#include "tests/actors/runtime/cast.hpp"
#include "tests/support/let_pass.hpp"
#include "tests/support/stage.hpp"

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

TEST(Watched, TheFailureOfAnEssentialActorIsToldAndNoOther) {
  std::atomic<int> told = 0;
  stage_options options;
  options.essential_failed = [&told] { ++told; };
  test_stage on(options, testing::test_clock::mode::running);
  const auto plain = on.stage().spawn<answerer>();
  const auto essential = on.stage().spawn<essential_answerer>();
  EXPECT_FALSE(on.ask<answer>(plain, question{-1}));
  EXPECT_FALSE(on.ask<answer>(essential, question{13}));  // an answer like any other
  EXPECT_EQ(told, 0);
  EXPECT_FALSE(on.ask<answer>(essential, question{-1}));
  EXPECT_EQ(told, 1);
}

// --- counting ---

struct sums {
  std::uint64_t received = 0;
  std::uint64_t handled = 0;
  std::uint64_t dropped = 0;
  std::uint64_t undelivered = 0;
};

sums of_kind(test_stage& on, std::string_view kind) {
  const auto now = on.stage().registry().snapshot(kind);
  if (now.kinds.size() != 1) return {};
  const auto& row = now.kinds[0];
  return {row.received, row.handled, row.dropped, row.undelivered};
}

TEST(Watched, CountsAreExactUnderMixedLoad) {
  constexpr std::int64_t asks = 100;
  constexpr std::int64_t rounds = 20;
  constexpr std::int64_t notes = 20'000;
  std::atomic<int> closures{0};
  test_stage on;
  const auto target = on.stage().spawn<answerer>();
  const auto never = on.stage().spawn<silent>();
  std::vector<asker_handle> askers;
  for (int i = 0; i < 2; ++i) {
    askers.push_back(on.stage().spawn<asker<watched<asker_handle>>>(target, std::ref(closures)));
    askers.push_back(
        on.stage().spawn_pinned<asker<pinned<asker_handle>>>(on.stage().units().next(), target, std::ref(closures)));
  }
  const auto late = on.stage().spawn<asker<watched<asker_handle>>>(never, std::ref(closures));
  std::atomic<bool> stop{false};
  std::thread reader([&] {  // a depth is never negative, whoever counts meanwhile
    while (!stop) {
      for (const auto& row : on.stage().registry().snapshot({}).actors) EXPECT_LT(row.depth, 1'000'000U);
      testing::let_pass(200us);
    }
  });
  for (const auto& one : askers)
    for (int round = 0; round < rounds; ++round) on.tell(one, ask_many{asks, 60'000});
  on.tell(late, ask_many{asks, 100});
  for (std::int64_t i = 0; i < notes; ++i) on.tell(target, note{1});
  const auto expected = static_cast<std::uint64_t>(askers.size() * rounds * asks + notes);
  EXPECT_TRUE(eventually([&] { return of_kind(on, "answerer").handled == expected; }));
  EXPECT_TRUE(eventually([&] { return closures == 0; }));
  on.tell(never, note{1});                                                   // a hundred late answers
  const auto asked = askers.size() * rounds * (asks + 1) + 1 + asks + asks;  // orders, answers, timeouts, late answers
  EXPECT_TRUE(eventually([&] {
    const auto now = of_kind(on, "asker");
    return now.received == asked && now.handled + now.dropped == asked;
  })) << of_kind(on, "asker").received
      << " of " << asked;
  stop = true;
  reader.join();
  EXPECT_EQ(of_kind(on, "answerer").received, expected);
  EXPECT_EQ(of_kind(on, "asker").dropped, static_cast<std::uint64_t>(asks));
  EXPECT_EQ(of_kind(on, "asker").undelivered, 0U);
}

TEST(Watched, WhatTheDeadLeftIsCounted) {
  test_stage on;
  {
    const auto one = on.stage().spawn<answerer>();
    ASSERT_TRUE(on.ask<answer>(one, question{1}));
    ASSERT_TRUE(on.stage().registry().park(one.id()));
    for (int i = 0; i < 500; ++i) on.tell(one, note{1});
    on.tell(one, note{0});  // quits here
    for (int i = 0; i < 15; ++i) on.tell(one, note{1});
    ASSERT_TRUE(on.stage().registry().unpark(one.id()));
    ASSERT_TRUE(eventually([&] { return on.stage().registry().alive("answerer") == 0; }));
    for (int i = 0; i < 5; ++i) on.tell(one, note{1});
    const auto now = of_kind(on, "answerer");
    EXPECT_EQ(now.received, 522U);
    EXPECT_EQ(now.handled, 502U);
    EXPECT_EQ(now.undelivered, 20U);
  }
  EXPECT_TRUE(eventually([&] { return on.stage().registry().snapshot("answerer").kinds[0].freed == 1; }));
  const auto after = of_kind(on, "answerer");
  EXPECT_EQ(after.received, 522U);
  EXPECT_EQ(after.handled, 502U);
  EXPECT_EQ(after.undelivered, 20U);
}

TEST(Watched, TenThousandBirthsAreTenThousandDeathsAndAllAreFreed) {
  test_stage on;
  for (int i = 0; i < 10'000; ++i) on.tell(on.stage().spawn<answerer>(), note{0});
  EXPECT_TRUE(eventually([&] {
    const auto now = on.stage().registry().snapshot("answerer");
    const auto& row = now.kinds.at(0);
    return row.births == 10'000 && row.deaths == 10'000 && row.freed == 10'000;
  }));
  EXPECT_EQ(of_kind(on, "answerer").handled, 10'000U);
}

TEST(Watched, ARowSaysWhoItIsAndWhatItDid) {
  test_stage on;
  const auto one = on.stage().spawn<answerer>();
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(on.ask<answer>(one, question{1}));
  testing::let_pass(20ms);
  const auto now = on.stage().registry().snapshot("answerer");
  ASSERT_EQ(now.actors.size(), 1U);
  const auto& row = now.actors[0];
  EXPECT_EQ(row.kind, "answerer");
  EXPECT_EQ(row.name, "twice");
  EXPECT_EQ(row.id, one.id());
  EXPECT_EQ(row.last_message, "question");
  EXPECT_EQ(row.handled, 100U);
  EXPECT_EQ(row.depth, 0U);
  EXPECT_GE(row.age_ms, 20U);
  EXPECT_LT(row.waited_us, 1'000'000U);
  EXPECT_EQ(row.running_us, 0U);
}

// --- parking ---

TEST(Watched, AParkedActorHandlesNothingUntilItIsUnparked) {
  test_stage on;
  std::atomic<int> closures{0};
  const auto target = on.stage().spawn<answerer>();
  const auto scheduled = on.stage().spawn<answerer>();
  const auto io =
      on.stage().spawn_pinned<asker<pinned<asker_handle>>>(on.stage().units().next(), target, std::ref(closures));
  const auto check = [&](const auto& one, std::string_view kind) {
    const auto handled = of_kind(on, kind).handled;
    ASSERT_TRUE(on.stage().registry().park(one.id()));
    for (int i = 0; i < 1000; ++i) on.tell(one, note{1});
    testing::let_pass(50ms);
    EXPECT_EQ(of_kind(on, kind).handled, handled);
    ASSERT_TRUE(on.stage().registry().unpark(one.id()));
    EXPECT_TRUE(eventually([&] { return of_kind(on, kind).handled == handled + 1000; }));
  };
  check(scheduled, "answerer");
  check(io, "asker");
}

TEST(Watched, RapidParkingLosesNothing) {
  test_stage on;
  const auto one = on.stage().spawn<answerer>();
  for (int round = 0; round < 3000; ++round) {
    ASSERT_TRUE(on.stage().registry().park(one.id()));
    for (int i = 0; i < 8; ++i) on.tell(one, note{1});
    ASSERT_TRUE(on.stage().registry().unpark(one.id()));
  }
  EXPECT_TRUE(eventually([&] { return of_kind(on, "answerer").handled == 24'000; }));
}

TEST(Watched, AThreadOfItsOwnCannotBeParked) {
  test_stage on;
  const auto one = on.stage().spawn_detached<answerer>();
  EXPECT_FALSE(on.stage().registry().park(one.id()));
  EXPECT_FALSE(on.stage().registry().park(1'000'000));
  EXPECT_TRUE(on.ask<answer>(one, question{1}));
}

}  // namespace
}  // namespace stagecoach::runtime

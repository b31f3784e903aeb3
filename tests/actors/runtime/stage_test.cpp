#include "actors/runtime/stage.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <string>
#include <system_error>

#include "actors/runtime/pinned.hpp"
#include "actors/runtime/world_real.hpp"
#include "tests/actors/runtime/cast.hpp"
#include "tests/support/stage.hpp"

namespace stagecoach::runtime {
namespace {

using namespace cast;

using thread_ids = std::set<std::string>;

// The process's threads that were not among `known`. A joined thread stands in /proc for a moment longer.
thread_ids threads_beside(const thread_ids& known) {
  thread_ids found;
  std::error_code gone;
  std::filesystem::directory_iterator one("/proc/self/task", gone);
  for (; !gone && one != std::filesystem::directory_iterator{}; one.increment(gone)) {
    if (auto id = one->path().filename().string(); !known.contains(id)) found.insert(std::move(id));
  }
  return found;
}

TEST(Stage, StopLeavesNoThreadBehind) {
  { testing::test_stage warm; }  // a sanitizer's own thread starts with the first of ours
  const auto before = threads_beside({});
  std::atomic<int> closures{0};
  {
    testing::test_stage on;
    const auto target = on.stage().spawn<silent>();
    const auto detached = on.stage().spawn_detached<answerer>();
    EXPECT_TRUE(on.ask<answer>(detached, question{1}));
    const auto first = on.stage().spawn<asker<watched<asker_handle>>>(target, std::ref(closures));
    const auto second =
        on.stage().spawn_pinned<asker<pinned<asker_handle>>>(on.stage().units().next(), target, std::ref(closures));
    on.tell(first, ask_many{100, 60'000});
    on.tell(second, ask_many{100, 60'000});
    EXPECT_FALSE(threads_beside(before).empty());
  }
  EXPECT_TRUE(testing::eventually([&] { return threads_beside(before).empty(); }));
  EXPECT_EQ(closures, 0);
}

TEST(Stage, StopsParkedActorsToo) {
  testing::test_stage on;
  const auto one = on.stage().spawn<answerer>();
  ASSERT_TRUE(on.stage().registry().park(one.id()));
  on.tell(one, note{1});
  on.stage().stop();
  EXPECT_EQ(on.stage().registry().alive(), 0U);
}

TEST(Stage, LogLinesBeginWithTheTime) {
  testing::test_stage on(stage_options{}, testing::test_clock::mode::standing);
  on.stage().log(log_line(log_level::info, "started").with("port", 1025));
  EXPECT_EQ(on.log().lines().back(), "time=2027-01-15T08:00:00.000Z level=info event=started port=1025");
}

TEST(World, RealRandomNumbersDiffer) {
  real_world real;
  const auto outside = real.view();
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 100; ++i) seen.insert(outside.random.u64());
  EXPECT_EQ(seen.size(), 100U);
  const auto trace = new_trace(outside.random);
  const auto step = next_span(trace, outside.random);
  EXPECT_EQ(step.trace, trace.trace);
  EXPECT_NE(step.span, trace.span);
  EXPECT_GT(outside.clock.wall().value, 1'700'000'000'000);
}

}  // namespace
}  // namespace stagecoach::runtime

#include "actors/runtime/memory.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace stagecoach::runtime {
namespace {

struct tightness {
  const char* name;
  memory_figures taken;
  memory_figures bounds;
  bool is_tight;
};

constexpr tightness tightnesses[] = {
    {"no bound", {1000, 1000, 1000}, {0, 0, 0}, false},
    {"four fifths", {80, 80, 80}, {100, 100, 100}, false},
    {"more of the addresses", {81, 0, 0}, {100, 0, 0}, true},
    {"more of the data", {0, 81, 0}, {100, 100, 100}, true},
    {"more of the memory", {0, 0, 81}, {0, 0, 100}, true},
    {"addresses are not memory", {1000, 1000, 10}, {0, 0, 100}, false},
};

TEST(Memory, IsTightWhenFourFifthsOfAnyBoundAreTaken) {
  for (const auto& row : tightnesses) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(is_tight(row.taken, row.bounds), row.is_tight);
  }
}

TEST(Memory, KnowsItsSmallestBound) {
  EXPECT_EQ(smallest({0, 0, 0}), 0U);
  EXPECT_EQ(smallest({0, 0, 7}), 7U);
  EXPECT_EQ(smallest({9, 8, 10}), 8U);
  EXPECT_EQ(address_bound({0, 8, 3}), 8U);
  EXPECT_EQ(address_bound({0, 0, 3}), 0U);
}

TEST(Memory, ReadsWhatTheKernelSaysOfAProcess) {
  const auto read = parse_statm("818506 4070 3058 779 0 625331 0\n", 4096);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->address_space, 818506U * 4096);
  EXPECT_EQ(read->data, 625331U * 4096);
  EXPECT_EQ(read->resident, (4070U - 3058U) * 4096) << "pages of files can be read again";
  for (const char* text : {"", "\n", "1 2 3 4 5", "1 2 3 4 5 ", "a b c d e f", "1  2 3 4 5 6", "-1 2 3 4 5 6"})
    EXPECT_FALSE(parse_statm(text, 4096)) << text;
  EXPECT_EQ(parse_statm("5 2 3 0 0 1", 1)->resident, 0U);
}

TEST(Memory, FindsTheFilesThatBoundItsCgroup) {
  using files = std::vector<std::string>;
  EXPECT_EQ(
      cgroup_limit_files("0::/system.slice/a.service\n"),
      (files{"/sys/fs/cgroup/system.slice/a.service/memory.max", "/sys/fs/cgroup/system.slice/a.service/memory.high",
             "/sys/fs/cgroup/system.slice/memory.max", "/sys/fs/cgroup/system.slice/memory.high",
             "/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.high"}));
  EXPECT_EQ(
      cgroup_limit_files("5:cpu,cpuacct:/a\n4:memory:/docker/1\n"),
      (files{"/sys/fs/cgroup/memory/docker/1/memory.limit_in_bytes",
             "/sys/fs/cgroup/memory/docker/memory.limit_in_bytes", "/sys/fs/cgroup/memory/memory.limit_in_bytes"}));
  EXPECT_EQ(cgroup_limit_files("0::/"), (files{"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.high"}));
  for (const char* text : {"", "\n", "0", "0:", "1:cpu:/a", ":::"}) {
    const auto found = cgroup_limit_files(text);
    EXPECT_TRUE(std::all_of(found.begin(), found.end(), [](const auto& one) { return one.starts_with("/sys/fs/"); }))
        << text;
  }
}

TEST(Memory, OfThisMachineIsBoundedAndEnoughForATest) {
  const process_memory gauge;
  EXPECT_GT(gauge.bound(), 1U << 20);
  EXPECT_FALSE(gauge.is_tight());
}

}  // namespace
}  // namespace stagecoach::runtime

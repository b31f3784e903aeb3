#include "actors/services/sliding_counts.hpp"

#include <gtest/gtest.h>

namespace stagecoach::services {
namespace {

using namespace std::chrono_literals;

// A minute of the clock begins here.
constexpr steady_time noon{std::chrono::hours{36}};

TEST(SlidingCounts, SlideAndForgetNothingAtOnce) {
  sliding_counts counts(60s);
  for (int i = 0; i < 30; ++i) counts.add("a", 1, noon + 50s);
  EXPECT_EQ(counts.count("a", noon + 59s), 30);
  EXPECT_EQ(counts.count("b", noon + 59s), 0);
  EXPECT_EQ(counts.count("a", noon + 60s), 30) << "a new minute of the clock";
  EXPECT_EQ(counts.count("a", noon + 90s), 15);
  counts.add("a", 1, noon + 90s);
  EXPECT_EQ(counts.count("a", noon + 90s), 16);
  EXPECT_EQ(counts.count("a", noon + 120s), 1);
  EXPECT_EQ(counts.count("a", noon + 180s), 0);
}

TEST(SlidingCounts, ForgetAllAfterALongSilence) {
  sliding_counts counts(60s);
  counts.add("a", 1, noon);
  EXPECT_EQ(counts.count("a", noon + 10min), 0);
}

TEST(SlidingCounts, AddAmounts) {
  sliding_counts counts(60s);
  counts.add("a", 5'000'000'000, noon);
  counts.add("a", 1, noon);
  EXPECT_EQ(counts.count("a", noon), 5'000'000'001.0);
}

TEST(SlidingCounts, TakeNoMoreKeysThanTheyMay) {
  sliding_counts counts(60s);
  for (std::size_t i = 0; i < sliding_counts::keys_max; ++i) counts.add(std::to_string(i), 1, noon);
  counts.add("one more", 1, noon);
  counts.add("7", 1, noon);
  EXPECT_EQ(counts.count("one more", noon), 0);
  EXPECT_EQ(counts.count("7", noon), 2);
}

}  // namespace
}  // namespace stagecoach::services

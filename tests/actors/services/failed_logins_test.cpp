#include "actors/services/failed_logins.hpp"

#include <gtest/gtest.h>

namespace stagecoach::services {
namespace {

using namespace std::chrono_literals;

// A minute of the clock begins here.
constexpr steady_time noon{std::chrono::hours{36}};

TEST(SlidingCounts, SlideAndForgetNothingAtOnce) {
  sliding_counts counts(60s);
  for (int i = 0; i < 30; ++i) counts.add("a", noon + 50s);
  EXPECT_EQ(counts.count("a", noon + 59s), 30);
  EXPECT_EQ(counts.count("b", noon + 59s), 0);
  EXPECT_EQ(counts.count("a", noon + 60s), 30) << "a new minute of the clock";
  EXPECT_EQ(counts.count("a", noon + 90s), 15);
  counts.add("a", noon + 90s);
  EXPECT_EQ(counts.count("a", noon + 90s), 16);
  EXPECT_EQ(counts.count("a", noon + 120s), 1);
  EXPECT_EQ(counts.count("a", noon + 180s), 0);
}

TEST(SlidingCounts, ForgetAllAfterALongSilence) {
  sliding_counts counts(60s);
  counts.add("a", noon);
  EXPECT_EQ(counts.count("a", noon + 10min), 0);
}

TEST(SlidingCounts, TakeNoMoreKeysThanTheyMay) {
  sliding_counts counts(60s);
  for (std::size_t i = 0; i < sliding_counts::keys_max; ++i) counts.add(std::to_string(i), noon);
  counts.add("one more", noon);
  counts.add("7", noon);
  EXPECT_EQ(counts.count("one more", noon), 0);
  EXPECT_EQ(counts.count("7", noon), 2);
}

struct FailedLogins : testing::Test {
  void fail(int times, std::string_view name, std::string_view ip, steady_time when) {
    for (int i = 0; i < times; ++i) failed.ended(name, ip, false, when);
  }
  failed_logins failed{{{3, 5, 9}, {10, 100, 100}, 7}};
};

TEST_F(FailedLogins, AreLimitedByAddressWithinAMinute) {
  fail(2, "ada@x", "192.0.2.1", noon);
  EXPECT_TRUE(failed.may_try("ada@x", "192.0.2.1", noon));
  fail(1, "eve@x", "192.0.2.1", noon);
  EXPECT_FALSE(failed.may_try("ada@x", "192.0.2.1", noon)) << "whoever it says it is";
  EXPECT_TRUE(failed.may_try("ada@x", "192.0.2.2", noon));
  EXPECT_TRUE(failed.may_try("ada@x", "192.0.2.1", noon + 2min));
}

TEST_F(FailedLogins, AreLimitedByNetwork) {
  for (const auto* ip : {"192.0.2.1", "192.0.2.2", "192.0.2.3"}) fail(2, ip, ip, noon);
  EXPECT_FALSE(failed.may_try("ada@x", "192.0.2.60", noon)) << "the same /26";
  EXPECT_TRUE(failed.may_try("ada@x", "192.0.2.64", noon));
  fail(2, "a", "192.0.3.1", noon);
  fail(2, "b", "192.0.4.1", noon);
  EXPECT_FALSE(failed.may_try("ada@x", "192.0.7.1", noon)) << "the same /21";
  EXPECT_TRUE(failed.may_try("ada@x", "192.0.8.1", noon));
  fail(3, "c", "2001:db8::1", noon);
  EXPECT_FALSE(failed.may_try("ada@x", "2001:db8::2", noon)) << "the same /64";
  EXPECT_TRUE(failed.may_try("ada@x", "2001:db8:0:1::1", noon));
}

TEST_F(FailedLogins, AreLimitedWithinADay) {
  for (int i = 0; i < 5; ++i) fail(2, std::to_string(i), "192.0.2.1", noon + i * 10min);
  EXPECT_FALSE(failed.may_try("ada@x", "192.0.2.1", noon + 1h));
  EXPECT_TRUE(failed.may_try("ada@x", "192.0.2.1", noon + 48h));
}

TEST_F(FailedLogins, OfANameAreLimitedForStrangersOnly) {
  failed.ended("ada@x", "198.51.100.1", true, noon);
  for (int i = 1; i <= 7; ++i) fail(1, "ADA@x", "203.0." + std::to_string(i * 8) + ".1", noon);
  EXPECT_FALSE(failed.may_try("ada@x", "192.0.2.1", noon));
  EXPECT_TRUE(failed.may_try("eve@x", "192.0.2.1", noon));
  EXPECT_TRUE(failed.may_try("ada@x", "198.51.100.2", noon)) << "the network of who has signed in";
  EXPECT_TRUE(failed.may_try("ada@x", "", noon)) << "over no network";
  EXPECT_TRUE(failed.may_try("ada@x", "192.0.2.1", noon + 3h));
}

TEST(FailedLoginsWithoutLimits, MayGoOn) {
  failed_logins failed(no_login_limits);
  for (int i = 0; i < 1000; ++i) failed.ended("ada@x", "192.0.2.1", false, noon);
  EXPECT_TRUE(failed.may_try("ada@x", "192.0.2.1", noon));
}

}  // namespace
}  // namespace stagecoach::services

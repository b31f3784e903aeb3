#include "actors/services/failed_logins.hpp"

#include <gtest/gtest.h>

namespace stagecoach::services {
namespace {

using namespace std::chrono_literals;

constexpr steady_time noon{std::chrono::hours{36}};

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

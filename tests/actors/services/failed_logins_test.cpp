#include "actors/services/failed_logins.hpp"

#include <gtest/gtest.h>

namespace stagecoach::services {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

constexpr steady_time noon{std::chrono::hours{36}};

login_target whom(std::string_view account) { return {std::string(account), true}; }

config::limit_table few() {
  config::limit_table some;
  some.failed_logins_per_address_minute = 3;
  some.failed_logins_per_address_day = 10;
  return some;
}

struct FailedLogins : testing::Test {
  void fail(int times, const std::string& account, std::string_view ip, steady_time when) {
    for (int i = 0; i < times; ++i) failed.ended(whom(account), ip, false, when);
  }
  bool may_try(const std::string& account, std::string_view ip, steady_time when) {
    return failed.wait_before(whom(account), ip, when).has_value();
  }
  milliseconds wait(const std::string& account, std::string_view ip, steady_time when) {
    return failed.wait_before(whom(account), ip, when).value_or(milliseconds{-1});
  }
  failed_logins failed{few()};
};

TEST_F(FailedLogins, AreLimitedByAddressWithinAMinute) {
  fail(2, "ada", "192.0.2.1", noon);
  EXPECT_TRUE(may_try("ada", "192.0.2.1", noon));
  fail(1, "eve", "192.0.2.1", noon);
  EXPECT_FALSE(may_try("ada", "192.0.2.1", noon)) << "whoever it says it is";
  EXPECT_TRUE(may_try("ada", "192.0.2.2", noon));
  EXPECT_TRUE(may_try("ada", "192.0.2.1", noon + 2min));
}

TEST_F(FailedLogins, AreLimitedByNetwork) {
  for (int i = 0; i < 8; ++i) fail(1, std::to_string(i), "192.0.2." + std::to_string(i), noon);
  EXPECT_TRUE(may_try("ada", "192.0.2.60", noon)) << "eight of its /26";
  fail(1, "a", "192.0.2.9", noon);
  EXPECT_FALSE(may_try("ada", "192.0.2.60", noon)) << "nine";
  EXPECT_TRUE(may_try("ada", "192.0.2.64", noon));
  for (int i = 0; i < 18; ++i) fail(1, std::to_string(i), "192.0." + std::to_string(3 + i / 5) + ".1", noon);
  EXPECT_FALSE(may_try("ada", "192.0.7.1", noon)) << "27 of its /21";
  EXPECT_TRUE(may_try("ada", "192.0.8.1", noon));
  fail(3, "c", "2001:db8::1", noon);
  EXPECT_FALSE(may_try("ada", "2001:db8::2", noon)) << "the same /64";
  EXPECT_TRUE(may_try("ada", "2001:db8:0:1::1", noon));
}

TEST_F(FailedLogins, AreLimitedWithinADay) {
  for (int i = 0; i < 9; ++i) fail(1, std::to_string(i), "192.0.2.1", noon + i * 10min);
  EXPECT_TRUE(may_try("ada", "192.0.2.1", noon + 2h)) << "nine";
  fail(1, "last", "192.0.2.1", noon + 2h);
  EXPECT_FALSE(may_try("ada", "192.0.2.1", noon + 3h));
  EXPECT_TRUE(may_try("ada", "192.0.2.1", noon + 48h));
}

TEST_F(FailedLogins, MakeTheNextAttemptsWithAnAccountWait) {
  const std::array<milliseconds, 9> expected{0s, 0s, 0s, 1s, 2s, 3s, 4s, 5s, 5s};
  for (std::size_t n = 0; n < expected.size(); ++n) {
    const auto elsewhere = "203.0." + std::to_string(n * 8) + ".1";
    EXPECT_EQ(wait("ada", elsewhere, noon), expected[n]) << "attempt " << n + 1;
    EXPECT_EQ(wait("eve", elsewhere, noon), 0s) << "another account";
    fail(1, "ada", elsewhere, noon);
  }
  EXPECT_EQ(wait("ada", "", noon), 0s) << "over no network";
  EXPECT_EQ(wait("ada", "198.51.100.1", noon + 3h), 0s) << "forgotten";
}

// More made-up names than are counted: accounts are counted all the same.
TEST_F(FailedLogins, WithMadeUpNamesLeaveRoomForAccounts) {
  for (std::size_t i = 0; i <= sliding_counts::keys_max; ++i)
    failed.ended({std::to_string(i) + "@x", false}, "10." + std::to_string(i % 250) + ".0.1", false, noon);
  for (int i = 0; i < 3; ++i) fail(1, "ada", "172.16." + std::to_string(i * 8) + ".1", noon);
  EXPECT_EQ(wait("ada", "192.0.2.1", noon), 1s);
  for (int i = 0; i < 3; ++i) failed.ended({"7@x", false}, "172.16." + std::to_string(i * 8) + ".1", false, noon);
  EXPECT_EQ(failed.wait_before({"7@x", false}, "192.0.2.1", noon), milliseconds{2000});
  EXPECT_EQ(wait("7@x", "192.0.2.1", noon), 0s) << "an account of that key is another one";
}

// Whatever an attacker does from elsewhere, its owner signs in: at once from where it did before, else after seconds.
TEST_F(FailedLogins, LockNoOwnerOut) {
  failed.ended(whom("ada"), "198.51.100.1", true, noon);
  for (int i = 0; i < 10'000; ++i)
    fail(1, "ada", "10." + std::to_string(i % 250) + "." + std::to_string(i / 250) + ".1", noon + 1min);
  EXPECT_EQ(wait("ada", "198.51.100.1", noon + 1min), 0s) << "at home";
  EXPECT_EQ(wait("ada", "192.0.2.1", noon + 1min), 5s) << "on a journey";
}

TEST_F(FailedLogins, OfItsNetworkDoNotHarmAnOwner) {
  failed.ended(whom("ada"), "192.0.2.1", true, noon);
  fail(50, "eve", "192.0.2.1", noon + 1min);
  fail(50, "ada", "192.0.2.2", noon + 1min);
  EXPECT_EQ(wait("ada", "192.0.2.1", noon + 1min), 0s);
  EXPECT_FALSE(may_try("eve", "192.0.2.1", noon + 1min));
  EXPECT_FALSE(may_try("ada", "192.0.2.2", noon + 1min)) << "a neighbour is no owner";
  EXPECT_EQ(wait("ada", "192.0.2.1", noon + 80h), 0s);
  EXPECT_TRUE(may_try("ada", "192.0.2.2", noon + 80h));
}

// Who shares the owner's address guesses at its account no more often than anybody does.
TEST_F(FailedLogins, WithAnAccountAtItsOwnersAddressAreLimitedToo) {
  failed.ended(whom("ada"), "192.0.2.1", true, noon);
  fail(2, "ada", "192.0.2.1", noon);
  EXPECT_EQ(wait("ada", "192.0.2.1", noon), 0s);
  fail(1, "ada", "192.0.2.1", noon);
  EXPECT_FALSE(may_try("ada", "192.0.2.1", noon));
  EXPECT_TRUE(may_try("ada", "192.0.2.1", noon + 2min));
}

TEST(FailedLoginsWithoutLimits, MayGoOn) {
  failed_logins failed(config::developer_limits());
  for (int i = 0; i < 1000; ++i) failed.ended(whom("ada"), "192.0.2.1", false, noon);
  EXPECT_EQ(failed.wait_before(whom("ada"), "192.0.2.1", noon), milliseconds{0});
}

}  // namespace
}  // namespace stagecoach::services

#include "actors/edge/delivery_rates.hpp"

#include <gtest/gtest.h>

namespace stagecoach::edge {
namespace {

using namespace std::chrono_literals;

constexpr services::steady_time noon{std::chrono::hours{36}};
constexpr std::uint64_t mib = 1 << 20;

config::limit_table limits(std::uint64_t mails, std::uint64_t size_mib) {
  config::limit_table some;
  some.mails_per_address_minute = mails;
  some.mail_mib_per_address_minute = size_mib;
  return some;
}

TEST(DeliveryRates, CountMails) {
  delivery_rates rates(limits(3, 0));
  for (int i = 0; i < 2; ++i) rates.brought("192.0.2.1", 100, noon);
  EXPECT_TRUE(rates.takes_more("192.0.2.1", noon)) << "one below";
  rates.brought("192.0.2.1", 100, noon);
  EXPECT_FALSE(rates.takes_more("192.0.2.1", noon));
  EXPECT_TRUE(rates.takes_more("192.0.2.2", noon));
  for (int i = 0; i < 6; ++i) rates.brought("192.0.2." + std::to_string(10 + i), 100, noon);
  EXPECT_FALSE(rates.takes_more("192.0.2.2", noon)) << "nine of one /26";
  EXPECT_TRUE(rates.takes_more("192.0.2.64", noon));
  EXPECT_TRUE(rates.takes_more("192.0.2.1", noon + 2min));
}

TEST(DeliveryRates, CountOctets) {
  delivery_rates rates(limits(0, 10));
  rates.brought("192.0.2.1", 10 * mib - 1, noon);
  EXPECT_TRUE(rates.takes_more("192.0.2.1", noon)) << "one octet below";
  rates.brought("192.0.2.1", 1, noon);
  EXPECT_FALSE(rates.takes_more("192.0.2.1", noon));
  EXPECT_TRUE(rates.takes_more("192.0.2.1", noon + 61s)) << "the window slides";
}

TEST(DeliveryRates, WithoutLimitsTakeAll) {
  delivery_rates rates(limits(0, 0));
  for (int i = 0; i < 10'000; ++i) rates.brought("192.0.2.1", 100 * mib, noon);
  EXPECT_TRUE(rates.takes_more("192.0.2.1", noon));
}

}  // namespace
}  // namespace stagecoach::edge

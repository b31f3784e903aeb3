#include "actors/edge/admission.hpp"

#include <gtest/gtest.h>

namespace stagecoach::edge {
namespace {

using namespace std::chrono_literals;

constexpr services::steady_time noon{std::chrono::hours{36}};

config::limit_table limits(std::uint64_t in_all, std::uint64_t per_address, std::uint64_t per_minute) {
  config::limit_table some;
  some.connections = in_all;
  some.connections_per_address = per_address;
  some.connections_per_address_minute = per_minute;
  return some;
}

// As many as there may be, each from an address of its own.
void fill(admission& door, int count) {
  for (int i = 0; i < count; ++i) ASSERT_EQ(door.admit("10." + std::to_string(i) + ".0.1", noon), admitted::yes);
}

TEST(Admission, CountsInAll) {
  admission door(limits(4, 0, 0));
  fill(door, 4);
  EXPECT_EQ(door.admit("198.51.100.1", noon), admitted::no_house_full);
  door.left("10.0.0.1");
  EXPECT_EQ(door.admit("198.51.100.1", noon), admitted::yes);
  EXPECT_EQ(door.count(), 4U);
}

TEST(Admission, CountsPerNetwork) {
  admission door(limits(0, 2, 0));
  const auto come = [&](const std::string& ip) { return door.admit(ip, noon); };
  EXPECT_EQ(come("192.0.2.1"), admitted::yes);
  EXPECT_EQ(come("192.0.2.1"), admitted::yes);
  EXPECT_EQ(come("192.0.2.1"), admitted::no_too_many_of_network) << "three of one address";
  for (const auto* ip : {"192.0.2.2", "192.0.2.3", "192.0.2.4", "192.0.2.5"}) EXPECT_EQ(come(ip), admitted::yes);
  EXPECT_EQ(come("192.0.2.6"), admitted::no_too_many_of_network) << "seven of one /26";
  for (int i = 0; i < 12; ++i)
    EXPECT_EQ(come("192.0." + std::to_string(3 + i / 6) + "." + std::to_string(i)), admitted::yes);
  EXPECT_EQ(come("192.0.5.1"), admitted::no_too_many_of_network) << "nineteen of one /21";
  EXPECT_EQ(come("192.0.8.1"), admitted::yes);
  door.left("192.0.2.1");
  EXPECT_EQ(come("192.0.2.6"), admitted::yes);
}

TEST(Admission, CountsWhoComesTooOftenEvenIfRefused) {
  admission door(limits(0, 0, 3));
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(door.admit("192.0.2.1", noon), admitted::yes);
    door.left("192.0.2.1");
  }
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(door.admit("192.0.2.1", noon + 1s), admitted::no_too_often_of_network)
        << "four of one address in a minute";
  EXPECT_EQ(door.admit("192.0.2.2", noon + 2s), admitted::yes);
  EXPECT_EQ(door.admit("192.0.2.3", noon + 3s), admitted::no_too_often_of_network)
      << "ten of one /26, five of them refused";
  EXPECT_EQ(door.admit("192.0.2.64", noon + 3s), admitted::yes);
  EXPECT_EQ(door.admit("192.0.2.1", noon + 3min), admitted::yes);
}

TEST(Admission, SaysWhenItIsNearlyFull) {
  admission door(limits(10, 0, 0));
  fill(door, 8);
  EXPECT_FALSE(door.is_nearly_full()) << "four fifths";
  EXPECT_EQ(door.admit("198.51.100.1", noon), admitted::yes);
  EXPECT_TRUE(door.is_nearly_full());
  door.left("198.51.100.1");
  EXPECT_FALSE(door.is_nearly_full());
}

TEST(Admission, WithoutLimitsAdmitsEverybody) {
  admission door(limits(0, 0, 0));
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(door.admit("127.0.0.1", noon), admitted::yes);
  EXPECT_FALSE(door.is_nearly_full());
}

}  // namespace
}  // namespace stagecoach::edge

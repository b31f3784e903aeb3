#include "actors/edge/admission.hpp"

#include <gtest/gtest.h>

namespace stagecoach::edge {
namespace {

constexpr services::steady_time noon{std::chrono::hours{36}};

TEST(Admission, CountsInAllAndPerNetwork) {
  admission door({4, {2, 3, 0}, {}});
  EXPECT_TRUE(door.admit("192.0.2.1", noon));
  EXPECT_TRUE(door.admit("192.0.2.1", noon));
  EXPECT_FALSE(door.admit("192.0.2.1", noon)) << "two of one address";
  EXPECT_TRUE(door.admit("192.0.2.2", noon));
  EXPECT_FALSE(door.admit("192.0.2.3", noon)) << "three of one /26";
  EXPECT_TRUE(door.admit("192.0.2.65", noon));
  EXPECT_FALSE(door.admit("198.51.100.1", noon)) << "four in all";
  door.left("192.0.2.1");
  EXPECT_TRUE(door.admit("192.0.2.1", noon));
  EXPECT_EQ(door.count(), 4U);
}

TEST(Admission, CountsWhoComesTooOftenEvenIfRefused) {
  using namespace std::chrono_literals;
  admission door({0, {}, {3, 5, 0}});
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(door.admit("192.0.2.1", noon));
    door.left("192.0.2.1");
  }
  EXPECT_FALSE(door.admit("192.0.2.1", noon + 1s)) << "four of one address in a minute";
  EXPECT_TRUE(door.admit("192.0.2.2", noon + 2s));
  EXPECT_FALSE(door.admit("192.0.2.3", noon + 3s)) << "six of one /26, one of them refused";
  EXPECT_TRUE(door.admit("192.0.2.64", noon + 3s));
  EXPECT_TRUE(door.admit("192.0.2.1", noon + 3min));
}

TEST(Admission, WithoutLimitsAdmitsEverybody) {
  admission door({});
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(door.admit("127.0.0.1", noon));
}

}  // namespace
}  // namespace stagecoach::edge

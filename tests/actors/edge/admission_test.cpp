#include "actors/edge/admission.hpp"

#include <gtest/gtest.h>

namespace stagecoach::edge {
namespace {

TEST(Admission, CountsInAllAndPerNetwork) {
  admission door({4, {2, 3, 0}});
  EXPECT_TRUE(door.admit("192.0.2.1"));
  EXPECT_TRUE(door.admit("192.0.2.1"));
  EXPECT_FALSE(door.admit("192.0.2.1")) << "two of one address";
  EXPECT_TRUE(door.admit("192.0.2.2"));
  EXPECT_FALSE(door.admit("192.0.2.3")) << "three of one /26";
  EXPECT_TRUE(door.admit("192.0.2.65"));
  EXPECT_FALSE(door.admit("198.51.100.1")) << "four in all";
  door.left("192.0.2.1");
  EXPECT_TRUE(door.admit("192.0.2.1"));
  EXPECT_EQ(door.count(), 4U);
}

TEST(Admission, WithoutLimitsAdmitsEverybody) {
  admission door({});
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(door.admit("127.0.0.1"));
}

}  // namespace
}  // namespace stagecoach::edge

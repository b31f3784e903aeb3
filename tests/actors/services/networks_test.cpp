#include "actors/services/networks.hpp"

#include <gtest/gtest.h>

namespace stagecoach::services {
namespace {

TEST(Networks, OfAddresses) {
  EXPECT_EQ(networks_of("192.0.2.1")[1], networks_of("192.0.2.63")[1]);
  EXPECT_NE(networks_of("192.0.2.1")[1], networks_of("192.0.2.64")[1]);
  EXPECT_EQ(networks_of("192.0.0.1")[2], networks_of("192.0.7.255")[2]);
  EXPECT_EQ(networks_of("2001:db8::1")[0], networks_of("2001:db8::ffff")[0]);
  EXPECT_NE(networks_of("2001:db8::1")[0], networks_of("2001:db8:0:1::1")[0]);
  EXPECT_EQ(networks_of("not an address")[0], networks_of("not an address")[2]);
}

}  // namespace
}  // namespace stagecoach::services

#include "actors/edge/port_holder.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include "actors/edge/listener.hpp"

namespace stagecoach::edge {
namespace {

using inodes = std::set<std::string, std::less<>>;

constexpr std::string_view table =
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
    "   0: 0100007F:0401 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 0 100 0 0 10 0\n"
    "   1: 00000000:0401 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4712 1 0 100 0 0 10 0\n"
    "   2: 0100007F:0401 0100007F:9C40 01 00000000:00000000 00:00000000 00000000     0        0 4713 1 0 100 0 0 10 0\n"
    "   3: 0100007F:0402 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4714 1 0 100 0 0 10 "
    "0\n";

TEST(PortHolder, IsWhoListens) {
  EXPECT_EQ(listening_sockets(table, 1025), (inodes{"4711", "4712"}));
  EXPECT_EQ(listening_sockets(table, 1026), inodes{"4714"});
  EXPECT_EQ(listening_sockets(table, 9), inodes{});
}

TEST(PortHolder, PassesOverWhatItDoesNotUnderstand) {
  for (const std::string_view odd :
       {"", "\n\n", "0: 0100007F:0401", "0: 0100007F:0401 0:0 0A 0 0 0 0 0", "0: :0401x 0:0 0A 0 0 0 0 0 5",
        "0: 0401 0:0 0A 0 0 0 0 0 5", "0: 0:10401 0:0 0A 0 0 0 0 0 5", "\x01\xff\0"})
    EXPECT_EQ(listening_sockets(odd, 1025), inodes{}) << odd;
}

TEST(PortHolder, IsThisVeryProcess) {
  auto mine = bound_port::bind("127.0.0.1", 0);
  ASSERT_TRUE(mine);
  const auto found = find_port_holder(mine->port());
  ASSERT_TRUE(found);
  EXPECT_EQ(found->pid, ::getpid());
  EXPECT_FALSE(found->name.empty());
}

}  // namespace
}  // namespace stagecoach::edge

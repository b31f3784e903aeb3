// What a page that comes back has missed, and when that is not known any more.
#include "actors/web/event_tail.hpp"

#include <gtest/gtest.h>

namespace stagecoach::web {
namespace {

using namespace std::chrono_literals;

const event_tail::moment start{1000s};

struct EventTail : ::testing::Test {
  void send(std::string_view event, event_tail::moment at) { tail_.keep(tail_.number(event), at); }
  event_tail tail_{"ab-1"};
};

TEST_F(EventTail, GivesWhatCameBehindAnEvent) {
  EXPECT_EQ(tail_.after(0), "") << "there was none yet";
  for (const auto* event : {"one\n\n", "two\n\n", "three\n\n"}) send(event, start);
  EXPECT_EQ(tail_.after(3), "");
  EXPECT_EQ(tail_.after(1), "id: ab-1.2\ntwo\n\nid: ab-1.3\nthree\n\n");
  EXPECT_EQ(tail_.after(0), "id: ab-1.1\none\n\nid: ab-1.2\ntwo\n\nid: ab-1.3\nthree\n\n");
  EXPECT_EQ(tail_.after(4), std::nullopt) << "it was never sent";
  EXPECT_EQ(tail_.after(UINT64_MAX), std::nullopt);
}

TEST_F(EventTail, KnowsOnlyWhatWasSent) {
  send("one\n\n", start);
  EXPECT_EQ(tail_.number("two\n\n"), "id: ab-1.2\ntwo\n\n");
  EXPECT_EQ(tail_.after(1), "");
  EXPECT_EQ(tail_.after(2), std::nullopt);
}

TEST_F(EventTail, ForgetsWhatIsOld) {
  send("one\n\n", start);
  send("two\n\n", start + 1s);
  tail_.forget_before(start + 1s);
  EXPECT_EQ(tail_.after(0), std::nullopt);
  EXPECT_EQ(tail_.after(1), "id: ab-1.2\ntwo\n\n");
  tail_.forget_before(start + 2s);
  EXPECT_EQ(tail_.after(1), std::nullopt);
  EXPECT_EQ(tail_.after(2), "") << "whoever has got all misses nothing";
}

TEST_F(EventTail, KeepsSoManyOctets) {
  const std::string half(event_tail::bytes_max / 2 - 100, 'x');
  for (int i = 0; i < 3; ++i) send(half, start);
  EXPECT_EQ(tail_.after(0), std::nullopt);
  EXPECT_EQ(tail_.after(1)->size(), 2 * (half.size() + std::string_view("id: ab-1.2\n").size()));
  send(std::string(event_tail::bytes_max + 1, 'y'), start);
  EXPECT_EQ(tail_.after(3), std::nullopt) << "one that is larger is not kept";
  EXPECT_EQ(tail_.after(4), "");
}

TEST(EventId, IsAStreamAndANumber) {
  EXPECT_EQ(read_event_id("ab-1.17"), (event_place{"ab-1", 17}));
  EXPECT_EQ(read_event_id("a.b.0"), (event_place{"a.b", 0}));
  for (const auto* text :
       {"", ".", "17", "ab-1", "ab-1.", ".17", "ab-1.x", "ab-1.1x", "ab-1.-1", "ab-1. 1", "ab-1.18446744073709551616"})
    EXPECT_EQ(read_event_id(text), std::nullopt) << text;
}

}  // namespace
}  // namespace stagecoach::web

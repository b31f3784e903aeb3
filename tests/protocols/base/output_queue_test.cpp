#include "protocols/base/output_queue.hpp"

#include <gtest/gtest.h>

#include <string>

namespace stagecoach {
namespace {

TEST(OutputQueue, YieldsInOrderWhateverIsPutInBetween) {
  for (int at_once = 1; at_once <= 9; ++at_once) {
    SCOPED_TRACE(at_once);
    output_queue<std::string> queue;
    int put = 0;
    int taken = 0;
    for (int round = 0; round < 50; ++round) {
      for (int i = 0; i < at_once; ++i) queue.put("output " + std::to_string(put++));
      // Sometimes all are taken, sometimes some stay.
      for (int i = round % 3 == 0 ? put - taken : at_once / 2; i > 0; --i)
        EXPECT_EQ(queue.next(), "output " + std::to_string(taken++));
      EXPECT_EQ(queue.size(), static_cast<std::size_t>(put - taken));
      EXPECT_EQ(queue.is_empty(), put == taken);
    }
    while (taken < put) EXPECT_EQ(queue.next(), "output " + std::to_string(taken++));
    EXPECT_EQ(queue.next(), std::nullopt);
  }
}

TEST(OutputQueue, KeepsLittleRoomWhenItIsEmpty) {
  output_queue<std::string> queue;
  queue.put("a");
  EXPECT_EQ(queue.next(), "a");
  EXPECT_GE(queue.capacity(), 1U) << "for the next";
  for (int i = 0; i < 1000; ++i) queue.put("b");
  while (queue.next()) continue;
  EXPECT_LE(queue.capacity() * sizeof(std::string), 512U);
  for (int i = 0; i < 1000; ++i) queue.put("c");
  while (queue.size() > 1) queue.drop_last();
  queue.drop_last();
  EXPECT_LE(queue.capacity() * sizeof(std::string), 512U);
}

TEST(OutputQueue, ShowsAndDropsTheLastOne) {
  output_queue<std::string> queue;
  EXPECT_EQ(queue.last(), nullptr);
  queue.put("a");
  queue.put("b");
  ASSERT_NE(queue.last(), nullptr);
  *queue.last() += "!";
  EXPECT_EQ(queue.next(), "a");
  queue.put("c");
  queue.drop_last();
  EXPECT_EQ(*queue.last(), "b!");
  queue.drop_last();
  EXPECT_EQ(queue.last(), nullptr);
  EXPECT_EQ(queue.next(), std::nullopt);
  EXPECT_THROW(queue.drop_last(), check_failed);
}

}  // namespace
}  // namespace stagecoach

#include "actors/runtime/record_memory.hpp"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <random>
#include <set>
#include <thread>
#include <vector>

namespace stagecoach::runtime {
namespace {

constexpr std::size_t slot_bytes = record_memory::slot_bytes;

// Whole pages of it that are in memory.
std::size_t resident_pages(void* slot) {
  unsigned char pages[slot_bytes / 4096]{};
  EXPECT_EQ(mincore(slot, slot_bytes, pages), 0);
  return static_cast<std::size_t>(std::count_if(std::begin(pages), std::end(pages), [](auto one) { return one & 1; }));
}

TEST(RecordMemory, IsAShareOfTheAddressesThatAProcessMayHave) {
  EXPECT_EQ(record_slots(0), 100'000U);
  EXPECT_EQ(record_slots(1ULL << 50), 100'000U);
  EXPECT_EQ(record_slots(16 * slot_bytes * 7), 7U);
  EXPECT_EQ(record_slots(1000), 0U);
}

TEST(RecordMemory, HandsOutEachSlotOnceAndNoMoreThanThereAre) {
  record_memory all(100);
  std::set<void*> taken;
  for (int i = 0; i < 100; ++i) {
    void* slot = all.take();
    ASSERT_NE(slot, nullptr);
    ASSERT_TRUE(all.owns(slot));
    ASSERT_TRUE(taken.insert(slot).second);
    std::memset(slot, 'x', slot_bytes);
  }
  EXPECT_EQ(all.take(), nullptr);
  const auto* last = static_cast<const char*>(*taken.rbegin());
  EXPECT_TRUE(all.owns(last + slot_bytes - 1));
  EXPECT_FALSE(all.owns(last + slot_bytes));
  EXPECT_FALSE(all.owns(nullptr));
  all.give(*taken.begin());
  EXPECT_EQ(all.take(), *taken.begin());
}

TEST(RecordMemory, GoesBackToTheSystem) {
  ASSERT_EQ(sysconf(_SC_PAGESIZE), 4096);
  record_memory all(1000);
  std::vector<void*> taken;
  for (int i = 0; i < 1000; ++i) {
    taken.push_back(all.take());
    std::memset(taken.back(), 'x', slot_bytes);
  }
  for (void* one : taken) all.give(one);
  std::size_t resident = 0;
  for (void* one : taken) resident += resident_pages(one);
  EXPECT_EQ(resident, 32 * slot_bytes / 4096);  // what is taken next needs no fresh pages
}

TEST(RecordMemory, IsKeptApartByManyThreads) {
  record_memory all(64);
  std::vector<std::thread> threads;
  for (unsigned char mark = 1; mark <= 4; ++mark)
    threads.emplace_back([&all, mark] {
      std::minstd_rand random(mark);
      std::vector<unsigned char*> mine;
      for (int i = 0; i < 20'000; ++i) {
        if (mine.size() < 16 && random() % 2 == 0) {
          auto* slot = static_cast<unsigned char*>(all.take());
          ASSERT_NE(slot, nullptr);
          slot[0] = slot[slot_bytes - 1] = mark;
          mine.push_back(slot);
        } else if (!mine.empty()) {
          ASSERT_EQ(mine.back()[0], mark);
          ASSERT_EQ(mine.back()[slot_bytes - 1], mark);
          all.give(mine.back());
          mine.pop_back();
        }
      }
    });
  for (auto& one : threads) one.join();
}

}  // namespace
}  // namespace stagecoach::runtime

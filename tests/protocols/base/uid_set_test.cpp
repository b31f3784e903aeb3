#include "protocols/base/uid_set.hpp"

#include <gtest/gtest.h>

#include <random>
#include <set>

namespace stagecoach {
namespace {

TEST(UidSet, MergesWhatTouches) {
  uid_set set;
  set.add(uid{5});
  set.add(uid{3});
  set.add(uid{4});
  ASSERT_EQ(set.ranges().size(), 1U);
  EXPECT_EQ(set.ranges()[0], (uid_range{uid{3}, uid{5}}));
  set.remove(uid{4});
  EXPECT_EQ(set.ranges().size(), 2U);
  EXPECT_FALSE(set.contains(uid{4}));
}

TEST(UidSet, HoldsTheLastUid) {
  uid_set set;
  set.add(uid{4294967295U});
  set.add(uid_range{uid{1}, uid{4294967294U}});
  EXPECT_EQ(set.ranges().size(), 1U);
  EXPECT_EQ(set.size(), 4294967295U);
}

TEST(UidSet, AgreesWithAPlainSet) {
  for (unsigned seed = 0; seed < 50; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    uid_set set;
    std::set<std::uint32_t> plain;
    for (int step = 0; step < 200; ++step) {
      const std::uint32_t first = random() % 100 + 1;
      if (random() % 3 == 0) {
        set.remove(uid{first});
        plain.erase(first);
      } else {
        const std::uint32_t last = first + random() % 10;
        set.add(uid_range{uid{first}, uid{last}});
        for (std::uint32_t u = first; u <= last; ++u) plain.insert(u);
      }
      ASSERT_EQ(set.size(), plain.size());
      for (std::uint32_t u = 1; u < 115; ++u) ASSERT_EQ(set.contains(uid{u}), plain.count(u) == 1);
    }
  }
}

}  // namespace
}  // namespace stagecoach

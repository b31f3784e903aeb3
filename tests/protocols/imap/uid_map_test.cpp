#include "protocols/imap/uid_map.hpp"

#include <gtest/gtest.h>

#include <random>

namespace stagecoach::imap {
namespace {

uid_set set_of(std::initializer_list<std::uint32_t> uids) {
  uid_set out;
  for (const auto one : uids) out.add(uid{one});
  return out;
}

sequence_set parse(std::string_view text) {
  reader in(text);
  return take_sequence_set(in);
}

TEST(UidMap, CountsMessages) {
  uid_map map(set_of({3, 4, 5, 9, 20}));
  EXPECT_EQ(map.size(), 5U);
  EXPECT_EQ(map.number_of(uid{3}), 1U);
  EXPECT_EQ(map.number_of(uid{9}), 4U);
  EXPECT_EQ(map.number_of(uid{6}), 0U);
  EXPECT_EQ(map.number_of(uid{21}), 0U);
  EXPECT_EQ(map.at(5), uid{20});
  map.append(set_of({20, 21, 22, 30}));
  EXPECT_EQ(map.size(), 8U);
  EXPECT_EQ(map.last(), uid{30});
}

TEST(UidMap, ExpungeMovesNumbers) {
  uid_map map(set_of({1, 2, 3, 4, 5, 9}));
  EXPECT_EQ(map.remove(set_of({1, 3, 4, 7, 9})), (std::vector<std::uint32_t>{1, 2, 2, 3}));
  EXPECT_EQ(map.all(), set_of({2, 5}));
  EXPECT_EQ(map.number_of(uid{5}), 2U);
}

TEST(UidMap, NamesMessages) {
  const uid_map map(set_of({3, 4, 5, 9, 20}));
  EXPECT_EQ(map.by_number(parse("2:3,*")), set_of({4, 5, 20}));
  EXPECT_FALSE(map.by_number(parse("6")));
  EXPECT_FALSE(map.by_number(parse("1:6")));
  EXPECT_EQ(map.by_uid(parse("1:4,10:15,*")), set_of({3, 4, 20}));
  EXPECT_EQ(map.by_uid(parse("100:*")), set_of({20}));  // RFC 3501 6.4.8: `*` is the last, and ranges have no order
  EXPECT_EQ(map.between(uid{5}, uid{19}), set_of({5, 9}));
  const uid_map empty;
  EXPECT_FALSE(empty.by_number(parse("1:*")));
  EXPECT_TRUE(empty.by_uid(parse("1:*")).empty());
  EXPECT_EQ(empty.last(), uid{});
}

TEST(UidMap, AgreesWithAPlainList) {
  for (unsigned seed = 0; seed < 50; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    uid_map map;
    std::vector<std::uint32_t> plain;
    std::uint32_t next = 1;
    for (int step = 0; step < 50; ++step) {
      uid_set some;
      if (random() % 2 == 0) {
        for (int i = 0; i < 5; ++i, next += random() % 3 + 1) {
          some.add(uid{next});
          plain.push_back(next);
        }
        map.append(some);
      } else {
        std::vector<std::uint32_t> told;
        std::vector<std::uint32_t> left;
        for (const auto one : plain) {
          if (random() % 3 == 0) {
            some.add(uid{one});
            told.push_back(static_cast<std::uint32_t>(left.size()) + 1);
          } else {
            left.push_back(one);
          }
        }
        plain = left;
        ASSERT_EQ(map.remove(some), told);
      }
      ASSERT_EQ(map.size(), plain.size());
      for (std::uint32_t i = 0; i < plain.size(); ++i) {
        ASSERT_EQ(map.at(i + 1), uid{plain[i]});
        ASSERT_EQ(map.number_of(uid{plain[i]}), i + 1);
      }
    }
  }
}

// IM08: one range for a mailbox without gaps, however large.
TEST(UidMap, HoldsTheLargestMailbox) {
  uid_set all;
  all.add(uid_range{uid{1}, uid{4294967295U}});
  const uid_map map(all);
  EXPECT_EQ(map.size(), 4294967295U);
  EXPECT_EQ(map.by_number(parse("1:4294967295,*"))->ranges().size(), 1U);
}

}  // namespace
}  // namespace stagecoach::imap

#include "protocols/imap/sequence_set.hpp"

#include <gtest/gtest.h>

namespace stagecoach::imap {
namespace {

std::string read_back(std::string_view text) {
  reader in(text);
  const auto set = take_sequence_set(in);
  return in.ok() ? write_sequence_set(set) : "fault";
}

TEST(SequenceSet, ReadsAndWrites) {
  const std::pair<const char*, const char*> rows[] = {
      {"1", "1"},
      {"1,3:5,7:*", "1,3:5,7:*"},
      {"*", "*"},
      {"*:4", "*:4"},
      {"*:*", "*"},
      {"5:1", "5:1"},
      {"4294967295", "4294967295"},
      {"2,2,2", "2,2,2"},
      {"0", "fault"},
      {"1:0", "fault"},
      {"4294967296", "fault"},
      {"", "fault"},
      {",1", "fault"},
      {"1,", "fault"},
      {"1:", "fault"},
      {"a", "fault"},
      {"-1", "fault"},
      {"01", "1"},
  };
  for (const auto& [in, out] : rows) EXPECT_EQ(read_back(in), out) << in;
}

TEST(SequenceSet, ResolvesToSortedRanges) {
  reader in("9,1:2,3,*:7,8:5");
  const auto set = take_sequence_set(in);
  EXPECT_EQ(resolve(set, 10), (std::vector<number_range>{{1, 3}, {5, 10}}));
  reader huge("1:4294967295,4294967295");
  EXPECT_EQ(resolve(take_sequence_set(huge), 3), (std::vector<number_range>{{1, 4294967295U}}));
}

TEST(SequenceSet, WritesUidsInTheirOrder) {
  EXPECT_EQ(write_uids_in_order({uid{1}, uid{2}, uid{3}, uid{7}, uid{9}, uid{8}}), "1:3,7,9,8");
  EXPECT_EQ(write_uids_in_order({uid{4294967295U}, uid{1}}), "4294967295,1");
  EXPECT_EQ(write_uids_in_order({}), "");
}

}  // namespace
}  // namespace stagecoach::imap

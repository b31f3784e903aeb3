#include "protocols/base/flags.hpp"

#include <gtest/gtest.h>

namespace stagecoach {
namespace {

// The bits are stored: a bit never changes its meaning.
static_assert(static_cast<int>(flag::seen) == 1 && static_cast<int>(flag::answered) == 2);
static_assert(static_cast<int>(flag::flagged) == 4 && static_cast<int>(flag::deleted) == 8);
static_assert(static_cast<int>(flag::draft) == 16 && static_cast<int>(flag::forwarded) == 32);
static_assert(static_cast<int>(flag::junk) == 64 && static_cast<int>(flag::not_junk) == 128);
static_assert(static_cast<int>(flag::phishing) == 256 && static_cast<int>(flag::mdn_sent) == 512);

message_flags flags_of(std::initializer_list<flag> bits, std::initializer_list<const char*> keywords) {
  message_flags flags;
  for (const auto one : bits) flags.set(one);
  for (const auto* keyword : keywords) flags.add_keyword(keyword);
  return flags;
}

TEST(Flags, KeepKeywordsSortedAndOnce) {
  const auto flags = flags_of({}, {"work", "home", "work"});
  EXPECT_EQ(flags.keywords, (std::vector<std::string>{"home", "work"}));
  EXPECT_TRUE(flags.has_keyword("home"));
  EXPECT_FALSE(flags.has_keyword("hom"));
}

TEST(Flags, SetAndClearOneBit) {
  auto flags = flags_of({flag::seen, flag::mdn_sent}, {});
  flags.clear(flag::seen);
  EXPECT_FALSE(flags.has(flag::seen));
  EXPECT_TRUE(flags.has(flag::mdn_sent));
}

TEST(FlagDelta, ReplacesAddsAndRemoves) {
  const auto before = flags_of({flag::seen, flag::draft}, {"home", "work"});
  const auto delta = flags_of({flag::seen, flag::deleted}, {"play", "work"});
  EXPECT_EQ(apply({flag_change::replace, delta}, before), delta);
  EXPECT_EQ(apply({flag_change::add, delta}, before),
            flags_of({flag::seen, flag::draft, flag::deleted}, {"home", "play", "work"}));
  EXPECT_EQ(apply({flag_change::remove, delta}, before), flags_of({flag::draft}, {"home"}));
}

TEST(Flags, FromOutsideAreValidOnlyInTheOneForm) {
  EXPECT_TRUE((message_flags{0xffff, {"a", "b"}}).is_valid());
  EXPECT_FALSE((message_flags{0, {"b", "a"}}).is_valid());
  EXPECT_FALSE((message_flags{0, {"a", "a"}}).is_valid());
  EXPECT_FALSE((message_flags{0, {"A"}}).is_valid());
  EXPECT_FALSE((message_flags{0, {""}}).is_valid());
}

}  // namespace
}  // namespace stagecoach

#include "protocols/base/ids.hpp"

#include <gtest/gtest.h>

#include <unordered_set>

#include "protocols/base/trace.hpp"

namespace stagecoach {
namespace {

static_assert(!std::is_convertible_v<std::uint32_t, uid>, "a number is no UID");
static_assert(!std::is_convertible_v<uid, mailbox_id>, "a UID is no mailbox");
static_assert(uid{1}.next() == uid{2} && uid{1} < uid{2});

TEST(StrongId, IsHashedByItsValue) {
  const std::unordered_set<modseq> some = {modseq{1}, modseq{2}, modseq{1}};
  EXPECT_EQ(some.size(), 2U);
}

// Stored keys depend on it: these values never change.
TEST(Shard, OfAnAccountNeverChanges) {
  EXPECT_EQ(shard_of(account_id{0}).value, 0);
  EXPECT_EQ(shard_of(account_id{1}).value, 0x56);
  EXPECT_EQ(shard_of(account_id{2}).value, 0xdb);
  EXPECT_EQ(shard_of(account_id{0x0123456789abcdefULL}).value, 0xb2);
  EXPECT_EQ(shard_of(account_id{~0ULL}).value, 0xb4);
}

TEST(Hex, GoesBothWays) {
  EXPECT_EQ(to_hex(std::string_view("\x00\x7f\xff", 3)), "007fff");
  EXPECT_EQ(from_hex("007fFF"), std::string("\x00\x7f\xff", 3));
  EXPECT_EQ(to_hex(blob_hash{}), std::string(64, '0'));
}

TEST(Hex, RefusesWhatIsNone) {
  for (const char* text : {"0", "0g", "g0", " 0", "0x", "00 ", "0\xc3"}) EXPECT_EQ(from_hex(text), "") << text;
}

TEST(Trace, IsShownAs32Digits) {
  trace_context context;
  context.trace[0] = 0xab;
  EXPECT_EQ(trace_text(context), "ab" + std::string(30, '0'));
}

}  // namespace
}  // namespace stagecoach

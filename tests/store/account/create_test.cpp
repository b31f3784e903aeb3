#include "store/account/create.hpp"

#include <gtest/gtest.h>

#include "tests/store/account/account_world.hpp"

namespace stagecoach::store {
namespace {

TEST(CreateAccount, HasTheMailboxesThatEverybodyHas) {
  account_world world(5000);
  const auto all = world.state.list_mailboxes().answer.all;
  struct row {
    const char* name;
    const char* special_use;
    std::uint32_t id;
  };
  constexpr row rows[] = {{"Archive", "\\Archive", 4}, {"Drafts", "\\Drafts", 2}, {"Inbox", "", 1},
                          {"Junk", "\\Junk", 5},       {"Sent", "\\Sent", 3},     {"Trash", "\\Trash", 6}};
  ASSERT_EQ(all.size(), std::size(rows));
  for (std::size_t i = 0; i < all.size(); ++i) {
    SCOPED_TRACE(rows[i].name);
    EXPECT_EQ(all[i].name, rows[i].name);
    EXPECT_EQ(all[i].special_use, rows[i].special_use);
    EXPECT_EQ(all[i].id.value, rows[i].id);
    EXPECT_TRUE(all[i].subscribed);
    EXPECT_EQ(all[i].next_uid, uid{1});
    EXPECT_EQ(all[i].highest, modseq{2});  // row 37: the first value handed out
    // Unix seconds / 2, then one more for each mailbox.
    EXPECT_EQ(all[i].validity.value, 850'000'000 + rows[i].id - 1);
    EXPECT_EQ(all[i].counts, messages::mailbox_counts{});
  }
  EXPECT_EQ(world.state.row().name, "ada@localhost");
  EXPECT_EQ(world.state.row().created, new_year);
  EXPECT_EQ(world.state.row().quota_bytes, 5000U);
  EXPECT_EQ(world.state.row().highest, modseq{2});
  EXPECT_EQ(world.state.row().next_validity.value, 850'000'006U);
}

TEST(CreateAccount, CarriesTheGenerationAndTheTrace) {
  trace_context trace;
  trace.trace[3] = 9;
  const auto commit = create_account({trace, 17, ada, "ada@localhost", new_year, 0});
  EXPECT_EQ(commit.generation, 17U);
  EXPECT_EQ(commit.trace, trace);
  EXPECT_TRUE(commit.blobs.empty());
}

TEST(CreateAccount, HasAUidValidityWhateverTheClockSays) {
  for (const std::int64_t now : {-5'000'000'000LL, 0LL, 1LL, 9'000'000'000'000'000LL}) {
    SCOPED_TRACE(now);
    row_map rows;
    rows.apply(create_account({{}, 1, ada, "ada@localhost", unix_ms{now}, 0}));
    EXPECT_EQ(rows.problems(), std::vector<std::string>{});
  }
}

}  // namespace
}  // namespace stagecoach::store

#include <gtest/gtest.h>

#include "tests/store/account/account_world.hpp"

namespace stagecoach::store {
namespace {

// Five messages; 1, 2 and 4 have \Deleted.
struct ExpungeTest : testing::Test {
  ExpungeTest() {
    for (int i = 1; i <= 5; ++i)
      world.deliver("Inbox", i <= 2 || i == 4 ? flags_of({flag::deleted}) : message_flags{}, i == 5 ? 2 : 1);
    world.open("Inbox");
  }
  account_world world;
};

TEST_F(ExpungeTest, RemovesWhatIsDeletedAndWasNamed) {
  struct row {
    const char* name;
    std::optional<uid_set> named;
    uid_set removed;
  };
  const row rows[] = {
      {"only deleted ones of the named", uids_of({2, 3, 77}), uids_of({2})},
      {"named, and none is deleted", uids_of({3, 5, 2}), {}},
      {"nobody named", uid_set{}, {}},
      {"all", std::nullopt, uids_of({1, 4})},
      {"all again", std::nullopt, {}},
  };
  std::uint64_t sequence = world.state.last_sequence();
  for (const auto& r : rows) {
    SCOPED_TRACE(r.name);
    const auto made = world.expunge("Inbox", r.named);
    EXPECT_EQ(made.answer.uids, r.removed);
    EXPECT_EQ(made.commit.has_value(), !r.removed.empty());
    EXPECT_EQ(made.changes.size(), r.removed.empty() ? 0U : 1U);
    EXPECT_EQ(made.answer.changed.value, r.removed.empty() ? 0 : world.state.row().highest.value);
    sequence += r.removed.empty() ? 0 : 1;
    EXPECT_EQ(made.sequence, sequence);
  }
}

TEST_F(ExpungeTest, LeavesATombstoneAndGivesBackTheSpace) {
  const auto made = world.expunge("Inbox", std::nullopt);
  EXPECT_EQ(made.answer.changed, modseq{8});  // one for all
  for (const std::uint32_t id : {1U, 2U, 4U}) {
    EXPECT_FALSE(world.has_message("Inbox", id));
    EXPECT_EQ(world.tombstone("Inbox", id), (tombstone_row{message_id{id}, modseq{2U + id}, modseq{8}}));
  }
  EXPECT_EQ(world.status("Inbox").counts, (messages::mailbox_counts{2, 0, 2, 2, 220}));
  EXPECT_EQ(world.status("Inbox").next_uid, uid{6});
  EXPECT_EQ(world.state.row().bytes_used, 220U);
  EXPECT_EQ(world.store.references[hash_of(1)], 4);  // until they are released
  EXPECT_EQ(world.store.references[hash_of(2)], 1);
  EXPECT_EQ(made.changes[0].changes.entries,
            (std::vector<messages::change>{messages::expunged{uid{1}, modseq{8}}, messages::expunged{uid{2}, modseq{8}},
                                           messages::expunged{uid{4}, modseq{8}}}));
  EXPECT_EQ(made.changes[0].changes.status, world.status("Inbox"));
  EXPECT_EQ(world.deliver("Inbox", {}, 1).answer.id, uid{6});  // a UID is never used again
}

// RFC 2180 4.1.2: whoever has not heard of the removal may go on reading.
TEST_F(ExpungeTest, KeepsWhatIsReadUntilItIsReleased) {
  world.expunge("Inbox", uids_of({1, 2}));  // at modseq 8
  world.expunge("Inbox", std::nullopt);     // 4, at 9
  for (const std::uint32_t id : {1U, 2U, 4U}) EXPECT_TRUE(world.is_readable("Inbox", id));
  EXPECT_EQ(world.state.row().bytes_used, 220U);

  EXPECT_FALSE(world.release("Inbox", modseq{7}).commit);
  EXPECT_FALSE(world.release("Sent", modseq{9}).commit);
  const auto made = world.release("Inbox", modseq{8});
  EXPECT_TRUE(made.changes.empty());
  EXPECT_EQ(world.state.row().highest, modseq{9});  // nobody sees a change
  EXPECT_FALSE(world.is_readable("Inbox", 1));
  EXPECT_FALSE(world.is_readable("Inbox", 2));
  EXPECT_TRUE(world.is_readable("Inbox", 4));
  EXPECT_EQ(world.store.references[hash_of(1)], 2);
  EXPECT_FALSE(world.release("Inbox", modseq{8}).commit);
  EXPECT_TRUE(world.store.problems().empty());

  world.state = world.store.load(ada);  // the process ended before all was released
  EXPECT_TRUE(world.commit<done>(world.state.release_all()).commit);
  EXPECT_FALSE(world.is_readable("Inbox", 4));
  EXPECT_EQ(world.store.references[hash_of(1)], 1);
  EXPECT_FALSE(world.state.release_all().commit);
}

TEST_F(ExpungeTest, KeepsWhatWasMovedAwayToo) {
  world.move("Inbox", uids_of({5}), "Archive");
  EXPECT_TRUE(world.is_readable("Inbox", 5));
  EXPECT_EQ(world.store.references[hash_of(2)], 2);
  EXPECT_TRUE(world.release("Inbox", modseq{8}).commit);
  EXPECT_FALSE(world.is_readable("Inbox", 5));
  EXPECT_TRUE(world.is_readable("Archive", 1));
  EXPECT_EQ(world.store.references[hash_of(2)], 1);
}

TEST_F(ExpungeTest, NeedsAnOpenMailbox) {
  world.state.close_mailbox(world.named("Inbox"));
  EXPECT_THROW((void)world.state.expunge({{}, world.named("Inbox"), std::nullopt}), check_failed);
}

}  // namespace
}  // namespace stagecoach::store

#include <gtest/gtest.h>

#include "store/account/keywords.hpp"
#include "tests/store/account/account_world.hpp"

namespace stagecoach::store {
namespace {

std::vector<uid> list_of(std::initializer_list<std::uint32_t> values) {
  std::vector<uid> list;
  for (const auto value : values) list.push_back(uid{value});
  return list;
}

// Inbox is open and has 1 (seen, "work"), 2 and 3 (deleted), of two bodies; Archive has one message.
struct CopyMoveTest : testing::Test {
  explicit CopyMoveTest(std::uint64_t quota) : world(quota) {
    world.deliver("Archive", flags_of({}, {"old"}), 9);
    world.deliver("Inbox", flags_of({flag::seen}, {"work"}), 1);
    world.deliver("Inbox", {}, 1);
    world.deliver("Inbox", flags_of({flag::deleted}), 2);
    world.open("Inbox");
  }
  CopyMoveTest() : CopyMoveTest(0) {}
  account_world world;
};

TEST_F(CopyMoveTest, CopiesAreNewMessagesOfTheSameBodies) {
  const auto made = world.copy("Inbox", uids_of({1, 3, 50}), "Archive");
  EXPECT_EQ(made.answer,
            (messages::copied{world.row("Archive").validity, list_of({1, 3}), list_of({2, 3}), modseq{7}}));
  const auto original = world.message("Inbox", 1);
  auto copy = world.message("Archive", 2);
  EXPECT_EQ(copy.message, message_id{5});
  EXPECT_EQ(copy.created, modseq{7});
  EXPECT_EQ(copy.changed, modseq{7});
  copy.message = original.message;
  copy.created = original.created;
  copy.changed = original.changed;
  EXPECT_EQ(copy, original);  // flags, keywords, received, prefix, body
  EXPECT_EQ(made.commit->blobs, (std::vector<messages::blob_use>{{hash_of(1), 1, {}, 100}, {hash_of(2), 1, {}, 100}}));
  EXPECT_EQ(world.status("Archive").counts, (messages::mailbox_counts{2, 1, 2, 1, 330}));
  EXPECT_EQ(world.status("Archive").keywords, (std::vector<std::string>{"old", "work"}));
  EXPECT_EQ(world.status("Archive").highest, modseq{7});
  EXPECT_EQ(world.status("Inbox").highest, modseq{6});
  EXPECT_EQ(world.state.row().bytes_used, 660U);
  EXPECT_TRUE(made.changes.empty());  // nothing happened to Inbox, and nobody looks at Archive
}

TEST_F(CopyMoveTest, MovesKeepTheMessageIdAndLeaveATombstone) {
  const auto before = world.message("Inbox", 1);
  const auto made = world.move("Inbox", uids_of({1, 2}), "Archive");
  EXPECT_EQ(made.answer,
            (messages::copied{world.row("Archive").validity, list_of({1, 2}), list_of({2, 3}), modseq{7}}));
  auto moved = world.message("Archive", 2);
  EXPECT_EQ(moved.message, before.message);
  EXPECT_EQ(moved.created, modseq{7});
  EXPECT_EQ(moved.flags, before.flags);
  EXPECT_EQ(moved.size(), before.size());
  EXPECT_EQ(world.content("Archive", 2).prefix, "Received\r\n");
  EXPECT_FALSE(world.has_message("Inbox", 1));
  EXPECT_EQ(world.tombstone("Inbox", 1), (tombstone_row{before.message, before.created, modseq{7}}));
  EXPECT_EQ(world.store.references[hash_of(1)], 4);  // it can still be read where it was
  EXPECT_TRUE(world.release("Inbox", modseq{7}).commit);
  EXPECT_EQ(world.store.references[hash_of(1)], 2);
  EXPECT_EQ(world.state.row().bytes_used, 440U);
  EXPECT_EQ(world.status("Inbox").counts, (messages::mailbox_counts{0, 1, 1, 0, 110}));
  EXPECT_EQ(world.status("Archive").counts, (messages::mailbox_counts{3, 0, 2, 2, 330}));
  ASSERT_EQ(made.changes.size(), 1U);
  EXPECT_EQ(made.changes[0].mailbox, world.named("Inbox"));
  EXPECT_EQ(made.changes[0].changes.entries, (std::vector<messages::change>{messages::expunged{uid{1}, modseq{7}},
                                                                            messages::expunged{uid{2}, modseq{7}}}));
}

TEST_F(CopyMoveTest, TellsAnOpenDestination) {
  world.open("Archive");
  const auto made = world.move("Inbox", uids_of({3}), "Archive");
  ASSERT_EQ(made.changes.size(), 2U);
  EXPECT_EQ(made.changes[0].mailbox, world.named("Inbox"));
  EXPECT_EQ(made.changes[1].mailbox, world.named("Archive"));
  const auto& entries = made.changes[1].changes.entries;
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(std::get<messages::added>(entries[0]).message.id, uid{2});
  // Its index has it: flags can be set and it can go on.
  EXPECT_EQ(world.set_flags("Archive", uids_of({2}), flag_change::remove, flags_of({flag::deleted})).answer.changed,
            modseq{8});
  EXPECT_EQ(world.move("Archive", uids_of({2}), "inbox").answer.to, list_of({4}));
  EXPECT_EQ(world.message("Inbox", 4).message, message_id{4});
}

TEST_F(CopyMoveTest, CopiesIntoTheMailboxItself) {
  const auto made = world.copy("Inbox", uids_of({1, 2, 3}), "INBOX");
  EXPECT_EQ(made.answer.to, list_of({4, 5, 6}));
  ASSERT_EQ(made.changes.size(), 1U);
  EXPECT_EQ(made.changes[0].changes.entries.size(), 3U);
  EXPECT_EQ(world.status("Inbox").counts, (messages::mailbox_counts{4, 2, 4, 2, 660}));
}

TEST_F(CopyMoveTest, MovesIntoTheMailboxItself) {
  const auto made = world.move("Inbox", uids_of({1, 3}), "Inbox");
  EXPECT_EQ(made.answer.to, list_of({4, 5}));
  ASSERT_EQ(made.changes.size(), 1U);
  EXPECT_EQ(made.changes[0].changes.entries.size(), 4U);
  EXPECT_EQ(world.status("Inbox").counts, (messages::mailbox_counts{2, 1, 2, 1, 330}));
  EXPECT_EQ(world.message("Inbox", 5).message, message_id{4});
  EXPECT_EQ(world.state.row().bytes_used, 440U);
}

TEST_F(CopyMoveTest, NamesNobody) {
  const auto made = world.copy("Inbox", uids_of({8, 9}), "Archive");
  EXPECT_EQ(made.answer, (messages::copied{world.row("Archive").validity, {}, {}, {}}));
  EXPECT_FALSE(made.commit);
}

TEST_F(CopyMoveTest, RefusesAndChangesNothing) {
  auto archive = world.row("Archive");
  archive.next_uid = uid{UINT32_MAX - 2};
  for (std::size_t i = archive.keywords.size(); i < mailbox_keywords_max; ++i)
    archive.keywords.push_back("x" + std::to_string(i + 10000));
  world.store.rows[mailbox_key(ada, world.named("Archive"))] = write_record(archive);
  world.state = world.store.load(ada);
  world.open("Inbox");
  struct row {
    const char* name;
    uid_set uids;
    const char* to;
    fault_code code;
  };
  const row rows[] = {
      {"no such destination", uids_of({1}), "Nowhere", fault_code::not_found},  // TRYCREATE
      {"no such destination and nobody named", uids_of({7}), "Nowhere", fault_code::not_found},
      {"UIDs used up", uids_of({1, 2, 3}), "Archive", fault_code::out_of_range},
      {"too many keywords", uids_of({1}), "Archive", fault_code::too_long},
  };
  const auto before = world.state.list_mailboxes().answer;
  for (const auto& r : rows) {
    SCOPED_TRACE(r.name);
    for (const bool move : {false, true}) {
      const auto refused =
          world.state.copy({{}, world.named("Inbox"), r.uids, r.to, move}, world.contents_of(world.named("Inbox")));
      ASSERT_FALSE(refused);
      EXPECT_EQ(refused.error().code, r.code);
      EXPECT_EQ(world.state.list_mailboxes().answer, before);
    }
  }
  EXPECT_EQ(world.copy("Inbox", uids_of({2, 3}), "Archive").answer.to, list_of({UINT32_MAX - 2, UINT32_MAX - 1}));
}

// Between the reading of the contents and the copy a message may come or go.
TEST_F(CopyMoveTest, TakesOnlyWhatIsThereAndWasRead) {
  auto contents = world.contents_of(world.named("Inbox"));
  ASSERT_EQ(contents.rows.size(), 3U);
  contents.rows.erase(contents.rows.begin() + 1);
  world.set_flags("Inbox", uids_of({3}), flag_change::add, flags_of({flag::deleted}));
  world.expunge("Inbox", uids_of({3}));
  const auto made =
      world.commit(world.state.copy({{}, world.named("Inbox"), uids_of({1, 2, 3}), "Archive", false}, contents));
  EXPECT_EQ(made.answer.from, list_of({1}));
}

struct CopyMoveOverQuotaTest : CopyMoveTest {
  CopyMoveOverQuotaTest() : CopyMoveTest(500) {}
};

TEST_F(CopyMoveOverQuotaTest, CopyIsRefusedAndMoveIsNot) {
  const auto refused = world.state.copy({{}, world.named("Inbox"), uids_of({1}), "Archive", false},
                                        world.contents_of(world.named("Inbox")));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, fault_code::full);
  EXPECT_TRUE(world.move("Inbox", uids_of({1, 2, 3}), "Archive").commit);
}

}  // namespace
}  // namespace stagecoach::store

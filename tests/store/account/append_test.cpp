#include <gtest/gtest.h>

#include "store/account/keywords.hpp"
#include "tests/store/account/account_world.hpp"

namespace stagecoach::store {
namespace {

TEST(Append, WritesTheMessageTheCountsAndTheUseOfTheBody) {
  account_world world;
  const auto made = world.deliver("Inbox", flags_of({flag::flagged}, {"work"}), 5);
  const auto inbox = world.named("Inbox");
  EXPECT_EQ(made.answer, (messages::delivered{inbox, world.row("Inbox").validity, uid{1}, modseq{3}}));
  EXPECT_EQ(made.sequence, 1U);
  EXPECT_EQ(made.commit->generation, 1U);
  EXPECT_EQ(made.commit->trace.trace[0], 7);
  EXPECT_EQ(made.commit->blobs,
            (std::vector<messages::blob_use>{{hash_of(5), 1, account_world::staged_id_of(5), 100}}));
  EXPECT_TRUE(made.changes.empty());  // nobody looks

  const auto row = world.message("Inbox", 1);
  EXPECT_EQ(row.message, message_id{1});
  EXPECT_EQ(row.flags, flags_of({flag::flagged}, {"work"}));
  EXPECT_EQ(row.created, modseq{3});
  EXPECT_EQ(row.changed, modseq{3});
  EXPECT_EQ(row.received, unix_ms{123});
  EXPECT_EQ(row.blob, hash_of(5));
  EXPECT_EQ(row.prefix_bytes, 10U);
  EXPECT_EQ(world.content("Inbox", 1).prefix, "Received\r\n");
  EXPECT_EQ(row.size(), 110U);

  const auto status = world.status("Inbox");
  EXPECT_EQ(status.next_uid, uid{2});
  EXPECT_EQ(status.highest, modseq{3});
  EXPECT_EQ(status.counts, (messages::mailbox_counts{1, 0, 1, 1, 110}));
  EXPECT_EQ(status.keywords, std::vector<std::string>{"work"});
  EXPECT_EQ(world.state.row().bytes_used, 110U);
  EXPECT_EQ(world.state.row().highest, modseq{3});
}

TEST(Append, CountsByFlags) {
  struct row {
    const char* name;
    std::initializer_list<flag> flags;
    messages::mailbox_counts counts;
  };
  const row rows[] = {
      {"new", {}, {1, 0, 1, 1, 110}},
      {"seen", {flag::seen}, {1, 0, 0, 0, 110}},
      {"deleted", {flag::deleted}, {0, 1, 1, 0, 110}},  // unseen counts it, unread does not
      {"seen and deleted", {flag::seen, flag::deleted}, {0, 1, 0, 0, 110}},
  };
  for (const auto& r : rows) {
    SCOPED_TRACE(r.name);
    account_world world;
    world.deliver("Inbox", flags_of(r.flags), 1);
    EXPECT_EQ(world.status("Inbox").counts, r.counts);
  }
}

TEST(Append, HandsOutUidsAndModseqsOnlyUpwards) {
  account_world world;
  EXPECT_EQ(world.deliver("Inbox", {}, 1).answer.changed, modseq{3});
  EXPECT_EQ(world.deliver("Sent", {}, 1).answer.changed, modseq{4});  // one counter for the account
  const auto third = world.deliver("Inbox", {}, 1).answer;
  EXPECT_EQ(third.changed, modseq{5});
  EXPECT_EQ(third.id, uid{2});  // UIDs are the mailbox's own
  EXPECT_EQ(world.message("Inbox", 2).message, message_id{3});
  EXPECT_EQ(world.store.references[hash_of(1)], 3);  // one body
}

TEST(Append, TellsAnOpenMailbox) {
  account_world world;
  world.open("Inbox");
  const auto made = world.deliver("inbox", flags_of({flag::seen}), 1);  // RFC 9051 5.1
  ASSERT_EQ(made.changes.size(), 1U);
  const auto& told = made.changes[0].changes;
  EXPECT_EQ(made.changes[0].mailbox, world.named("Inbox"));
  EXPECT_EQ(told.trace.trace[0], 7);
  EXPECT_EQ(told.up_to, modseq{3});
  EXPECT_EQ(told.status, world.status("Inbox"));
  const messages::message_view view{uid{1}, flags_of({flag::seen}), modseq{3},     modseq{3},     110,
                                    50,     unix_ms{123},           message_id{1}, message_id{1}, {}};
  EXPECT_EQ(told.entries, std::vector<messages::change>{messages::added{view}});
}

TEST(Append, RefusesAndChangesNothing) {
  struct row {
    const char* name;
    messages::deliver request;
    fault_code code;
  };
  auto huge = account_world::mail("Inbox", {}, 1);
  huge.body.size = UINT64_MAX - 50;
  auto create = [](std::string mailbox) {
    auto request = account_world::mail(std::move(mailbox), {}, 1);
    request.create_mailbox = true;
    return request;
  };
  auto create_and_burst = create("New/Deep");
  create_and_burst.body.size = 400;
  message_flags many;
  for (std::size_t i = 0; i <= mailbox_keywords_max; ++i) many.add_keyword("k" + std::to_string(i));
  auto create_with_many = create("New");
  create_with_many.flags = many;
  const row rows[] = {
      {"no such mailbox", account_world::mail("Nowhere", {}, 1), fault_code::not_found},
      {"names have case", account_world::mail("sent", {}, 1), fault_code::not_found},
      {"over quota", account_world::mail("Inbox", {}, 1), fault_code::full},
      {"far over quota", huge, fault_code::full},
      {"over quota, in a new mailbox", create_and_burst, fault_code::full},
      {"no name", create(""), fault_code::syntax},
      {"an empty level", create("a//b"), fault_code::syntax},
      {"a level before the first", create("/a"), fault_code::syntax},
      {"a level after the last", create("a/"), fault_code::syntax},
      {"a control character", create("a\nb"), fault_code::syntax},
      {"a long name", create(std::string(2000, 'a')), fault_code::syntax},
  };
  account_world world(300);
  world.deliver("Inbox", {}, 1);
  world.deliver("Inbox", {}, 1);
  const auto before = world.store.rows;
  const auto row_before = world.state.row();
  const auto list_before = world.state.list_mailboxes().answer;
  for (const auto& r : rows) {
    SCOPED_TRACE(r.name);
    const auto refused = world.state.append(r.request);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, r.code) << refused.error().what;
    EXPECT_EQ(world.state.row(), row_before);
    EXPECT_EQ(world.state.list_mailboxes().answer, list_before);
  }
  EXPECT_EQ(world.state.last_sequence(), 2U);
  auto fits = account_world::mail("Inbox", {}, 1);
  fits.body.size = 70;
  fits.body.parts.parts[0].body_bytes = 30;
  world.commit(world.state.append(fits));  // to the last octet
  EXPECT_EQ(world.state.row().bytes_used, 300U);

  account_world unlimited;
  const auto refused = unlimited.state.append(create_with_many);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, fault_code::too_long);
  EXPECT_FALSE(unlimited.state.find("New"));
}

TEST(Append, MakesAMissingMailboxWithItsParents) {
  account_world world;
  auto request = account_world::mail("INBOX/Lists/c++", {}, 1);
  request.create_mailbox = true;
  const auto made = world.commit(world.state.append(request)).answer;
  EXPECT_EQ(made.id, uid{1});
  EXPECT_EQ(made.validity.value, 850'000'007U);
  const auto lists = world.row("Inbox/Lists");
  EXPECT_EQ(lists.validity.value, 850'000'006U);
  EXPECT_EQ(lists.created, made.changed);
  EXPECT_EQ(lists.changed, made.changed);
  EXPECT_TRUE(world.status("Inbox/Lists").subscribed);
  EXPECT_EQ(world.status("inbox/Lists/c++").counts.total, 1U);
  world.commit(world.state.append(request));  // now it is there
  EXPECT_EQ(world.status("Inbox/Lists/c++").counts.total, 2U);
  EXPECT_EQ(world.state.list_mailboxes().answer.all.size(), 8U);
}

// Row 36: a subscription outlives its mailbox, and does not stand in the way of the next one.
TEST(Append, MakesAMailboxWhoseNameWasSubscribedAndDeleted) {
  account_world world;
  auto request = account_world::mail("Work", {}, 1);
  request.create_mailbox = true;
  world.commit(world.state.append(request));
  const auto old = world.named("Work");
  const auto validity = world.status("Work").validity;
  world.remove("Work");
  world.state = world.store.load(ada);
  EXPECT_FALSE(world.state.find("Work"));

  const auto made = world.commit(world.state.append(request)).answer;
  EXPECT_NE(made.mailbox, old);
  EXPECT_GT(made.validity, validity);
  EXPECT_EQ(made.id, uid{1});
  EXPECT_TRUE(world.status("Work").subscribed);
}

TEST(Append, StopsWhenTheUidsAreUsedUp) {
  account_world world;
  auto row = world.row("Inbox");
  row.next_uid = uid{UINT32_MAX - 1};
  world.store.rows[mailbox_key(ada, world.named("Inbox"))] = write_record(row);
  world.state = world.store.load(ada);
  EXPECT_EQ(world.deliver("Inbox", {}, 1).answer.id, uid{UINT32_MAX - 1});
  const auto refused = world.state.append(account_world::mail("Inbox", {}, 1));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, fault_code::out_of_range);
}

TEST(Append, StopsWhenTheUidValiditiesAreUsedUp) {
  account_world world;
  auto row = world.state.row();
  row.next_validity = uid_validity{UINT32_MAX - 1};
  world.store.rows[account_key(ada)] = write_record(row);
  world.state = world.store.load(ada);
  auto request = account_world::mail("a/b", {}, 1);
  request.create_mailbox = true;
  const auto refused = world.state.append(request);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, fault_code::out_of_range);
  request.mailbox = "a";
  EXPECT_TRUE(world.commit(world.state.append(request)).commit);
}

}  // namespace
}  // namespace stagecoach::store

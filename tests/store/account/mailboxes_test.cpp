#include <gtest/gtest.h>

#include <algorithm>

#include "tests/store/account/account_world.hpp"

namespace stagecoach::store {
namespace {

fault_code why(const auto& refused) {
  EXPECT_FALSE(refused);
  return refused ? fault_code::none : refused.error().code;
}

const std::vector<std::string> first = {"Archive", "Drafts", "Inbox", "Junk", "Sent", "Trash"};

std::vector<std::string> first_and(std::initializer_list<const char*> more) {
  auto all = first;
  all.insert(all.end(), more.begin(), more.end());
  std::sort(all.begin(), all.end());
  return all;
}

TEST(CreateMailbox, MakesParentsAndSubscribes) {
  account_world world;
  const auto made = world.create("work/2024/taxes").answer;
  EXPECT_EQ(made.mailbox, world.named("work/2024/taxes"));
  EXPECT_EQ(made.validity, world.status("work/2024/taxes").validity);
  EXPECT_EQ(made.changed, modseq{3});
  EXPECT_EQ(world.names(), first_and({"work", "work/2024", "work/2024/taxes"}));
  for (const char* name : {"work", "work/2024", "work/2024/taxes"}) {
    EXPECT_TRUE(world.status(name).subscribed);
    EXPECT_EQ(world.status(name).highest, modseq{3});
  }
  world.state = world.store.load(ada);
  EXPECT_TRUE(world.status("work/2024").subscribed);
  EXPECT_EQ(why(world.state.create_mailbox({{}, "work/2024", {}})), fault_code::duplicate);
  EXPECT_EQ(why(world.state.create_mailbox({{}, "inbox", {}})), fault_code::duplicate);
}

TEST(CreateMailbox, RefusesNamesThatAreNone) {
  account_world world;
  for (const char* name : {"", "/", "a/", "/a", "a//b", "a\nb", "\xff", "a\xc2\x80"})
    EXPECT_EQ(why(world.state.create_mailbox({{}, name, {}})), fault_code::syntax) << name;
  world.create(
      "Bu\xcc\x88"
      "cher");  // is composed
  EXPECT_EQ(why(world.state.create_mailbox({{},
                                            "B\xc3\xbc"
                                            "cher",
                                            {}})),
            fault_code::duplicate);
  EXPECT_EQ(world.names().size(), 7U);
}

TEST(CreateMailbox, HasASpecialUseThatNobodyElseHas) {
  account_world world;
  EXPECT_EQ(why(world.state.create_mailbox({{}, "Out", "\\Sent"})), fault_code::not_found);
  world.remove("Sent");
  world.commit(world.state.create_mailbox({{}, "a/Out", "\\Sent"}));
  EXPECT_EQ(world.status("a/Out").special_use, "\\Sent");
  EXPECT_EQ(world.status("a").special_use, "");
}

TEST(CreateMailbox, IsLimited) {
  account_world world;
  std::size_t count = 6;
  while (count + 400 <= mailboxes_max) {
    std::string deep = std::to_string(count);
    for (int i = 1; i < 400; ++i) deep += "/a";
    world.create(deep);
    count += 400;
  }
  std::string deep = "z";
  for (std::size_t i = 0; i < mailboxes_max - count; ++i) deep += "/a";
  EXPECT_EQ(why(world.state.create_mailbox({{}, deep, {}})), fault_code::too_long);
  world.create(deep.substr(2));
  EXPECT_EQ(world.names().size(), mailboxes_max);
  EXPECT_EQ(why(world.state.create_mailbox({{}, "one", {}})), fault_code::too_long);
  EXPECT_EQ(world.names().size(), mailboxes_max);
}

// RFC 9051 2.3.1.1: a name that is used again has a higher UIDVALIDITY.
TEST(DeleteMailbox, LeavesATombstoneAndNoMessage) {
  account_world world;
  world.create("work");
  const auto id = world.named("work");
  const auto validity = world.status("work").validity;
  for (std::uint8_t body = 1; body <= 3; ++body) world.deliver("work", {}, body);
  world.deliver("Inbox", {}, 1);
  const auto deleted = world.remove("work");
  EXPECT_EQ(deleted.answer.mailbox, id);
  EXPECT_TRUE(deleted.changes.empty()) << "its viewers hear that it is gone";
  EXPECT_FALSE(world.state.find("work"));
  EXPECT_FALSE(world.state.is_live(id));
  EXPECT_EQ(world.state.row().bytes_used, 110U);
  EXPECT_EQ(world.store.references,
            (std::map<blob_hash, std::int64_t>{{hash_of(1), 1}, {hash_of(2), 0}, {hash_of(3), 0}}));

  const auto row = *read_record<mailbox_row>(world.store.rows.at(mailbox_key(ada, id)));
  EXPECT_TRUE(row.is_expunged);
  EXPECT_EQ(row.changed, deleted.answer.changed);
  EXPECT_EQ(row.counts, messages::mailbox_counts{});
  EXPECT_TRUE(world.store.scan(messages_prefix(ada, id)).rows.empty());
  EXPECT_EQ(world.store.scan(tombstones_prefix(ada, id)).rows.size(), 3U);
  const auto tombstone = *read_record<tombstone_row>(world.store.rows.at(tombstone_key(ada, id, uid{2})));
  EXPECT_EQ(tombstone.changed, deleted.answer.changed);

  const auto again = world.create("work").answer;
  EXPECT_GT(again.mailbox, id);
  EXPECT_GT(again.validity, validity);
  EXPECT_EQ(world.status("work").next_uid, uid{1});
}

TEST(DeleteMailbox, RefusesInboxParentsAndWhatIsNotThere) {
  account_world world;
  world.create("a/b");
  EXPECT_EQ(why(world.state.delete_mailbox({{}, "INBOX"})), fault_code::syntax);
  EXPECT_EQ(why(world.state.delete_mailbox({{}, "a"})), fault_code::not_empty);
  EXPECT_EQ(why(world.state.delete_mailbox({{}, "b"})), fault_code::not_found);
  world.create("ab");
  world.remove("a/b");
  world.remove("a");
  EXPECT_EQ(world.names(), first_and({"ab"}));
}

// Commits of the mailbox may be on their way when it goes.
TEST(DeleteMailbox, GoesWhileDeliveriesAreNotDurable) {
  account_world world;
  world.create("work");
  auto first_mail = world.state.append(account_world::mail("work", {}, 1));
  const auto id = world.named("work");
  world.state.begin_open(id);  // reads the rows without that mail
  ASSERT_TRUE(world.state.add_rows(id, world.store.scan(messages_prefix(ada, id))));
  auto second_mail = world.state.append(account_world::mail("work", {}, 2));
  ASSERT_TRUE(world.state.finish_open(id));
  auto gone = world.state.delete_mailbox({{}, "work"});
  ASSERT_TRUE(first_mail && second_mail && gone);
  for (const auto* commit : {&*first_mail->commit, &*second_mail->commit, &*gone->commit}) world.store.apply(*commit);
  for (const auto sequence : {first_mail->sequence, second_mail->sequence, gone->sequence})
    world.state.committed(sequence);
  EXPECT_TRUE(world.state.is_all_durable());
  EXPECT_EQ(world.store.scan(tombstones_prefix(ada, id)).rows.size(), 2U);
}

TEST(RenameMailbox, TakesItsChildrenAlongAndMakesParents) {
  account_world world;
  world.create("a/b/c");
  world.create("a/d");
  world.create("ab");
  world.deliver("a/b", {}, 1);
  const auto a = world.named("a");
  const auto c = world.named("a/b/c");
  const auto before = world.status("a/b");
  world.open("a/b");
  const auto renamed = world.rename("a", "x/y");
  EXPECT_EQ(world.names(), first_and({"ab", "x", "x/y", "x/y/b", "x/y/b/c", "x/y/d"}));
  EXPECT_EQ(world.named("x/y"), a);
  EXPECT_EQ(world.named("x/y/b/c"), c);
  auto after = before;
  after.name = "x/y/b";
  after.highest = renamed.answer.changed;
  EXPECT_EQ(world.status("x/y/b"), after) << "UIDs and UIDVALIDITY are what they were";
  ASSERT_EQ(renamed.changes.size(), 1U);
  EXPECT_TRUE(renamed.changes[0].changes.entries.empty());
  EXPECT_EQ(renamed.changes[0].changes.status, after);
  // Old names stay subscribed, and the new ones are.
  const auto missing = world.state.list_mailboxes().answer.missing;
  EXPECT_EQ(missing, (std::vector<std::string>{"a", "a/b", "a/b/c", "a/d"}));
  for (const auto& one : world.state.list_mailboxes().answer.all) EXPECT_TRUE(one.subscribed) << one.name;
  world.state = world.store.load(ada);
  EXPECT_EQ(world.named("x/y/b/c"), c);
}

TEST(RenameMailbox, KeepsWhatIsNotSubscribedSo) {
  account_world world;
  world.create("a");
  world.subscribe("a", false);
  world.rename("a", "b");
  EXPECT_FALSE(world.status("b").subscribed);
}

TEST(RenameMailbox, Refuses) {
  account_world world;
  world.create("a/" + std::string(900, 'x'));
  const auto rename = [&](const char* from, std::string to) {
    return why(world.state.rename_mailbox({{}, from, std::move(to)}));
  };
  EXPECT_EQ(rename("b", "c"), fault_code::not_found);
  EXPECT_EQ(rename("a", "Sent"), fault_code::duplicate);
  EXPECT_EQ(rename("a", "a"), fault_code::duplicate);
  EXPECT_EQ(rename("Sent", "inbox"), fault_code::duplicate);
  EXPECT_EQ(rename("a", "a/b"), fault_code::syntax);
  EXPECT_EQ(rename("a", "b//c"), fault_code::syntax);
  EXPECT_EQ(rename("a", "a name that is too long for its child " + std::string(100, 'x')), fault_code::syntax);
  EXPECT_EQ(world.names(), first_and({"a", ("a/" + std::string(900, 'x')).c_str()}));
}

// A client that knew the former mailbox of this name must see that this is another one.
TEST(RenameMailbox, OntoAFormerNameHasAHigherUidValidity) {
  account_world world;
  world.create("a");
  world.create("b");
  const auto former = world.status("b").validity;
  world.remove("b");
  world.state = world.store.load(ada);
  world.rename("a", "b");
  EXPECT_GT(world.status("b").validity, former);
  const auto kept = world.status("b").validity;
  world.rename("b", "c");
  EXPECT_EQ(world.status("c").validity, kept);
}

// RFC 9051 6.3.6.
TEST(RenameMailbox, OfInboxMovesItsMessages) {
  account_world world;
  world.create("Inbox/Lists");
  world.deliver("Inbox", flags_of({flag::seen}, {"work"}), 1);
  world.deliver("Inbox", {}, 2);
  const auto before = world.status("Inbox");
  const auto message = world.message("Inbox", 2).message;
  world.open("Inbox");
  const auto renamed = world.rename("inbox", "Old/mail");
  EXPECT_EQ(world.names(), first_and({"Inbox/Lists", "Old", "Old/mail"}));
  EXPECT_EQ(world.status("Inbox").validity, before.validity);
  EXPECT_EQ(world.status("Inbox").next_uid, before.next_uid);
  EXPECT_EQ(world.status("Inbox").counts, messages::mailbox_counts{});
  EXPECT_EQ(world.status("Old/mail").counts, before.counts);
  EXPECT_EQ(world.status("Old/mail").keywords, std::vector<std::string>{"work"});
  EXPECT_EQ(world.message("Old/mail", 2).message, message) << "a moved message is the same one";
  EXPECT_EQ(world.content("Old/mail", 2).prefix, "Received\r\n");
  EXPECT_EQ(world.tombstone("Inbox", 2).changed, renamed.answer.changed);
  EXPECT_TRUE(world.release("Inbox", renamed.answer.changed).commit);  // its viewers have seen them go
  EXPECT_EQ(world.store.references, (std::map<blob_hash, std::int64_t>{{hash_of(1), 1}, {hash_of(2), 1}}));
  ASSERT_EQ(renamed.changes.size(), 1U);
  EXPECT_EQ(renamed.changes[0].changes.entries.size(), 2U) << "viewers of INBOX see them go";
  world.rename("INBOX", "Inbox/empty");
  EXPECT_EQ(world.status("Inbox/empty").counts, messages::mailbox_counts{});
}

// What has come since the contents were read stays, and what has gone is gone.
TEST(RenameMailbox, OfInboxMovesWhatWasRead) {
  account_world world;
  for (std::uint8_t body = 1; body <= 3; ++body) world.deliver("Inbox", {}, body);
  world.open("Inbox");
  const auto read = world.contents_of(world.named("Inbox"));
  world.set_flags("Inbox", uids_of({2}), flag_change::add, flags_of({flag::deleted}));
  world.expunge("Inbox", std::nullopt);
  world.deliver("Inbox", {}, 4);
  world.commit(world.state.rename_inbox({{}, "Inbox", "Old"}, read));
  EXPECT_EQ(world.status("Inbox").counts.total, 1U);
  EXPECT_EQ(world.status("Old").counts.total, 2U);
  EXPECT_EQ(why(world.state.rename_inbox({{}, "Inbox", "Old"}, read)), fault_code::duplicate);
}

TEST(Subscription, ComesBeforeItsMailboxAndOutlivesIt) {
  account_world world;
  EXPECT_EQ(world.subscribe("work", true).answer.changed, modseq{3});
  EXPECT_EQ(world.state.list_mailboxes().answer.missing, std::vector<std::string>{"work"});
  world.create("work");
  EXPECT_TRUE(world.state.list_mailboxes().answer.missing.empty());
  EXPECT_TRUE(world.status("work").subscribed);
  world.remove("work");
  world.state = world.store.load(ada);
  EXPECT_EQ(world.state.list_mailboxes().answer.missing, std::vector<std::string>{"work"});
  world.create("work");
  EXPECT_TRUE(world.status("work").subscribed);
  world.subscribe("work", false);
  EXPECT_FALSE(world.status("work").subscribed);
  world.state = world.store.load(ada);
  EXPECT_FALSE(world.status("work").subscribed);
}

TEST(Subscription, IsSetOnce) {
  account_world world;
  const auto again = world.subscribe("inbox", true);
  EXPECT_FALSE(again.commit);
  EXPECT_EQ(again.answer.changed, modseq{});
  EXPECT_FALSE(world.subscribe("nothing", false).commit);
  EXPECT_EQ(why(world.state.set_subscription({{}, "a//b", true})), fault_code::syntax);
}

TEST(Subscription, IsLimited) {
  account_world world;
  for (std::size_t i = 6; i < subscriptions_max; ++i) world.subscribe("name " + std::to_string(i), true);
  EXPECT_EQ(why(world.state.set_subscription({{}, "one more", true})), fault_code::too_long);
  EXPECT_EQ(why(world.state.create_mailbox({{}, "one more", {}})), fault_code::too_long);
  world.create("name 6");
  world.subscribe("name 7", false);
  world.create("one more");
}

TEST(ListMailbox, TellsOfOne) {
  account_world world;
  const auto one = world.state.list_mailbox("INBOX");
  ASSERT_TRUE(one);
  ASSERT_EQ(one->answer.all.size(), 1U);
  EXPECT_EQ(one->answer.all[0].name, "Inbox");
  EXPECT_EQ(why(world.state.list_mailbox("nothing")), fault_code::not_found);
}

}  // namespace
}  // namespace stagecoach::store

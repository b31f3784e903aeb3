// Loading an account, and opening its mailboxes while commits are on their way.
#include <gtest/gtest.h>

#include "tests/store/account/account_world.hpp"

namespace stagecoach::store {
namespace {

TEST(LoadAccount, RefusesRowsThatCannotBeOurs) {
  const auto valid = rows_of_new_account(0);
  const auto inbox = mailbox_key(ada, mailbox_id{1});
  const auto with = [&](auto edit) {
    auto rows = valid;
    edit(rows.rows);
    return rows;
  };
  const auto edited_inbox = [&](auto edit) {
    auto row = *read_record<mailbox_row>(valid.rows.at(inbox));
    edit(row);
    return with([&](auto& rows) { rows[inbox] = write_record(row); });
  };
  struct row {
    const char* name;
    row_map store;
    fault_code code;
  };
  const row cases[] = {
      {"nothing", {}, fault_code::not_found},
      {"no account row", with([](auto& rows) { rows.erase(account_key(ada)); }), fault_code::corrupt},
      {"account row unreadable", with([](auto& rows) { rows[account_key(ada)] = "\xff"; }), fault_code::corrupt},
      {"mailbox row unreadable", with([&](auto& rows) { rows[inbox] = "\xff"; }), fault_code::corrupt},
      {"a mailbox too many", with([&](auto& rows) { rows[mailbox_key(ada, mailbox_id{9})] = rows[inbox]; }),
       fault_code::corrupt},
      {"a name twice", edited_inbox([](auto& row) { row.name = "Sent"; }), fault_code::corrupt},
      {"UIDVALIDITY of the future", edited_inbox([](auto& row) { row.validity.value += 99; }), fault_code::corrupt},
      {"modseq of the future", edited_inbox([](auto& row) { row.changed.value += 99; }), fault_code::corrupt},
      {"no next UID", edited_inbox([](auto& row) { row.next_uid.value = 0; }), fault_code::corrupt},
      {"another size", edited_inbox([](auto& row) { row.counts.size = 1; }), fault_code::corrupt},
  };
  for (const auto& r : cases) {
    SCOPED_TRACE(r.name);
    const auto refused = account_state::load(ada, r.store.scan(account_prefix(ada)));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, r.code) << refused.error().what;
  }
  EXPECT_TRUE(account_state::load(ada, valid.scan(account_prefix(ada))));
}

struct OpenTest : testing::Test {
  // Hands out without applying.
  template <class Answer>
  void hand_out(result<transition<Answer>, failure> made) {
    ASSERT_TRUE(made) << made.error().what;
    waiting.emplace_back(made->sequence, *made->commit);
  }
  void apply_one() {
    world.store.apply(waiting.front().second);
    applied.push_back(waiting.front().first);
    waiting.pop_front();
  }
  void report_one() {
    world.state.committed(applied.front());
    applied.pop_front();
  }
  void settle() {
    while (!waiting.empty()) apply_one();
    while (!applied.empty()) report_one();
  }
  void read() { ASSERT_TRUE(world.state.add_rows(inbox, world.store.scan(messages_prefix(ada, inbox)))); }
  uid_set finish() {
    const auto opened = world.state.finish_open(inbox);
    EXPECT_TRUE(opened) << opened.error().what;
    uid_set uids;
    for (const auto& message : opened->answer.messages) uids.add(message.id);
    return uids;
  }
  void deliver() { hand_out(world.state.append(account_world::mail("Inbox", {}, 1))); }
  void expunge_all() {
    hand_out(world.state.set_flags({{}, inbox, uids_of({1, 2, 3}), {flag_change::add, flags_of({flag::deleted})}}));
    hand_out<messages::messages_expunged>(world.state.expunge({{}, inbox, std::nullopt}));
  }

  account_world world;
  mailbox_id inbox = world.named("Inbox");
  std::deque<std::pair<std::uint64_t, messages::commit>> waiting;
  std::deque<std::uint64_t> applied;  // and not reported
};

TEST_F(OpenTest, SeesWhatWasHandedOutBefore) {
  deliver();
  world.state.begin_open(inbox);
  read();
  EXPECT_EQ(finish(), uids_of({1}));
  settle();
}

TEST_F(OpenTest, SeesWhatIsDurableAndNotReported) {
  deliver();
  apply_one();
  world.state.begin_open(inbox);
  read();
  report_one();
  EXPECT_EQ(finish(), uids_of({1}));
}

TEST_F(OpenTest, SeesWhatBecameDurableAfterTheScan) {
  deliver();
  world.state.begin_open(inbox);
  read();
  settle();
  EXPECT_EQ(finish(), uids_of({1}));
}

TEST_F(OpenTest, SeesWhatIsDeliveredWhileTheRowsAreRead) {
  world.state.begin_open(inbox);
  deliver();
  read();
  deliver();
  settle();
  deliver();
  EXPECT_EQ(finish(), uids_of({1, 2, 3}));
  settle();
}

TEST_F(OpenTest, OpensAgainBeforeTheLastChangesAreDurable) {
  deliver();
  deliver();
  settle();
  world.open("Inbox");
  expunge_all();
  deliver();
  world.state.close_mailbox(inbox);
  world.state.begin_open(inbox);
  read();  // the two deleted messages, and not the new one
  EXPECT_EQ(finish(), uids_of({3}));
  settle();
  world.state.close_mailbox(inbox);
  EXPECT_EQ(world.open("Inbox").messages.size(), 1U);
}

TEST_F(OpenTest, EndsAnOpeningAndBeginsAgain) {
  deliver();
  world.state.begin_open(inbox);
  read();
  apply_one();
  deliver();
  world.state.close_mailbox(inbox);
  report_one();
  world.state.begin_open(inbox);
  read();
  EXPECT_EQ(finish(), uids_of({1, 2}));
  settle();
}

TEST_F(OpenTest, WaitsForWhatItShows) {
  deliver();
  world.state.begin_open(inbox);
  read();
  const auto opened = world.state.finish_open(inbox);
  EXPECT_FALSE(opened->commit);
  EXPECT_EQ(opened->sequence, 1U);
  EXPECT_EQ(opened->answer.status.highest, modseq{3});
  settle();
}

TEST_F(OpenTest, RefusesRowsOfAnotherGenerationOrPlace) {
  deliver();
  settle();
  world.state.begin_open(inbox);
  auto rows = world.store.scan(messages_prefix(ada, inbox));
  auto newer = rows;
  newer.generation = 2;
  EXPECT_EQ(world.state.add_rows(inbox, newer).error().code, fault_code::busy);
  auto elsewhere = rows;
  elsewhere.rows[0].key = message_key(ada, mailbox_id{2}, uid{1});
  EXPECT_EQ(world.state.add_rows(inbox, elsewhere).error().code, fault_code::corrupt);
  auto unreadable = rows;
  unreadable.rows[0].value = "\xff";
  EXPECT_EQ(world.state.add_rows(inbox, unreadable).error().code, fault_code::corrupt);
  // A message is missing: its mailbox counts it.
  const auto opened = world.state.finish_open(inbox);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, fault_code::corrupt);
  EXPECT_FALSE(world.state.is_open(inbox));
  world.state.close_mailbox(inbox);
  EXPECT_EQ(world.open("Inbox").messages.size(), 1U);  // and may be tried again
}

TEST_F(OpenTest, ChecksItsCaller) {
  EXPECT_THROW(world.state.committed(1), check_failed);  // nothing was handed out
  EXPECT_THROW(world.state.close_mailbox(inbox), check_failed);
  EXPECT_THROW((void)world.state.finish_open(inbox), check_failed);
  world.open("Inbox");
  EXPECT_TRUE(world.state.is_open(inbox));
  EXPECT_THROW(world.state.begin_open(inbox), check_failed);
  EXPECT_FALSE(world.state.is_open(mailbox_id{99}));
}

}  // namespace
}  // namespace stagecoach::store

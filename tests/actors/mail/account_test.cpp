#include "actors/mail/account.hpp"

#include <gtest/gtest.h>

#include "store/keys.hpp"
#include "tests/support/core.hpp"

namespace stagecoach::mail {
namespace {

using testing::eventually;
using testing::test_core;
using testing::test_directory;

// A viewer that keeps what it was told, and takes its time: it says `seen` only when the test lets it.
class recorder final : public runtime::watched<runtime::handle_of<messages::viewer_talk>> {
 public:
  struct record {
    std::mutex mutex;
    std::vector<messages::changes> told;
    std::atomic<bool> is_slow{false};
  };
  recorder(caf::actor_config& cfg, runtime::stage& on, services::mailbox_handle mailbox, record& into)
      : watched(cfg, on, "recorder", ""), mailbox_(std::move(mailbox)), into_(into) {}
  void on_exit() override { mailbox_ = services::mailbox_handle(); }

 private:
  behavior_type make_behavior() override {
    ask(mailbox_, std::chrono::seconds(10), messages::watch{})
        .then([](const messages::watching&) {}, [](caf::error&) {});
    return {[this](const messages::changes& m) {
      const std::lock_guard held(into_.mutex);
      into_.told.push_back(m);
      if (!into_.is_slow) send(mailbox_, messages::seen{{}, m.up_to});
    }};
  }

  services::mailbox_handle mailbox_;
  record& into_;
};

std::size_t added(recorder::record& seen) {
  const std::lock_guard held(seen.mutex);
  std::size_t count = 0;
  for (const auto& one : seen.told)
    for (const auto& entry : one.entries) count += std::holds_alternative<messages::added>(entry) ? 1 : 0;
  return count;
}

uid_set one_uid(std::uint32_t value) {
  uid_set set;
  set.add(uid{value});
  return set;
}

TEST(Account, DeliversAndKeepsAcrossRestarts) {
  const test_directory where;
  account_id ada;
  {
    test_core core(where);
    ada = core.add("ada@localhost");
    const auto mail = core.mail("Subject: one\r\n\r\nbody\r\n", "Inbox");
    const auto first = core.ask<messages::delivered>(core.account(ada), mail);
    ASSERT_TRUE(first) << first.error().what;
    EXPECT_EQ(first->id, uid{1});
    EXPECT_EQ(core.stop_and_check(), std::vector<std::string>{});
  }
  test_core core(where);
  const auto list = core.ask<messages::mailboxes>(core.account(ada), messages::list_mailboxes{});
  ASSERT_TRUE(list);
  const auto inbox = std::find_if(list->all.begin(), list->all.end(), [](auto& one) { return one.name == "Inbox"; });
  ASSERT_NE(inbox, list->all.end());
  EXPECT_EQ(inbox->counts.total, 1U);
  EXPECT_EQ(inbox->next_uid, uid{2});
  const messages::read_octets question{{}, ada, inbox->id, {uid{1}, 0, 1000}, {{uid{1}, 0, 11}, {uid{9}, 0, 5}}};
  const auto octets = core.ask<messages::octets_read>(core->services().readers.of(0), question);
  ASSERT_TRUE(octets) << octets.error().what;
  EXPECT_EQ(octets->octets, "Return-Path: <>\r\nSubject: one\r\n\r\nbody\r\n");
  EXPECT_EQ(octets->ahead, (std::vector<std::optional<std::string>>{"Return-Path", std::nullopt}));
  core.memory().become(true);
  const auto refused = core.ask<messages::octets_read>(core->services().readers.of(0), question);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, fault_code::overloaded);
}

TEST(Account, TwoQuickDeliveriesBothReachAViewer) {  // mail-server-behaviour row 47
  const test_directory where;
  test_core core(where);
  const auto ada = core.account(core.add("ada@localhost"));
  const auto inbox = core.ask<services::mailbox_handle>(ada, messages::open_mailbox{{}, "INBOX"});
  ASSERT_TRUE(inbox) << inbox.error().what;
  recorder::record quick;
  recorder::record slow;
  slow.is_slow = true;
  const auto reads = core->stage().spawn<recorder>(*inbox, std::ref(quick));
  const auto dawdles = core->stage().spawn<recorder>(*inbox, std::ref(slow));
  ASSERT_TRUE(core.ask<messages::caught_up>(*inbox, messages::catch_up{}));
  for (int i = 0; i < 10; ++i)
    ASSERT_TRUE(core.ask<messages::delivered>(ada, core.mail("A: b\r\n\r\n" + std::to_string(i), "Inbox")));
  EXPECT_TRUE(eventually([&] { return added(quick) == 10; }));
  {
    const std::lock_guard held(slow.mutex);
    EXPECT_EQ(slow.told.size(), 1U) << "no more before it has seen the first";
  }
  EXPECT_EQ(core.stop_and_check(), std::vector<std::string>{});
}

TEST(Account, AnOriginatorIsToldOnlyByItsAnswer) {
  const test_directory where;
  test_core core(where);
  const auto ada = core.account(core.add("ada@localhost"));
  ASSERT_TRUE(core.ask<messages::delivered>(ada, core.mail("A: b\r\n\r\n1", "Inbox")));
  const auto inbox = core.ask<services::mailbox_handle>(ada, messages::open_mailbox{{}, "Inbox"});
  ASSERT_TRUE(inbox);
  recorder::record other;
  const auto watches = core->stage().spawn<recorder>(*inbox, std::ref(other));
  ASSERT_TRUE(core.ask<messages::caught_up>(*inbox, messages::catch_up{}));

  caf::scoped_actor self(core->stage().system(), true);
  std::size_t told = 0;
  messages::watching start;
  self->request(*inbox, std::chrono::seconds(10), messages::watch{})
      .receive([&](const messages::watching& m) { start = m; }, [](caf::error&) { FAIL(); });
  messages::set_flags change;
  change.trace.trace[0] = 1;
  change.trace.span[0] = 7;
  change.mailbox = start.status.id;
  change.uids = one_uid(1);
  change.delta.change = flag_change::add;
  change.delta.flags.set(flag::seen);
  self->request(*inbox, std::chrono::seconds(10), change)
      .receive([&](const messages::flags_set& m) { EXPECT_TRUE(m.messages.at(0).flags.has(flag::seen)); },
               [](caf::error&) { FAIL(); });
  self->receive([&](const messages::changes&) { ++told; }, caf::after(std::chrono::milliseconds(50)) >> [] {});
  EXPECT_EQ(told, 0U);
  EXPECT_TRUE(eventually([&] {
    const std::lock_guard held(other.mutex);
    return other.told.size() == 1;
  }));
}

// RFC 2180 4.1.2. What nobody reads any more goes, without anybody's asking.
TEST(Account, KeepsWhatWasRemovedUntilEveryViewerHasSeenThat) {
  const test_directory where;
  test_core core(where);
  const auto id = core.add("ada@localhost");
  const auto ada = core.account(id);
  ASSERT_TRUE(core.ask<messages::delivered>(ada, core.mail("A: b\r\n\r\n1", "Inbox")));
  const auto inbox = core.ask<services::mailbox_handle>(ada, messages::open_mailbox{{}, "Inbox"});
  ASSERT_TRUE(inbox);
  recorder::record slow;
  slow.is_slow = true;
  const auto dawdles = core->stage().spawn<recorder>(*inbox, std::ref(slow));
  const auto box = core.ask<messages::watching>(*inbox, messages::watch{});
  ASSERT_TRUE(box);
  const messages::read_octets question{{}, id, box->status.id, {uid{1}, 0, 1000}, {}};
  const auto is_readable = [&] {
    return static_cast<bool>(core.ask<messages::octets_read>(core->services().readers.of(0), question));
  };

  messages::set_flags mark{{}, box->status.id, one_uid(1), {}};
  mark.delta.change = flag_change::add;
  mark.delta.flags.set(flag::deleted);
  ASSERT_TRUE(core.ask<messages::flags_set>(*inbox, mark));
  const auto gone = core.ask<messages::messages_expunged>(*inbox, messages::expunge{{}, box->status.id, {}});
  ASSERT_TRUE(gone);
  ASSERT_EQ(gone->uids, one_uid(1));
  // Whatever the mailbox had to say after its answer has arrived and is durable when these are answered.
  ASSERT_TRUE(core.ask<messages::caught_up>(*inbox, messages::catch_up{}));
  ASSERT_TRUE(core.ask<messages::mailboxes>(ada, messages::list_mailboxes{}));
  EXPECT_TRUE(is_readable());
  const auto rows = core.ask<messages::rows>(*inbox, messages::read_rows{{}, one_uid(1)});
  ASSERT_TRUE(rows);
  EXPECT_EQ(rows->messages.size(), 1U);

  caf::anon_send_exit(dawdles, caf::exit_reason::user_shutdown);
  EXPECT_TRUE(eventually([&] { return !is_readable(); }));
  EXPECT_EQ(core.stop_and_check(), std::vector<std::string>{});
}

TEST(Account, EndsWhenIdleAndComesBack) {
  const test_directory where;
  test_core core(where);
  const auto ada = core.add("ada@localhost");
  ASSERT_TRUE(core.ask<messages::delivered>(core.account(ada), core.mail("A: b\r\n\r\n1", "Inbox")));
  auto& living = core->stage().registry();
  EXPECT_EQ(living.alive("account"), 1U);
  EXPECT_TRUE(eventually([&] {
    core.clock().advance(std::chrono::seconds(61));
    return living.alive("account") == 0;
  }));
  const auto again = core.ask<messages::delivered>(core.account(ada), core.mail("A: b\r\n\r\n2", "Inbox"));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->id, uid{2});
  EXPECT_EQ(core.log().count("invariant_broken"), 0U);
}

// A reader that never has what is asked of it, and a disk that refuses: what is asked only as far as the test does.
class silent_reader final
    : public runtime::watched<
          runtime::handle_of<conversation<ask_for<messages::read_contents, messages::scanned_rows>>>> {
 public:
  silent_reader(caf::actor_config& cfg, runtime::stage& on) : watched(cfg, on, "silent_reader", "") {}
  void on_exit() override { held_.clear(); }

 private:
  behavior_type make_behavior() override {
    return {[this](const messages::read_contents&) -> runtime::reply<messages::scanned_rows> {
      return held_.emplace_back(make_response_promise<messages::scanned_rows>());
    }};
  }
  std::vector<runtime::promise<messages::scanned_rows>> held_;
};
class full_writer final
    : public runtime::watched<runtime::handle_of<conversation<ask_for<messages::commit, messages::committed>>>> {
 public:
  full_writer(caf::actor_config& cfg, runtime::stage& on) : watched(cfg, on, "full_writer", "") {}

 private:
  behavior_type make_behavior() override {
    return {[](const messages::commit&) -> runtime::reply<messages::committed> {
      return runtime::to_error(failure{fault_code::full, "the disk is full"});
    }};
  }
};

TEST(Account, AnswersEverybodyWhenACommitFails) {
  const test_directory where;
  test_core core(where);
  const auto id = core.add("ada@localhost");
  ASSERT_TRUE(core.ask<messages::delivered>(core.account(id), core.mail("A: b\r\n\r\n1", "Inbox")));
  messages::scan_rows question{{store::account_key(id), store::mailboxes_prefix(id), store::subscriptions_prefix(id),
                                store::removed_prefix(id)}};
  const auto rows = core.ask<messages::scanned_rows>(core->services().readers.of(id.value), question);
  ASSERT_TRUE(rows);
  auto state = store::account_state::load(id, *rows);
  ASSERT_TRUE(state);
  auto& stage = core->stage();
  const auto reader = stage.spawn<silent_reader>();
  const auto writer = stage.spawn<full_writer>();
  {
    const auto ada = stage.spawn<account>(
        std::move(*state), services::blob_readers{{caf::actor_cast<services::blob_reader_handle>(reader)}},
        caf::actor_cast<services::store_writer_handle>(writer), core->services().accounts, account_options{});
    caf::scoped_actor self(stage.system(), true);
    const messages::copy copy{{}, mailbox_id{1}, one_uid(1), "Archive", false};
    auto copied = self->request(ada, std::chrono::seconds(20), copy);
    auto made = self->request(ada, std::chrono::seconds(20), messages::create_mailbox{{}, "Work", ""});
    std::vector<fault_code> codes;
    const auto refused = [&](caf::error& why) { codes.push_back(runtime::to_failure(why).code); };
    made.receive([](const messages::mailbox_created&) { FAIL(); }, refused);
    copied.receive([](const messages::copied&) { FAIL(); }, refused);
    EXPECT_EQ(codes, (std::vector{fault_code::full, fault_code::full}));
    caf::anon_send_exit(reader, caf::exit_reason::user_shutdown);  // what it holds holds it
  }
}

TEST(Account, RefusesAnUnknownMailboxAndAccount) {
  const test_directory where;
  test_core core(where);
  const auto ada = core.account(core.add("ada@localhost"));
  const auto opened = core.ask<services::mailbox_handle>(ada, messages::open_mailbox{{}, "Nowhere"});
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, fault_code::not_found);
  auto append = core.mail("A: b\r\n\r\n1", "Nowhere");
  append.create_mailbox = false;
  const auto delivered = core.ask<messages::delivered>(ada, append);
  ASSERT_FALSE(delivered);
  EXPECT_EQ(delivered.error().code, fault_code::not_found);
  const auto nobody =
      core.ask<services::account_handle>(core->services().accounts, messages::activate{{}, account_id{12345}});
  ASSERT_FALSE(nobody);
  EXPECT_EQ(nobody.error().code, fault_code::not_found);
}

TEST(Directory, ChecksAPasswordOnceHoweverManyConnectionsSayIt) {
  const test_directory where;
  test_core core(where);
  const auto ada = core.add("ada@localhost");
  caf::scoped_actor self(core->stage().system(), true);
  constexpr int connections = 200;
  for (int i = 0; i < connections; ++i)
    self->send(core->services().directory, messages::sign_in{{}, "ada@localhost", "a password", {}});
  int signed_in = 0;
  bool is_late = false;
  for (int i = 0; i < connections && !is_late; ++i)
    self->receive([&](const messages::signed_in& m) { signed_in += m.account == ada ? 1 : 0; },
                  caf::after(std::chrono::seconds(20)) >> [&] { is_late = true; });
  EXPECT_EQ(signed_in, connections);
}

TEST(Directory, SignsInAndAddsAccountsOnce) {
  const test_directory where;
  test_core core(where);
  const auto& directory = core->services().directory;
  const auto ada = core.add("Ada@localhost");
  const auto twice = core.ask<messages::account_added>(directory, messages::add_account{"ada@LOCALHOST", "x"});
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.error().code, fault_code::duplicate);
  const auto in = core.ask<messages::signed_in>(directory, messages::sign_in{{}, "ada@localhost", "a password", {}});
  ASSERT_TRUE(in) << in.error().what;
  EXPECT_EQ(in->account, ada);
  EXPECT_FALSE(core.ask<messages::signed_in>(directory, messages::sign_in{{}, "ada@localhost", "another", {}}));
  EXPECT_FALSE(core.ask<messages::signed_in>(directory, messages::sign_in{{}, "bob@localhost", "a password", {}}));
  ASSERT_TRUE(core.ask<messages::password_set>(directory, messages::set_password{"ada@localhost", "new one"}));
  EXPECT_FALSE(core.ask<messages::signed_in>(directory, messages::sign_in{{}, "ada@localhost", "a password", {}}));
  EXPECT_TRUE(core.ask<messages::signed_in>(directory, messages::sign_in{{}, "ada@localhost", "new one", {}}));
  const auto bad = core.ask<messages::account_added>(directory, messages::add_account{"no address", "x"});
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().code, fault_code::syntax);
}

}  // namespace
}  // namespace stagecoach::mail

// What an account's actor does to mailboxes while others look at them.
#include <gtest/gtest.h>

#include "actors/mail/account.hpp"
#include "tests/support/core.hpp"

namespace stagecoach::mail {
namespace {

using testing::eventually;
using testing::test_core;
using testing::test_directory;

class AccountMailboxes : public ::testing::Test {
 protected:
  result<messages::mailbox_created, failure> create(std::string name) {
    return core_.ask<messages::mailbox_created>(ada_, messages::create_mailbox{{}, std::move(name), {}});
  }
  result<messages::mailbox_deleted, failure> remove(std::string name) {
    return core_.ask<messages::mailbox_deleted>(ada_, messages::delete_mailbox{{}, std::move(name)});
  }
  result<messages::mailbox_renamed, failure> rename(std::string from, std::string to) {
    return core_.ask<messages::mailbox_renamed>(ada_, messages::rename_mailbox{{}, std::move(from), std::move(to)});
  }
  services::mailbox_handle open(std::string name) {
    auto opened = core_.ask<services::mailbox_handle>(ada_, messages::open_mailbox{{}, std::move(name)});
    EXPECT_TRUE(opened);
    return opened ? *opened : services::mailbox_handle();
  }
  void deliver(std::string_view mailbox) {
    const auto mail = core_.mail("Subject: one\r\n\r\nbody of its own\r\n", mailbox);
    const auto delivered = core_.ask<messages::delivered>(ada_, mail);
    EXPECT_TRUE(delivered) << delivered.error().what;
  }
  std::vector<std::string> names() {
    std::vector<std::string> all;
    const auto list = core_.ask<messages::mailboxes>(ada_, messages::list_mailboxes{});
    if (list)
      for (const auto& one : list->all) all.push_back(one.name);
    return all;
  }
  std::uint32_t total(std::string name) {
    const auto list = core_.ask<messages::mailboxes>(ada_, messages::list_mailboxes{{}, std::move(name)});
    return list && list->all.size() == 1 ? list->all.front().counts.total : UINT32_MAX;
  }
  std::size_t mailboxes_alive() { return core_->stage().registry().alive("mailbox"); }

  const test_directory where_;
  test_core core_{where_};
  services::account_handle ada_ = core_.account(core_.add("ada@localhost"));
};

TEST_F(AccountMailboxes, CreatesAndDeletesWhatNobodyLooksAt) {
  ASSERT_TRUE(create("work/2024"));
  deliver("work/2024");
  deliver("work/2024");
  EXPECT_EQ(total("work/2024"), 2U);
  const auto parent = remove("work");
  ASSERT_FALSE(parent);
  EXPECT_EQ(parent.error().code, fault_code::not_empty);
  ASSERT_TRUE(remove("work/2024"));
  EXPECT_EQ(mailboxes_alive(), 0U) << "its messages were read for nobody to look at";
  ASSERT_TRUE(remove("work"));
  const auto gone = remove("work");
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().code, fault_code::not_found);
  ASSERT_TRUE(create("work"));
  EXPECT_EQ(total("work"), 0U);
  EXPECT_EQ(core_.stop_and_check(), std::vector<std::string>{});
}

TEST_F(AccountMailboxes, EndsADeletedMailboxForWhoLooksAtIt) {
  ASSERT_TRUE(create("work"));
  deliver("work");
  const auto box = open("work");
  auto self = std::make_unique<caf::scoped_actor>(core_->stage().system(), true);  // ends before the stage does
  (*self)->monitor(box);
  const auto status = core_.ask<messages::watching>(box, messages::watch{});
  ASSERT_TRUE(status);
  ASSERT_TRUE(remove("work"));
  bool has_ended_in_order = false;
  (*self)->receive([&](const caf::down_msg& down) { has_ended_in_order = !down.reason; });
  self.reset();
  EXPECT_TRUE(has_ended_in_order);
  // A request that was on its way finds nobody, and the account goes on.
  messages::set_flags late;
  late.mailbox = status->status.id;
  late.uids.add(uid{1});
  EXPECT_FALSE(core_.ask<messages::flags_set>(ada_, late));
  messages::expunge late_expunge;
  late_expunge.mailbox = status->status.id;
  EXPECT_FALSE(core_.ask<messages::messages_expunged>(ada_, late_expunge));
  messages::copy late_copy;
  late_copy.mailbox = status->status.id;
  late_copy.to = "Inbox";
  EXPECT_FALSE(core_.ask<messages::copied>(ada_, late_copy));
  EXPECT_EQ(names().size(), 6U);
  EXPECT_EQ(core_.stop_and_check(), std::vector<std::string>{});
}

TEST_F(AccountMailboxes, RenamesUnderAViewer) {
  ASSERT_TRUE(create("a/b"));
  const auto box = open("a/b");
  const auto before = core_.ask<messages::watching>(box, messages::watch{});
  ASSERT_TRUE(rename("a", "x/y"));
  EXPECT_EQ(open("x/y/b"), box) << "the same mailbox under its new name";
  deliver("x/y/b");
  const auto after = core_.ask<messages::watching>(box, messages::watch{});
  ASSERT_TRUE(before && after);
  EXPECT_EQ(after->status.name, "x/y/b");
  EXPECT_EQ(after->status.validity, before->status.validity);
  EXPECT_EQ(after->uids.size(), 1U);
  EXPECT_EQ(core_.stop_and_check(), std::vector<std::string>{});
}

TEST_F(AccountMailboxes, MovesWhatIsInInbox) {
  deliver("Inbox");
  deliver("Inbox");
  ASSERT_TRUE(rename("INBOX", "Old"));  // nobody looks at it
  EXPECT_EQ(total("Inbox"), 0U);
  EXPECT_EQ(total("Old"), 2U);
  EXPECT_EQ(mailboxes_alive(), 0U);

  deliver("Inbox");
  const auto box = open("Inbox");
  ASSERT_TRUE(rename("INBOX", "Older"));
  const auto seen = core_.ask<messages::watching>(box, messages::watch{});
  ASSERT_TRUE(seen);
  EXPECT_TRUE(seen->uids.empty());
  EXPECT_EQ(seen->status.next_uid, uid{4});
  const auto taken = rename("INBOX", "Old");
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().code, fault_code::duplicate);
  EXPECT_EQ(core_.stop_and_check(), std::vector<std::string>{});
}

// Whatever comes between: a mailbox is opened, delivered to, deleted and made anew by requests that do not wait for
// each other.
TEST_F(AccountMailboxes, AnswersRequestsThatOvertakeEachOther) {
  auto asker = std::make_unique<caf::scoped_actor>(core_->stage().system(), true);  // ends before the stage does
  auto& self = *asker;
  std::size_t asked = 0;
  for (int round = 0; round < 20; ++round) {
    self->send(ada_, messages::create_mailbox{{}, "work", {}});
    self->send(ada_, core_.mail("A: b\r\n\r\n" + std::to_string(round), "work"));
    self->send(ada_, messages::open_mailbox{{}, "work"});
    self->send(ada_, messages::delete_mailbox{{}, "work"});
    self->send(ada_, core_.mail("A: b\r\n\r\n" + std::to_string(round), "work"));
    self->send(ada_, messages::rename_mailbox{{}, "work", "Inbox/work"});
    self->send(ada_, messages::delete_mailbox{{}, "Inbox/work"});
    self->send(ada_, messages::rename_mailbox{{}, "Inbox", "Old" + std::to_string(round)});
    asked += 8;
  }
  std::size_t answered = 0;
  bool is_late = false;
  for (; answered < asked && !is_late; ++answered)
    self->receive([](const messages::mailbox_created&) {}, [](const messages::mailbox_deleted&) {},
                  [](const messages::mailbox_renamed&) {}, [](const messages::delivered&) {},
                  [](const services::mailbox_handle&) {}, [](const caf::error&) {},
                  caf::after(std::chrono::seconds(30)) >> [&] { is_late = true; });
  EXPECT_FALSE(is_late) << answered << " of " << asked;
  asker.reset();
  EXPECT_EQ(core_->stage().registry().alive("account"), 1U);
  EXPECT_EQ(core_.stop_and_check(), std::vector<std::string>{});
}

TEST_F(AccountMailboxes, KeepsSubscriptionsOfWhatIsNotThere) {
  const auto subscribe = [&](const char* name, bool is_subscribed) {
    return core_.ask<messages::subscription_set>(ada_, messages::set_subscription{{}, name, is_subscribed});
  };
  ASSERT_TRUE(subscribe("later", true));
  ASSERT_TRUE(subscribe("later", true));
  auto list = core_.ask<messages::mailboxes>(ada_, messages::list_mailboxes{});
  ASSERT_TRUE(list);
  EXPECT_EQ(list->missing, std::vector<std::string>{"later"});
  ASSERT_TRUE(create("later"));
  ASSERT_TRUE(remove("later"));
  list = core_.ask<messages::mailboxes>(ada_, messages::list_mailboxes{});
  EXPECT_EQ(list->missing, std::vector<std::string>{"later"});
  ASSERT_TRUE(subscribe("later", false));
  EXPECT_EQ(core_.stop_and_check(), std::vector<std::string>{});
}

}  // namespace
}  // namespace stagecoach::mail

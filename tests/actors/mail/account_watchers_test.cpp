// Who watches an account is told what each commit did to its mailboxes, from the answer on, and keeps it alive.
#include <gtest/gtest.h>

#include <caf/scoped_actor.hpp>

#include "actors/mail/account.hpp"
#include "tests/support/core.hpp"

namespace stagecoach::mail {
namespace {

using namespace std::chrono_literals;
using testing::test_core;
using testing::test_directory;

struct AccountWatchers : ::testing::Test {
  // The name and the total of each mailbox that is told next; "-2" for one that is removed.
  static std::string next(caf::scoped_actor& from) {
    std::string text = "nothing";
    from->receive(
        [&](const messages::mailboxes_changed& m) {
          text.clear();
          for (const auto& one : m.changed) text += one.name + " " + std::to_string(one.counts.total) + "; ";
          for (const auto& one : m.removed) text += "-" + std::to_string(one.value) + "; ";
        },
        caf::after(20s) >> [] {});
    return text;
  }
  std::size_t watch(caf::scoped_actor& from) {
    std::size_t count = 0;
    from->request(ada_, 20s, messages::watch_account{})
        .receive([&](const messages::mailboxes& m) { count = m.all.size(); }, [](const caf::error&) {});
    return count;
  }
  void deliver(std::string_view mailbox) {
    ASSERT_TRUE(core_.ask<messages::delivered>(ada_, core_.mail("Subject: one\r\n\r\nbody\r\n", mailbox)));
  }

  const test_directory where_;
  test_core core_{where_};
  const account_id id_ = core_.add("ada@localhost");
  services::account_handle ada_ = core_.account(id_);
};

TEST_F(AccountWatchers, AreToldOfEachCommit) {
  {
    caf::scoped_actor viewer(core_->stage().system());
    const auto before = watch(viewer);
    EXPECT_GT(before, 0U);
    deliver("Inbox");
    EXPECT_EQ(next(viewer), "Inbox 1; ");
    const auto made = core_.ask<messages::mailbox_created>(ada_, messages::create_mailbox{{}, "a/b", {}});
    ASSERT_TRUE(made);
    EXPECT_EQ(next(viewer), "a 0; a/b 0; ");
    ASSERT_TRUE(core_.ask<messages::mailbox_renamed>(ada_, messages::rename_mailbox{{}, "a/b", "a/c"}));
    EXPECT_EQ(next(viewer), "a/c 0; ");
    ASSERT_TRUE(core_.ask<messages::mailbox_deleted>(ada_, messages::delete_mailbox{{}, "a/c"}));
    EXPECT_EQ(next(viewer), "-" + std::to_string(made->mailbox.value) + "; ");
  }
  EXPECT_EQ(core_.stop_and_check(), std::vector<std::string>());
}

TEST_F(AccountWatchers, KeepTheAccountUntilTheyEnd) {
  const auto accounts = [this] { return core_->stage().registry().alive("account"); };
  {
    caf::scoped_actor viewer(core_->stage().system());
    EXPECT_GT(watch(viewer), 0U);
    for (int minute = 0; minute < 10; ++minute) core_.clock().advance(1min);
    deliver("Inbox");
    EXPECT_EQ(next(viewer), "Inbox 1; ");
  }
  EXPECT_TRUE(testing::eventually([&] {
    core_.clock().advance(1min);
    return accounts() == 0;
  }));
  EXPECT_EQ(core_.stop_and_check(), std::vector<std::string>());
}

}  // namespace
}  // namespace stagecoach::mail

// The order of a list, against a model that sorts anew after each change.
#include "actors/web/mailbox_view.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace stagecoach::web {
namespace {

messages::message_view message(std::uint32_t id, std::int64_t received) {
  messages::message_view one;
  one.id = uid{id};
  one.received = unix_ms{received};
  return one;
}

TEST(MailboxView, IsNewestFirst) {
  mailbox_view view({message(1, 30), message(2, 10), message(3, 30), message(4, 20)});
  EXPECT_EQ(view.window(0, 10), (std::vector{uid{3}, uid{1}, uid{4}, uid{2}}));
  EXPECT_EQ(view.window(1, 2), (std::vector{uid{1}, uid{4}}));
  EXPECT_TRUE(view.window(4, 10).empty());
  EXPECT_TRUE(view.window(UINT32_MAX, UINT32_MAX).empty());
  EXPECT_EQ(view.add(uid{5}, unix_ms{40}), 0U);
  EXPECT_EQ(view.add(uid{6}, unix_ms{15}), 4U);
  EXPECT_FALSE(view.add(uid{6}, unix_ms{15}));
  EXPECT_EQ(view.remove(uid{1}), 2U);
  EXPECT_FALSE(view.remove(uid{1}));
  EXPECT_FALSE(view.contains(uid{1}));
  EXPECT_TRUE(view.contains(uid{6}));
  EXPECT_EQ(view.total(), 5U);
}

TEST(MailboxView, EqualsAModelAfterRandomChanges) {
  std::mt19937 random(20261126);
  for (int round = 0; round < 50; ++round) {
    std::vector<messages::message_view> model;
    std::uint32_t next = 1;
    for (; next < 20; ++next) model.push_back(message(next, random() % 10));
    mailbox_view view(model);
    const auto sort = [&] {
      std::sort(model.begin(), model.end(),
                [](const auto& a, const auto& b) { return std::pair(b.received, b.id) < std::pair(a.received, a.id); });
    };
    for (int step = 0; step < 200; ++step) {
      if (model.empty() || random() % 2 == 0) {
        model.push_back(message(next, random() % 10));
        const auto at = view.add(uid{next}, model.back().received);
        sort();
        ASSERT_TRUE(at);
        EXPECT_EQ(model.at(*at).id, uid{next});
        ++next;
      } else {
        sort();
        const auto which = random() % model.size();
        EXPECT_EQ(view.remove(model[which].id), which);
        model.erase(model.begin() + static_cast<std::ptrdiff_t>(which));
      }
      sort();
      std::vector<uid> wanted;
      for (const auto& one : model) wanted.push_back(one.id);
      ASSERT_EQ(view.window(0, view.total()), wanted);
    }
  }
}

}  // namespace
}  // namespace stagecoach::web

// The order of a list, against a model that sorts anew after each change.
#include "actors/web/message_order.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <tuple>

namespace stagecoach::web {
namespace {

located message(std::uint32_t mailbox, std::uint32_t id, std::int64_t received) {
  located one;
  one.mailbox = mailbox_id{mailbox};
  one.row.id = uid{id};
  one.row.received = unix_ms{received};
  return one;
}

location at(std::uint32_t mailbox, std::uint32_t id) { return {mailbox_id{mailbox}, uid{id}}; }

TEST(MessageOrder, IsNewestFirst) {
  message_order list({message(1, 1, 30), message(1, 2, 10), message(1, 3, 30), message(1, 4, 20)});
  EXPECT_EQ(list.window(0, 10), (std::vector{at(1, 3), at(1, 1), at(1, 4), at(1, 2)}));
  EXPECT_EQ(list.window(1, 2), (std::vector{at(1, 1), at(1, 4)}));
  EXPECT_EQ(list.received_at(2), unix_ms{20});
  EXPECT_TRUE(list.window(4, 10).empty());
  EXPECT_TRUE(list.window(UINT32_MAX, UINT32_MAX).empty());
  EXPECT_EQ(list.add(at(1, 5), unix_ms{40}), 0U);
  EXPECT_EQ(list.add(at(1, 6), unix_ms{15}), 4U);
  EXPECT_FALSE(list.add(at(1, 6), unix_ms{15}));
  EXPECT_EQ(list.remove(at(1, 1)), 2U);
  EXPECT_FALSE(list.remove(at(1, 1)));
  EXPECT_FALSE(list.contains(at(1, 1)));
  EXPECT_TRUE(list.contains(at(1, 6)));
  EXPECT_EQ(list.total(), 5U);
}

TEST(MessageOrder, KnowsAMessageByItsMailbox) {
  message_order list({message(1, 7, 30), message(2, 7, 10)});
  EXPECT_EQ(list.add(at(3, 7), unix_ms{20}), 1U);
  EXPECT_EQ(list.window(0, 10), (std::vector{at(1, 7), at(3, 7), at(2, 7)}));
  EXPECT_EQ(list.all_of(mailbox_id{3}).size(), 1U);
  EXPECT_TRUE(list.all_of(mailbox_id{4}).empty());
  EXPECT_EQ(list.remove(at(2, 7)), 2U);
  EXPECT_FALSE(list.remove(at(2, 7)));
  list.replace(mailbox_id{1}, {message(1, 8, 5).row, message(1, 9, 50).row});
  EXPECT_EQ(list.window(0, 10), (std::vector{at(1, 9), at(3, 7), at(1, 8)}));
  EXPECT_FALSE(list.contains(at(1, 7)));
  list.replace(mailbox_id{1}, {});
  EXPECT_EQ(list.total(), 1U);
}

TEST(MessageOrder, EqualsAModelAfterRandomChanges) {
  std::mt19937 random(20261126);
  for (int round = 0; round < 50; ++round) {
    std::vector<located> model;
    std::uint32_t next = 1;
    for (; next < 20; ++next) model.push_back(message(random() % 3, next, random() % 10));
    message_order list(model);
    const auto key = [](const located& one) { return std::tuple(one.row.received, one.mailbox, one.row.id); };
    const auto sort = [&] {
      std::sort(model.begin(), model.end(), [&](const auto& a, const auto& b) { return key(b) < key(a); });
    };
    for (int step = 0; step < 200; ++step) {
      sort();
      if (model.empty() || random() % 2 == 0) {
        const auto fresh = message(random() % 3, next++, random() % 10);
        model.push_back(fresh);
        sort();
        const auto place = list.add({fresh.mailbox, fresh.row.id}, fresh.row.received);
        ASSERT_TRUE(place);
        EXPECT_EQ(key(model.at(*place)), key(fresh));
      } else {
        const auto which = random() % model.size();
        EXPECT_EQ(list.remove({model[which].mailbox, model[which].row.id}), which);
        model.erase(model.begin() + static_cast<std::ptrdiff_t>(which));
      }
      std::vector<location> wanted;
      for (const auto& one : model) wanted.push_back({one.mailbox, one.row.id});
      ASSERT_EQ(list.window(0, list.total()), wanted);
    }
  }
}

}  // namespace
}  // namespace stagecoach::web

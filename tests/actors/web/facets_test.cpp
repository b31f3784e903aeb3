// What is counted of messages, against a model that keeps everything.
#include "actors/web/facets.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

namespace stagecoach::web {
namespace {

constexpr std::int64_t day_ms = 24LL * 60 * 60 * 1000;

messages::message_view message(std::int64_t received, std::vector<std::string> keywords, bool is_seen) {
  messages::message_view one;
  one.received = unix_ms{received};
  one.flags.keywords = std::move(keywords);
  if (is_seen) one.flags.set(flag::seen);
  return one;
}

mime::address_entry address(std::string name, std::string mailbox, std::string host) {
  return {mime::address_kind::mailbox, std::move(name), "", std::move(mailbox), std::move(host)};
}

TEST(Facets, CountsYearsInUtcTheNewestFirst) {
  facets all;
  constexpr std::int64_t days_to_2026 = 20'454;  // 2026-01-01
  for (const auto received : {days_to_2026 * day_ms, days_to_2026 * day_ms - 1, std::int64_t{0}, std::int64_t{-1},
                              (days_to_2026 + 365) * day_ms - 1, (days_to_2026 + 365) * day_ms})
    all.add(message(received, {}, false));
  EXPECT_EQ(all.counted(modseq{7}).years,
            (std::vector<api::year_count>{{2027, 1}, {2026, 2}, {2025, 1}, {1970, 1}, {1969, 1}}));
  EXPECT_EQ(all.counted(modseq{7}).up_to, modseq{7});
}

TEST(Facets, CountsLabelsTheMostUsedFirst) {
  facets all;
  all.add(message(0, {"$mailflagbit0", "b", "c"}, true));
  all.add(message(0, {"a", "c"}, false));
  all.add(message(0, {}, false));
  const auto counted = all.counted(modseq());
  EXPECT_EQ(counted.labels, (std::vector<api::label_count>{{"c", 2}, {"a", 1}, {"b", 1}}));
  EXPECT_EQ(counted.total, 3U);
  EXPECT_EQ(counted.unread, 2U);
  for (int i = 0; i < 100; ++i) all.add(message(0, {"label" + std::to_string(i)}, true));
  EXPECT_EQ(all.counted(modseq()).labels.size(), api::labels_counted_max);
  EXPECT_EQ(all.counted(modseq()).more_labels, 3U);
}

TEST(Facets, CountsAnAddressOnceForAMessage) {
  facets all;
  all.add_senders({address("=?utf-8?q?Gr=C3=A4ce?=", "Grace", "Example.org"), address("", "grace", "example.ORG")});
  all.add_senders({address("Grace", "grace", "example.org"), address("Ada", "ada", "localhost")});
  all.add_senders({{mime::address_kind::group_start, "", "", "friends", ""},
                   address("", "root", ""),
                   {mime::address_kind::group_end, "", "", "", ""}});
  all.add_senders({});
  EXPECT_EQ(all.counted(modseq()).senders,
            (std::vector<api::sender_count>{
                {"Grace", "grace@example.org", 2}, {"Ada", "ada@localhost", 1}, {"", "root", 1}}));
  EXPECT_EQ(all.counted(modseq()).more_senders, 0U);
}

TEST(Facets, NothingIsNothing) { EXPECT_EQ(facets().counted(modseq()), api::counted()); }

// Who is first in the end may have been among the last for long.
TEST(Facets, KeepsTheFirstSendersOfMany) {
  std::mt19937 chance(20261127);
  for (int round = 0; round < 50; ++round) {
    facets all;
    std::map<std::string, std::uint32_t> model;
    std::uniform_int_distribution<int> senders(1, 1 + round * 4);
    std::geometric_distribution<int> often(0.02);
    for (int i = 0; i < 2000; ++i) {
      const auto who = "s" + std::to_string(i < 1000 ? senders(chance) : often(chance));
      all.add_senders({address("", who, "x")});
      ++model[who + "@x"];
    }
    std::vector<api::sender_count> wanted;
    for (const auto& [who, count] : model) wanted.push_back({"", who, count});
    std::stable_sort(wanted.begin(), wanted.end(),
                     [](const auto& one, const auto& other) { return one.messages > other.messages; });
    const auto more = wanted.size() - std::min(wanted.size(), api::senders_counted_max);
    wanted.resize(wanted.size() - more);
    ASSERT_EQ(all.counted(modseq()).senders, wanted) << "round " << round;
    ASSERT_EQ(all.counted(modseq()).more_senders, more);
  }
}

}  // namespace
}  // namespace stagecoach::web

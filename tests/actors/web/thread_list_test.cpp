// A list of threads: what is shown after changes is what a list that is made anew shows.
#include "actors/web/thread_list.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace stagecoach::web {
namespace {

using rows = std::vector<thread_list::row>;

messages::message_view message(std::uint32_t id, std::int64_t received, std::uint64_t thread,
                               std::uint64_t parent = 0) {
  messages::message_view one;
  one.id = uid{id};
  one.received = unix_ms{received};
  one.message = message_id{id};
  one.thread = message_id{thread};
  one.parent = message_id{parent};
  return one;
}

messages::added added(messages::message_view one) { return {std::move(one)}; }
messages::expunged expunged(std::uint32_t id) { return {uid{id}, modseq{1}}; }
messages::flags_changed seen(std::uint32_t id) {
  messages::flags_changed one{uid{id}, {}, modseq{1}};
  one.flags.set(flag::seen);
  return one;
}

// As a page does.
void carry_out(const thread_list::steps& steps, rows& shown) {
  for (const auto& step : steps) {
    if (const auto* gone = std::get_if<thread_list::removed>(&step)) {
      ASSERT_LT(gone->at, shown.size());
      EXPECT_EQ(shown[gone->at].message, gone->message);
      shown.erase(shown.begin() + gone->at);
    } else {
      const auto& fresh = std::get<thread_list::added>(step);
      ASSERT_LE(fresh.at, shown.size());
      shown.insert(shown.begin() + fresh.at, fresh.what);
    }
  }
}

rows all_of(const thread_list& list) { return list.window(0, list.total()); }

TEST(ThreadList, IsOneRowForAThreadTheNewestFirst) {
  const thread_list list({message(1, 10, 1), message(2, 20, 2), message(3, 30, 1, 1), message(4, 25, 4)});
  EXPECT_EQ(list.total(), 3U);
  EXPECT_EQ(all_of(list), (rows{{uid{3}, message_id{1}, 0, {uid{1}}, 1},
                                {uid{4}, message_id{4}, 0, {}, 0},
                                {uid{2}, message_id{2}, 0, {}, 0}}));
  EXPECT_EQ(list.window(1, 1), (rows{{uid{4}, message_id{4}, 0, {}, 0}}));
  EXPECT_TRUE(list.window(3, 5).empty());
}

TEST(ThreadList, ExpandsToATree) {
  thread_list list({message(1, 10, 1), message(2, 20, 1, 1), message(3, 30, 1, 2), message(4, 40, 1, 1),
                    message(5, 50, 1, 99), message(6, 35, 6)});
  auto shown = all_of(list);
  carry_out(list.expand(message_id{1}, true), shown);
  const rows wanted = {{uid{1}, message_id{1}, 0, {}, 0}, {uid{2}, message_id{1}, 1, {}, 0},
                       {uid{3}, message_id{1}, 2, {}, 0}, {uid{4}, message_id{1}, 1, {}, 0},
                       {uid{5}, message_id{1}, 1, {}, 0}, {uid{6}, message_id{6}, 0, {}, 0}};
  EXPECT_EQ(shown, wanted);
  EXPECT_EQ(all_of(list), wanted);
  EXPECT_EQ(list.window(4, 2), (rows{wanted[4], wanted[5]}));
  EXPECT_TRUE(list.expand(message_id{1}, true).empty());
  EXPECT_TRUE(list.expand(message_id{77}, true).empty());
  carry_out(list.expand(message_id{1}, false), shown);
  EXPECT_EQ(shown.size(), 2U);
}

TEST(ThreadList, AnAnswerBringsItsThreadToTheTop) {
  thread_list list({message(1, 10, 1), message(2, 20, 2)});
  auto shown = all_of(list);
  carry_out(list.apply({added(message(3, 30, 1, 1))}), shown);
  EXPECT_EQ(shown, (rows{{uid{3}, message_id{1}, 0, {uid{1}}, 1}, {uid{2}, message_id{2}, 0, {}, 0}}));
  // What it stands for is told; what a row shows itself is not a matter of the list.
  EXPECT_TRUE(list.shows(uid{3}) && !list.shows(uid{1}) && !list.shows(uid{9}));
  carry_out(list.apply({seen(1)}), shown);
  EXPECT_EQ(shown[0].hidden_unread, 0U);
  EXPECT_TRUE(list.apply({seen(3)}).empty());
  carry_out(list.apply({expunged(3)}), shown);
  EXPECT_EQ(shown, (rows{{uid{2}, message_id{2}, 0, {}, 0}, {uid{1}, message_id{1}, 0, {}, 0}}));
  EXPECT_TRUE(list.apply({expunged(3), added(message(2, 20, 2)), seen(50)}).empty());
}

// A row names all that it stands for: there is an end to that.
TEST(ThreadList, CutsAThreadThatHasNoEnd) {
  std::vector<messages::message_view> all;
  for (std::uint32_t id = 1; id <= 1005; ++id) all.push_back(message(id, id, 1));
  thread_list list(all);
  EXPECT_EQ(list.total(), 6U);
  EXPECT_EQ(all_of(list).back().hidden.size(), 999U);
  auto shown = all_of(list);
  carry_out(list.apply({expunged(1), added(message(1006, 1006, 1)), added(message(1007, 1007, 1))}), shown);
  EXPECT_EQ(shown, all_of(list));
  EXPECT_EQ(list.all().size(), 1006U);
  EXPECT_EQ(all_of(list.with(all)), all_of(thread_list(all)));
}

class random_threads {
 public:
  explicit random_threads(std::uint32_t seed) : random_(seed) {
    for (int i = 0; i < 20; ++i) messages_.push_back(fresh());
    list_ = thread_list(messages_);
    shown_ = all_of(list_);
  }

  void step() {
    if (random_() % 4 == 0) {
      const message_id id{1 + random_() % 8};
      const bool is_expanded = random_() % 2 == 0;
      carry_out(list_.expand(id, is_expanded), shown_);
    } else {
      std::vector<messages::change> changes;
      for (auto count = 1 + random_() % 4; count > 0; --count) changes.push_back(change());
      carry_out(list_.apply(changes), shown_);
    }
    // What is expanded does not matter to a list of one row for each.
    auto folded = list_;
    for (std::uint64_t id = 1; id <= 8; ++id) (void)folded.expand(message_id{id}, false);
    ASSERT_EQ(all_of(folded), all_of(thread_list(messages_)));
    ASSERT_EQ(all_of(list_), shown_);
    ASSERT_EQ(list_.total(), shown_.size());
    const auto from = static_cast<std::uint32_t>(random_() % (shown_.size() + 1));
    const auto part = list_.window(from, 3);
    for (std::size_t i = 0; i < part.size(); ++i) ASSERT_EQ(part[i], shown_[from + i]);
    ASSERT_EQ(part.size(), std::min<std::size_t>(3, shown_.size() - from));
  }

 private:
  messages::message_view fresh() {
    const auto id = next_++;
    return message(id, static_cast<std::int64_t>(random_() % 30), 1 + random_() % 8, random_() % (id + 1));
  }
  messages::change change() {
    if (messages_.empty() || random_() % 3 == 0) {
      messages_.push_back(fresh());
      return added(messages_.back());
    }
    const auto at = messages_.begin() + static_cast<std::ptrdiff_t>(random_() % messages_.size());
    if (random_() % 2 == 0) {
      at->flags.set(flag::seen);
      return seen(at->id.value);
    }
    const auto id = at->id.value;
    messages_.erase(at);
    return expunged(id);
  }

  std::mt19937 random_;
  std::uint32_t next_ = 1;
  std::vector<messages::message_view> messages_;
  thread_list list_;
  rows shown_;
};

TEST(ThreadList, EqualsOneThatIsMadeAnew) {
  for (std::uint32_t seed = 1; seed <= 100; ++seed) {
    random_threads run(seed);
    for (int i = 0; i < 100 && !HasFatalFailure(); ++i) run.step();
  }
}

}  // namespace
}  // namespace stagecoach::web

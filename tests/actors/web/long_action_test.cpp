// What a long action asks for, batch by batch, and what is known of it when it ends: whole, cancelled, or failed in its
// midst.
#include "actors/web/long_action.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>

namespace stagecoach::web {
namespace {

using ::testing::Test;

constexpr mailbox_id inbox{1}, archive{2};

uid_set range(std::uint32_t first, std::uint32_t last) {
  uid_set made;
  made.add(uid_range{uid{first}, uid{last}});
  return made;
}

message_flags flags(std::initializer_list<flag> all) {
  message_flags made;
  for (const auto one : all) made.set(one);
  return made;
}

// Mailboxes that do what they are asked; each commit has the next modseq.
struct LongAction : Test {
  void fill(std::uint32_t messages) {
    for (std::uint32_t i = 1; i <= messages; ++i) boxes_[inbox][uid{i}] = {};
  }
  // `before`: is called before each commit.
  void play(
      long_action& action, const std::function<void()>& before = [] {}) {
    while (const auto next = action.next()) {
      if (!std::holds_alternative<messages::read_rows>(next->what)) {
        before();
        ++commits_;
      }
      if (fails_at_ != 0 && commits_ == fails_at_) {
        action.failed({fault_code::full, "no room"});
      } else {
        std::visit([&](const auto& asked) { answer(action, *next, asked); }, next->what);
      }
    }
  }
  std::vector<uid> with(mailbox_id box, const message_flags& wanted) {
    std::vector<uid> found;
    for (const auto& [id, has] : boxes_[box])
      if (has == wanted) found.push_back(id);
    return found;
  }
  long_action undo_of(const long_action& action) { return {action.undo(), modseq()}; }

  std::map<mailbox_id, std::map<uid, message_flags>> boxes_;
  std::map<uid, modseq> created_;
  std::uint32_t commits_ = 0;
  std::uint32_t fails_at_ = 0;
  std::vector<std::uint64_t> sizes_;  // of the commits

 private:
  void answer(long_action& action, const long_action::question& next, const messages::read_rows& asked) {
    messages::rows found;
    for (const auto& [id, has] : boxes_[next.mailbox]) {
      if (!asked.uids.contains(id)) continue;
      auto& one = found.messages.emplace_back();
      one.id = id;
      one.flags = has;
      one.created = created_.contains(id) ? created_[id] : modseq{1};
    }
    action.answered(found);
  }
  void answer(long_action& action, const long_action::question& next, const messages::set_flags& asked) {
    sizes_.push_back(asked.uids.size());
    messages::flags_set made{modseq{100 + commits_}, {}, {}};
    for (auto& [id, has] : boxes_[next.mailbox]) {
      if (!asked.uids.contains(id)) continue;
      auto& one = made.messages.emplace_back();
      one.id = id;
      one.flags = apply(asked.delta, has);
      one.changed = one.flags == has ? modseq{1} : made.changed;
      has = one.flags;
    }
    action.answered(made);
  }
  void answer(long_action& action, const long_action::question& next, const messages::copy& asked) {
    sizes_.push_back(asked.uids.size());
    messages::copied made;
    auto& to = boxes_[next.to];
    asked.uids.for_each([&](uid one) {
      const auto found = boxes_[next.mailbox].extract(one);
      if (found.empty()) return;
      const uid there = to.empty() ? uid{1} : to.rbegin()->first.next();
      to[there] = found.mapped();
      made.from.push_back(one);
      made.to.push_back(there);
    });
    made.changed = modseq{100 + commits_};
    action.answered(made);
  }
  void answer(long_action& action, const long_action::question& next, const messages::expunge& asked) {
    messages::messages_expunged made{modseq{100 + commits_}, {}};
    std::erase_if(boxes_[next.mailbox], [&](const auto& one) {
      if (!asked.uids->contains(one.first) || !one.second.has(flag::deleted)) return false;
      made.uids.add(one.first);
      return true;
    });
    action.answered(made);
  }
};

TEST_F(LongAction, IsDoneInBatchesAndTakenBackExactly) {
  fill(2'500);
  for (std::uint32_t i = 1; i <= 2'500; i += 5) boxes_[inbox][uid{i}] = flags({flag::seen});
  boxes_[inbox][uid{7}] = flags({flag::seen, flag::flagged});
  const auto before = boxes_;
  long_action action({{inbox, range(1, 2'500), flags_to_be{flags({flag::seen}), flags({flag::flagged})}}}, modseq());
  std::vector<std::uint64_t> done;
  play(action, [&] { done.push_back(action.done()); });
  EXPECT_EQ(done, (std::vector<std::uint64_t>{0, 0, 1'000, 2'000})) << "the first removes a star as well";
  EXPECT_EQ(sizes_, (std::vector<std::uint64_t>{799, 1, 800, 400}));
  EXPECT_EQ(action.outcome(), (api::acted{2'000, {}, modseq{104}, false, 2'500, {}}));
  EXPECT_EQ(with(inbox, flags({flag::seen})).size(), 2'500U);
  auto back = undo_of(action);
  play(back);
  EXPECT_EQ(boxes_, before);
  EXPECT_EQ(back.outcome().messages, 2'000U);
}

TEST_F(LongAction, WhatWasDoneUntilACancelIsTakenBack) {
  fill(5'000);
  const auto before = boxes_[inbox].size();
  long_action action({{inbox, range(1, 5'000), move_to{archive}}}, modseq());
  play(action, [&] {
    if (action.done() == 2'000) action.cancel();
  });
  EXPECT_EQ(action.outcome(), (api::acted{3'000, {}, modseq{103}, true, 5'000, {}})) << "the batch at work is done";
  EXPECT_EQ(boxes_[archive].size(), 3'000U);
  auto back = undo_of(action);
  play(back, [&] { back.cancel(); });
  EXPECT_EQ(back.outcome().messages, 1'000U);
  EXPECT_TRUE(back.outcome().is_cancelled);
  long_action rest(back.left(), modseq());
  play(rest);
  EXPECT_EQ(boxes_[inbox].size(), before) << "what an undo has left can be taken back as well";
  EXPECT_TRUE(boxes_[archive].empty());
  EXPECT_TRUE(rest.left().empty());
}

TEST_F(LongAction, CancelledAtItsEndIsWhole) {
  fill(1'000);
  long_action action({{inbox, range(1, 1'000), delete_for_ever()}}, modseq());
  play(action, [&] { action.cancel(); });
  EXPECT_EQ(action.outcome(), (api::acted{1'000, {}, modseq{102}, false, 1'000, {}}));
  EXPECT_TRUE(action.undo().empty());
  EXPECT_TRUE(boxes_[inbox].empty());
  long_action before_its_start({{inbox, range(1, 1'000), delete_for_ever()}}, modseq());
  before_its_start.cancel();
  EXPECT_FALSE(before_its_start.next());
  EXPECT_EQ(before_its_start.outcome().is_cancelled, true);
}

// Whatever commit fails, also between two of one message: undo is exact.
TEST_F(LongAction, FailsInItsMidst) {
  for (std::uint32_t at = 1; at <= 6; ++at) {
    SCOPED_TRACE(at);
    boxes_.clear();
    fill(3'000);
    for (auto& [id, has] : boxes_[inbox]) has = flags({flag::flagged});
    const auto before = boxes_;
    commits_ = 0;
    fails_at_ = at;
    long_action action({{inbox, range(1, 3'000), flags_to_be{flags({flag::seen}), flags({flag::flagged})}}}, modseq());
    play(action);
    const auto made = action.outcome();
    EXPECT_EQ(made.why, "no room");
    EXPECT_EQ(made.messages, at / 2 * 1'000);
    EXPECT_EQ(3'000 - with(inbox, flags({flag::flagged})).size(), made.messages);
    EXPECT_EQ(action.undo().empty(), at == 1);
    fails_at_ = 0;
    auto back = undo_of(action);
    play(back);
    EXPECT_EQ(boxes_, before);
    EXPECT_EQ(back.outcome().messages, made.messages);
  }
}

// What is marked only is not left to the next EXPUNGE, and what somebody else has marked keeps it.
TEST_F(LongAction, FailsBetweenTheMarkAndItsExpunge) {
  fill(1'500);
  boxes_[inbox][uid{1'200}] = flags({flag::deleted});
  const auto before = boxes_;
  fails_at_ = 4;
  long_action action({{inbox, range(1, 1'500), delete_for_ever()}}, modseq());
  play(action);
  EXPECT_EQ(action.outcome().why, "no room");
  EXPECT_EQ(boxes_[inbox].size(), 500U);
  fails_at_ = 0;
  auto back = undo_of(action);
  play(back);
  EXPECT_EQ(with(inbox, flags({flag::deleted})), std::vector{uid{1'200}});
  EXPECT_EQ(boxes_[inbox].at(uid{1'001}), before.at(inbox).at(uid{1'001}));
}

TEST_F(LongAction, LeavesWhatCameLater) {
  fill(1'500);
  created_[uid{1'200}] = modseq{9};
  for (const auto& what :
       {deed(flags_to_be{flags({flag::seen}), {}}), deed(move_to{archive}), deed(delete_for_ever())}) {
    boxes_.clear();
    fill(1'500);
    long_action action({{inbox, range(1, 1'500), what}}, modseq{8});
    play(action);
    EXPECT_EQ(action.outcome().messages, 1'499U);
    EXPECT_EQ(with(inbox, {}), (std::vector{uid{1'200}}));
  }
}

TEST_F(LongAction, CutsRangesAnywhere) {
  fill(9'000);
  uid_set wanted;
  for (const auto& [first, last] :
       {std::pair{1U, 1U}, {3U, 999U}, {1'001U, 1'003U}, {2'000U, 4'000U}, {8'999U, 9'000U}})
    wanted.add(uid_range{uid{first}, uid{last}});
  long_action action({{inbox, wanted, flags_to_be{flags({flag::seen}), {}}},
                      {inbox, range(5'000, 5'000), move_to{archive}},
                      {inbox, {}, move_to{archive}}},
                     modseq());
  play(action);
  EXPECT_EQ(sizes_, (std::vector<std::uint64_t>{1'000, 1'000, 1'000, 4, 1}));
  EXPECT_EQ(action.total(), 3'005U);
  EXPECT_EQ(action.done(), 3'005U);
  uid_set seen;
  for (const auto one : with(inbox, flags({flag::seen}))) seen.add(one);
  EXPECT_EQ(seen, wanted);
}

TEST_F(LongAction, ARangeFillsABatch) {
  fill(2'500);
  uid_set wanted;
  for (const auto& [first, last] : {std::pair{1U, 1'000U}, {2'000U, 2'005U}})
    wanted.add(uid_range{uid{first}, uid{last}});
  long_action action({{inbox, wanted, flags_to_be{flags({flag::seen}), {}}}}, modseq());
  play(action);
  EXPECT_EQ(sizes_, (std::vector<std::uint64_t>{1'000, 6}));
}

}  // namespace
}  // namespace stagecoach::web

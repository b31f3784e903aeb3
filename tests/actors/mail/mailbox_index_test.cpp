#include "actors/mail/mailbox_index.hpp"

#include <gtest/gtest.h>

#include "protocols/base/check.hpp"

namespace stagecoach::mail {
namespace {

using messages::added;
using messages::change;
using messages::expunged;
using messages::flags_changed;

message_flags flags_of(std::initializer_list<flag> bits) {
  message_flags flags;
  for (const auto one : bits) flags.set(one);
  return flags;
}

messages::message_view view_of(std::uint32_t id, std::uint64_t created, message_flags flags) {
  return {uid{id}, std::move(flags), modseq{created}, modseq{created},    1000 + id,
          50,      unix_ms{7},       message_id{id},  message_id{id / 2}, message_id{id / 3}};
}

messages::mailbox_status status_at(std::uint64_t highest, std::uint32_t unseen) {
  messages::mailbox_status status;
  status.id = mailbox_id{3};
  status.name = "Inbox";
  status.highest = modseq{highest};
  status.counts.unseen = unseen;
  return status;
}

// UIDs 2, 4 and 6, of the modseqs 2, 4 and 6; 2 is seen.
mailbox_index three_messages() {
  return mailbox_index(status_at(6, 2), {view_of(2, 2, flags_of({flag::seen})), view_of(4, 4, {}), view_of(6, 6, {})});
}

void apply(mailbox_index& index, std::uint64_t up_to, std::vector<change> entries) {
  messages::apply_changes told;
  told.trace.trace[0] = static_cast<std::uint8_t>(up_to);
  told.up_to = modseq{up_to};
  told.entries = std::move(entries);
  told.status = status_at(up_to, 1);
  index.apply(told);
}

change add(std::uint32_t id, std::uint64_t when) { return added{view_of(id, when, {})}; }
change flag_with(std::uint32_t id, flag one, std::uint64_t when) {
  return flags_changed{uid{id}, flags_of({one}), modseq{when}};
}
change remove(std::uint32_t id, std::uint64_t when) { return expunged{uid{id}, modseq{when}}; }
change add_with(std::uint32_t id, flag one, std::uint64_t created, std::uint64_t changed) {
  auto view = view_of(id, created, flags_of({one}));
  view.changed = modseq{changed};
  return added{view};
}

struct commit {
  std::uint64_t up_to;
  std::vector<change> entries;
};

struct history {
  const char* name;
  std::vector<commit> commits;  // from 7 on
  std::uint64_t since;
  std::uint64_t own;
  std::vector<change> told;
};

void expect_told(const history& h) {
  SCOPED_TRACE(h.name);
  auto index = three_messages();
  std::uint64_t highest = 6;
  for (const auto& [up_to, entries] : h.commits) apply(index, highest = up_to, entries);
  const auto told = index.changes_after(modseq{h.since}, modseq{h.own});
  EXPECT_EQ(told.entries, h.told);
  EXPECT_EQ(told.up_to, modseq{highest});
  EXPECT_EQ(told.mailbox, mailbox_id{3});
  EXPECT_EQ(told.trace.trace[0], h.commits.empty() ? 0 : highest);  // that of the last commit
}

TEST(MailboxIndex, CoalescesWhatHappenedSince) {
  const history table[] = {
      {"nothing", {}, 6, 0, {}},
      {"a message", {{7, {add(7, 7)}}}, 6, 0, {add(7, 7)}},
      {"two in quick succession", {{7, {add(7, 7)}}, {8, {add(8, 8)}}}, 6, 0, {add(7, 7), add(8, 8)}},  // row 47
      {"only what comes after", {{7, {add(7, 7)}}, {8, {add(8, 8)}}}, 7, 0, {add(8, 8)}},
      {"added, then flags",
       {{7, {add(7, 7)}}, {8, {flag_with(7, flag::seen, 8)}}},
       6,
       0,
       {add_with(7, flag::seen, 7, 8)}},
      {"added before, then flags",
       {{7, {add(7, 7)}}, {8, {flag_with(7, flag::seen, 8)}}},
       7,
       0,
       {flag_with(7, flag::seen, 8)}},
      {"added, then gone", {{7, {add(7, 7)}}, {8, {remove(7, 8)}}}, 6, 0, {}},
      {"added before, then gone", {{7, {add(7, 7)}}, {8, {remove(7, 8)}}}, 7, 0, {remove(7, 8)}},
      {"flags twice",
       {{7, {flag_with(4, flag::seen, 7)}}, {8, {flag_with(4, flag::draft, 8)}}},
       6,
       0,
       {flag_with(4, flag::draft, 8)}},
      {"flags, then gone", {{7, {flag_with(4, flag::seen, 7)}}, {8, {remove(4, 8)}}}, 6, 0, {remove(4, 8)}},
      {"in the order of modseqs",
       {{7, {flag_with(6, flag::seen, 7)}}, {8, {remove(4, 8), flag_with(2, flag::draft, 8)}}},
       6,
       0,
       {flag_with(6, flag::seen, 7), remove(4, 8), flag_with(2, flag::draft, 8)}},
      {"new UIDs ascend, whichever got flags last",
       {{7, {add(7, 7)}}, {8, {add(8, 8)}}, {9, {flag_with(7, flag::seen, 9)}}},
       6,
       0,
       {add_with(7, flag::seen, 7, 9), add(8, 8)}},
      {"moved within the mailbox", {{7, {remove(4, 7), add(7, 7)}}}, 6, 0, {remove(4, 7), add(7, 7)}},
  };
  for (const auto& h : table) expect_told(h);
}

// By its answer an originator knows of flags and removals of the messages that it knew.
TEST(MailboxIndex, LeavesOutWhatTheOriginatorKnows) {
  const history table[] = {
      {"own flags", {{7, {flag_with(4, flag::seen, 7)}}}, 6, 7, {}},
      {"own removal", {{7, {remove(4, 7)}}}, 6, 7, {}},
      {"own flags after another's",
       {{7, {flag_with(4, flag::seen, 7)}}, {8, {flag_with(4, flag::draft, 8)}}},
       6,
       8,
       {flag_with(4, flag::draft, 8)}},
      {"own flags after another's, of which it was told",
       {{7, {flag_with(4, flag::seen, 7)}}, {8, {flag_with(4, flag::draft, 8)}}},
       7,
       8,
       {}},
      {"own removal after another's flags", {{7, {flag_with(4, flag::seen, 7)}}, {8, {remove(4, 8)}}}, 6, 8, {}},
      {"another's flags after own",
       {{7, {flag_with(4, flag::seen, 7)}}, {8, {flag_with(4, flag::draft, 8)}}},
       6,
       7,
       {flag_with(4, flag::draft, 8)}},
      {"another's beside own",
       {{7, {flag_with(4, flag::seen, 7)}}, {8, {flag_with(6, flag::seen, 8)}}},
       6,
       8,
       {flag_with(4, flag::seen, 7)}},
      {"own flags of a message that it was not told",
       {{7, {add(7, 7)}}, {8, {flag_with(7, flag::seen, 8)}}},
       6,
       8,
       {add_with(7, flag::seen, 7, 8)}},
      {"own removal of a message that it was not told", {{7, {add(7, 7)}}, {8, {remove(7, 8)}}}, 6, 8, {}},
      {"own copy into the mailbox itself", {{7, {add(7, 7)}}}, 6, 7, {add(7, 7)}},
      {"own move into the mailbox itself", {{7, {remove(4, 7), add(7, 7)}}}, 6, 7, {add(7, 7)}},
  };
  for (const auto& h : table) expect_told(h);
}

TEST(MailboxIndex, ReadsWhatIsThere) {
  auto index = three_messages();
  apply(index, 7, {add(7, 7), remove(4, 7)});
  message_flags with_keyword = flags_of({flag::seen});
  with_keyword.add_keyword("work");
  apply(index, 8, {flags_changed{uid{6}, with_keyword, modseq{8}}});
  uid_set named;
  named.add(uid_range{uid{3}, uid{6}});
  named.add(uid_range{uid{7}, uid{UINT32_MAX}});
  ASSERT_TRUE(index.release(modseq{7}));
  const auto rows = index.read(named).messages;
  ASSERT_EQ(rows.size(), 2U);
  auto sixth = view_of(6, 6, with_keyword);
  sixth.changed = modseq{8};
  EXPECT_EQ(rows[0], sixth);
  EXPECT_EQ(rows[1], view_of(7, 7, {}));
  EXPECT_TRUE(index.read({}).messages.empty());
}

TEST(MailboxIndex, ReadsWhatWasRemovedUntilItIsReleased) {
  auto index = three_messages();
  uid_set all;
  all.add(uid_range{uid{1}, uid{UINT32_MAX}});
  const auto uids = [&] {
    std::vector<std::uint32_t> found;
    for (const auto& one : index.read(all).messages) found.push_back(one.id.value);
    return found;
  };
  using list = std::vector<std::uint32_t>;
  EXPECT_FALSE(index.has_unreleased());
  apply(index, 7, {remove(2, 7), remove(6, 7)});
  apply(index, 8, {remove(4, 8)});
  EXPECT_TRUE(index.has_unreleased());
  EXPECT_EQ(uids(), (list{2, 4, 6}));
  EXPECT_TRUE(index.read(all).messages[0].flags.has(flag::seen)) << "as it was";
  EXPECT_FALSE(index.release(modseq{6}));
  EXPECT_TRUE(index.release(modseq{7}));
  EXPECT_FALSE(index.release(modseq{7}));
  EXPECT_EQ(uids(), list{4});
  EXPECT_TRUE(index.release(modseq{9}));
  EXPECT_FALSE(index.has_unreleased());
  EXPECT_EQ(uids(), list{});
}

TEST(MailboxIndex, AnswersWatch) {
  auto index = three_messages();
  uid_set all;
  for (const std::uint32_t id : {2U, 4U, 6U}) all.add(uid{id});
  auto watching = index.watching();
  EXPECT_EQ(watching.status, status_at(6, 2));
  EXPECT_EQ(watching.uids, all);
  EXPECT_EQ(watching.first_unseen, uid{4});

  apply(index, 7, {add(9, 7), flag_with(4, flag::seen, 7)});
  all.add(uid{9});
  watching = index.watching();
  EXPECT_EQ(watching.uids, all);
  EXPECT_EQ(watching.first_unseen, uid{6});

  apply(index, 8, {remove(6, 8), flag_with(2, flag::draft, 8)});
  all.remove(uid{6});
  watching = index.watching();
  EXPECT_EQ(watching.status, status_at(8, 1));
  EXPECT_EQ(watching.uids, all);
  EXPECT_EQ(watching.first_unseen, uid{2});  // unseen again

  messages::apply_changes last;
  last.up_to = modseq{9};
  last.status = status_at(9, 0);
  last.entries = {flag_with(2, flag::seen, 9), flag_with(9, flag::seen, 9)};
  index.apply(last);
  EXPECT_EQ(index.watching().first_unseen, uid{0});
}

TEST(MailboxIndex, ChecksTheOrderOfWhatItIsTold) {
  auto index = three_messages();
  EXPECT_THROW(apply(index, 6, {}), check_failed);
  EXPECT_THROW(apply(index, 7, {add(6, 7)}), check_failed);
  EXPECT_THROW(apply(index, 7, {remove(5, 7)}), check_failed);
  EXPECT_THROW(apply(index, 7, {flag_with(1, flag::seen, 7)}), check_failed);
  EXPECT_THROW((void)index.changes_after(modseq{5}, {}), check_failed);  // nobody was told less
  EXPECT_THROW((void)index.changes_after(modseq{8}, {}), check_failed);
}

// What is forgotten makes no difference to those who were told something.
TEST(MailboxIndex, ForgetsOnlyWhatNobodyNeeds) {
  auto index = three_messages();
  std::uint64_t now = 6;
  std::uint32_t next = 7;
  const auto come_and_go = [&](int times) {
    for (; times > 0; --times) {
      apply(index, now + 1, {add(next, now + 1)});
      apply(index, now + 2, {remove(next, now + 2)});
      now += 2;
      ++next;
    }
  };
  ++now;
  apply(index, now, {add(next, now)});  // 7, which stays until 200 others have gone
  const auto stays = next++;
  come_and_go(100);
  const auto later = now;
  come_and_go(100);
  apply(index, now + 1, {remove(4, now + 1), remove(stays, now + 1), flag_with(6, flag::seen, now + 1)});
  ++now;
  ASSERT_TRUE(index.is_cluttered());
  const std::vector<modseq> told = {modseq{6}, modseq{later}, modseq{now}};
  std::vector<messages::changes> before;
  for (const auto since : told) before.push_back(index.changes_after(since, {}));
  EXPECT_EQ(before[0].entries, (std::vector<change>{remove(4, now), flag_with(6, flag::seen, now)}));
  EXPECT_EQ(before[1].entries,
            (std::vector<change>{remove(4, now), remove(stays, now), flag_with(6, flag::seen, now)}));
  index.forget(told);
  EXPECT_FALSE(index.is_cluttered());
  for (std::size_t i = 0; i < told.size(); ++i) EXPECT_EQ(index.changes_after(told[i], {}), before[i]);

  come_and_go(200);
  index.forget({});
  EXPECT_FALSE(index.is_cluttered());
  EXPECT_TRUE(index.changes_after(modseq{now}, {}).entries.empty());
  EXPECT_THROW((void)index.changes_after(modseq{later}, {}), check_failed);
}

TEST(MailboxIndex, HoldsAMillionMessages) {
  constexpr std::uint32_t million = 1'000'000;
  std::vector<messages::message_view> views;
  views.reserve(million);
  for (std::uint32_t id = 1; id <= million; ++id) views.push_back(view_of(id, id, flags_of({flag::seen})));
  mailbox_index index(status_at(million, 0), std::move(views));
  std::uint64_t now = million;
  // One by one from the front, as a client that clears out old mail: no removal moves the rest.
  for (std::uint32_t id = 1; id <= million / 2; ++id) {
    apply(index, now + 1, {remove(id, now + 1)});
    ++now;
    if (index.is_cluttered()) index.forget({});
  }
  apply(index, now + 1, {add(million + 1, now + 1)});
  const auto watching = index.watching();
  ASSERT_EQ(watching.uids.ranges().size(), 1U);
  EXPECT_EQ(watching.uids.ranges()[0], (uid_range{uid{million / 2 + 1}, uid{million + 1}}));
  EXPECT_EQ(watching.first_unseen, uid{million + 1});
}

}  // namespace
}  // namespace stagecoach::mail

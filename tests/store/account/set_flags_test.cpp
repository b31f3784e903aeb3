#include <gtest/gtest.h>

#include "store/account/keywords.hpp"
#include "tests/store/account/account_world.hpp"

namespace stagecoach::store {
namespace {

TEST(SetFlags, ReplacesAddsAndRemoves) {
  struct row {
    const char* name;
    message_flags before;
    flag_change change;
    message_flags flags;
    message_flags after;
    bool is_changed;
    std::vector<std::string> mailbox_keywords;
  };
  const auto seen = flags_of({flag::seen});
  const row rows[] = {
      {"add", {}, flag_change::add, seen, seen, true, {}},
      {"add what is there", seen, flag_change::add, seen, seen, false, {}},
      {"add a keyword", seen, flag_change::add, flags_of({}, {"b"}), flags_of({flag::seen}, {"b"}), true, {"b"}},
      {"add a second keyword",
       flags_of({}, {"b"}),
       flag_change::add,
       flags_of({}, {"a"}),
       flags_of({}, {"a", "b"}),
       true,
       {"a", "b"}},
      {"remove", flags_of({flag::seen, flag::flagged}), flag_change::remove, seen, flags_of({flag::flagged}), true, {}},
      {"remove what is not there", {}, flag_change::remove, flags_of({flag::seen}, {"new"}), {}, false, {}},
      {"remove a keyword",
       flags_of({}, {"a", "b"}),
       flag_change::remove,
       flags_of({}, {"a"}),
       flags_of({}, {"b"}),
       true,
       {"a", "b"}},  // the list of the mailbox only grows
      {"replace",
       flags_of({flag::seen}, {"a"}),
       flag_change::replace,
       flags_of({flag::flagged}, {"b"}),
       flags_of({flag::flagged}, {"b"}),
       true,
       {"a", "b"}},
      {"replace by nothing", flags_of({flag::seen}, {"a"}), flag_change::replace, {}, {}, true, {"a"}},
      {"replace by the same",
       flags_of({flag::seen}, {"a"}),
       flag_change::replace,
       flags_of({flag::seen}, {"a"}),
       flags_of({flag::seen}, {"a"}),
       false,
       {"a"}},
  };
  for (const auto& r : rows) {
    SCOPED_TRACE(r.name);
    account_world world;
    world.deliver("Inbox", r.before, 1);
    world.open("Inbox");
    const auto made = world.set_flags("Inbox", uids_of({1}), r.change, r.flags);
    EXPECT_EQ(made.answer.changed, r.is_changed ? modseq{4} : modseq{0});
    ASSERT_EQ(made.answer.messages.size(), 1U);
    EXPECT_EQ(made.answer.messages[0].flags, r.after);
    EXPECT_EQ(made.answer.messages[0].changed, r.is_changed ? modseq{4} : modseq{3});
    EXPECT_EQ(made.answer.keywords, r.mailbox_keywords);
    EXPECT_EQ(world.message("Inbox", 1).flags, r.after);
    EXPECT_EQ(world.message("Inbox", 1).created, modseq{3});
    EXPECT_EQ(world.row("Inbox").keywords, r.mailbox_keywords);
    // Row 40: what changes nothing has no commit, no modseq and tells nobody.
    EXPECT_EQ(made.commit.has_value(), r.is_changed);
    EXPECT_EQ(made.changes.size(), r.is_changed ? 1U : 0U);
    EXPECT_EQ(world.state.row().highest, r.is_changed ? modseq{4} : modseq{3});
  }
}

TEST(SetFlags, GivesOneModseqToThoseThatChange) {
  account_world world;
  for (int i = 0; i < 4; ++i) world.deliver("Inbox", i == 1 ? flags_of({flag::seen}) : message_flags{}, 1);
  world.open("Inbox");
  // 2 is seen already, 9 is not there, 4 is not named.
  const auto made = world.set_flags("Inbox", uids_of({1, 2, 3, 9}), flag_change::add, flags_of({flag::seen}));
  EXPECT_EQ(made.answer.changed, modseq{7});
  ASSERT_EQ(made.answer.messages.size(), 3U);
  EXPECT_EQ(made.answer.messages[0].changed, modseq{7});
  EXPECT_EQ(made.answer.messages[1].changed, modseq{4});
  EXPECT_EQ(made.answer.messages[2].changed, modseq{7});
  ASSERT_EQ(made.changes.size(), 1U);
  const auto seen = flags_of({flag::seen});
  EXPECT_EQ(made.changes[0].changes.entries,
            (std::vector<messages::change>{messages::flags_changed{uid{1}, seen, modseq{7}},
                                           messages::flags_changed{uid{3}, seen, modseq{7}}}));
  EXPECT_EQ(made.changes[0].changes.status.highest, modseq{7});
  EXPECT_EQ(world.status("Inbox").counts, (messages::mailbox_counts{4, 0, 1, 1, 440}));
  EXPECT_TRUE(made.commit->blobs.empty());
}

TEST(SetFlags, KeepsTheCounts) {
  account_world world;
  world.deliver("Inbox", {}, 1);
  world.open("Inbox");
  struct row {
    flag_change change;
    std::initializer_list<flag> flags;
    messages::mailbox_counts counts;
  };
  const row rows[] = {
      {flag_change::add, {flag::deleted}, {0, 1, 1, 0, 110}},
      {flag_change::add, {flag::seen}, {0, 1, 0, 0, 110}},
      {flag_change::remove, {flag::deleted}, {1, 0, 0, 0, 110}},
      {flag_change::replace, {}, {1, 0, 1, 1, 110}},
  };
  for (const auto& r : rows) {
    world.set_flags("Inbox", uids_of({1}), r.change, flags_of(r.flags));
    EXPECT_EQ(world.status("Inbox").counts, r.counts);
  }
}

TEST(SetFlags, NamesNobody) {
  account_world world;
  world.open("Inbox");
  const auto made = world.set_flags("Inbox", uids_of({1, 7}), flag_change::add, flags_of({}, {"new"}));
  EXPECT_EQ(made.answer, (messages::flags_set{}));
  EXPECT_FALSE(made.commit);
}

TEST(SetFlags, AnAnswerWithoutACommitWaitsForWhatItHasSeen) {
  account_world world;
  world.deliver("Inbox", {}, 1);
  world.open("Inbox");
  const auto first =
      world.state.set_flags({{}, world.named("Inbox"), uids_of({1}), {flag_change::add, flags_of({flag::seen})}});
  const auto same =
      world.state.set_flags({{}, world.named("Inbox"), uids_of({1}), {flag_change::add, flags_of({flag::seen})}});
  EXPECT_FALSE(same->commit);
  EXPECT_EQ(same->sequence, first->sequence);
  EXPECT_EQ(world.state.list_mailboxes().sequence, first->sequence);
  EXPECT_FALSE(world.state.is_all_durable());
  world.store.apply(*first->commit);
  world.state.committed(first->sequence);
  EXPECT_TRUE(world.state.is_all_durable());
}

TEST(SetFlags, RefusesKeywordsWithoutEnd) {
  account_world world;
  message_flags many;
  for (std::size_t i = 0; i < mailbox_keywords_max; ++i) many.add_keyword("k" + std::to_string(i));
  world.deliver("Inbox", many, 1);
  world.open("Inbox");
  const auto refused =
      world.state.set_flags({{}, world.named("Inbox"), uids_of({1}), {flag_change::add, flags_of({}, {"more"})}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, fault_code::too_long);
  EXPECT_TRUE(world.set_flags("Inbox", uids_of({1}), flag_change::remove, many).commit);
}

TEST(SetFlags, NeedsAnOpenMailboxAndSpelledFlags) {
  account_world world;
  world.deliver("Inbox", {}, 1);
  const auto set = [&](message_flags flags) {
    return world.state.set_flags({{}, world.named("Inbox"), uids_of({1}), {flag_change::add, std::move(flags)}});
  };
  EXPECT_THROW((void)set(flags_of({flag::seen})), check_failed);
  world.open("Inbox");
  EXPECT_THROW((void)set(flags_of({}, {"Upper"})), check_failed);
  EXPECT_THROW((void)set(flags_of({}, {"$junk"})), check_failed);
}

TEST(Keywords, AreSpelledAsTheyAreStored) {
  struct row {
    const char* keyword;
    bool is_storable;
  };
  constexpr row rows[] = {{"work", true},      {"$label1", true},    {"a.b-c_d", true},     {"", false},
                          {"Work", false},     {"two words", false}, {"a(b", false},        {"a)b", false},
                          {"a{b", false},      {"a%b", false},       {"a*b", false},        {"a\"b", false},
                          {"a\\b", false},     {"a]b", false},       {"\x7f", false},       {"\xc3\xa9", false},
                          {"$junk", false},    {"$notjunk", false},  {"$forwarded", false}, {"$phishing", false},
                          {"$mdnsent", false}, {"$mdn", true}};
  for (const auto& r : rows) EXPECT_EQ(is_storable_keyword(r.keyword), r.is_storable) << r.keyword;
  EXPECT_TRUE(are_storable_keywords({"a", "b"}));
  EXPECT_FALSE(are_storable_keywords({"b", "a"}));
  EXPECT_FALSE(are_storable_keywords({"a", "a"}));
  message_flags unknown;
  unknown.bits = 1 << 10;
  EXPECT_FALSE(are_storable_flags(unknown));
}

}  // namespace
}  // namespace stagecoach::store

#include "protocols/imap/search_program.hpp"

#include <gtest/gtest.h>

#include "protocols/imap/limits.hpp"

namespace stagecoach::imap {
namespace {

result<search_program> parse(std::string_view text) {
  reader in(text);
  auto program = take_search_program(in);
  if (in.ok() && !in.at_end()) in.fail(fault_code::syntax, "more");
  if (!in.ok()) return in.error();
  return program;
}

std::string repeated(std::string_view what, std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += what;
  return out;
}

TEST(SearchProgram, NestsToItsLimit) {
  for (const char* what : {"NOT ", "("}) {
    const auto deep = [&](std::size_t levels) {
      return repeated(what, levels) + "ALL" + (*what == '(' ? std::string(levels, ')') : std::string());
    };
    EXPECT_TRUE(parse(deep(nesting_max))) << what;
    EXPECT_EQ(parse(deep(nesting_max + 1)).error().code, fault_code::too_long) << what;
    EXPECT_EQ(parse(deep(1'000'000)).error().code, fault_code::too_long) << what;  // IM02
  }
  EXPECT_EQ(parse(repeated("OR ", 1'000'000) + "ALL").error().code, fault_code::too_long);
  EXPECT_EQ(parse(repeated("ALL ", 10'000) + "ALL").error().code, fault_code::too_long);
}

TEST(SearchProgram, EvaluatesTheDeepest) {
  const auto program = parse(repeated("(SEEN OR 1 ", nesting_max / 2) + "ALL" + std::string(nesting_max / 2, ')'));
  ASSERT_TRUE(program);
  auto bound = *program;
  uid_set all;
  all.add(uid{5});
  bound.bind(uid_map(all), {});
  message_facts facts;
  facts.id = uid{5};
  EXPECT_EQ(bound.matches(facts, 1, {}), truth::no);
  facts.flags.set(flag::seen);
  EXPECT_EQ(bound.matches(facts, 1, {}), truth::yes);
}

// Rows are asked only where a match can be.
TEST(SearchProgram, KnowsWhereToLook) {
  uid_set uids;
  for (const std::uint32_t one : {10, 20, 30, 40}) uids.add(uid{one});
  const uid_map map(uids);
  uid_set saved;
  saved.add(uid{20});
  saved.add(uid{40});
  const auto within = [&](std::string_view text) {
    auto program = *parse(text);
    program.bind(map, saved);
    return program.candidates(map).size();
  };
  EXPECT_EQ(within("ALL"), 4U);
  EXPECT_EQ(within("UNSEEN UID 15:30"), 2U);
  EXPECT_EQ(within("2 UNSEEN"), 1U);
  EXPECT_EQ(within("OR 1 UID 30"), 3U);
  EXPECT_EQ(within("NOT 2"), 4U);
  EXPECT_EQ(within("RECENT"), 0U);
  EXPECT_EQ(within("9"), 0U);
  EXPECT_EQ(within("1 4"), 0U);
  EXPECT_EQ(within("UID 50:60"), 0U);
  EXPECT_EQ(within("$"), 3U);
  EXPECT_EQ(within("UID $ UNSEEN"), 3U);
  EXPECT_EQ(within("$ 1"), 0U);
}

TEST(SearchProgram, NeedsRowsOnlyForWhatRowsHold) {
  EXPECT_FALSE(parse("ALL")->needs_rows());
  EXPECT_FALSE(parse("NOT (OR UID 3 1:*) RECENT")->needs_rows());
  EXPECT_TRUE(parse("UNSEEN")->needs_rows());
  EXPECT_TRUE(parse("OR 1 SMALLER 5")->needs_rows());
  EXPECT_TRUE(parse("KEYWORD x")->needs_rows());
  EXPECT_TRUE(parse("SUBJECT x")->needs_rows());
}

// What looks into a message is judged last, and only where the rest leaves it open.
TEST(SearchProgram, SaysWhenTheContentDecides) {
  constexpr truth no = truth::no;
  constexpr truth yes = truth::yes;
  constexpr truth open = truth::unknown;
  struct row {
    const char* text;
    std::vector<truth> known;
    truth verdict;  // of an unseen message
  };
  const row rows[] = {
      {"SUBJECT a", {open}, open},
      {"SUBJECT a", {yes}, yes},
      {"NOT SUBJECT a", {open}, open},
      {"NOT SUBJECT a", {yes}, no},
      {"SEEN SUBJECT a", {open}, no},
      {"UNSEEN SUBJECT a", {open}, open},
      {"OR UNSEEN SUBJECT a", {open}, yes},
      {"OR SEEN SUBJECT a", {open}, open},
      {"SUBJECT a BODY b", {no, open}, no},
      {"OR SUBJECT a BODY b", {yes, open}, yes},
      {"OR SUBJECT a BODY b", {no, open}, open},
  };
  for (const auto& r : rows) EXPECT_EQ(parse(r.text)->matches({}, 1, r.known), r.verdict) << r.text;
}

TEST(SearchProgram, FoldsItsTexts) {
  const auto program = parse("CHARSET iso-8859-1 SUBJECT {4}\r\nGR\xdc\xdf HEADER X-Y \"\" BODY \"\"");
  ASSERT_TRUE(program);
  ASSERT_EQ(program->contents.size(), 2U);  // an empty text is in every body
  EXPECT_EQ(program->contents[0].needle, "gr\u00fcss");
  EXPECT_EQ(program->contents[1].field, "x-y");
}

TEST(SearchProgram, RefusesWhatIsNone) {
  for (const char* text : {"",
                           "FROB",
                           "OR 1",
                           "OR 1 ",
                           "NOT",
                           "NOT ",
                           "(",
                           "()",
                           "(1",
                           "1)",
                           "KEYWORD",
                           "KEYWORD \\Seen x)",
                           "LARGER x",
                           "LARGER -1",
                           "SINCE 2024-01-01",
                           "SINCE 32-Jan-2024",
                           "SINCE 1-Jan-24",
                           "UID",
                           "UID 0",
                           "1  2",
                           "CHARSET UTF-8",
                           "HEADER x",
                           "ALL 4294967296"})
    EXPECT_FALSE(parse(text)) << text;
}

}  // namespace
}  // namespace stagecoach::imap

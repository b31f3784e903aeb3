#include "protocols/imap/fetch_items.hpp"

#include <gtest/gtest.h>

#include "protocols/imap/header_fields.hpp"

namespace stagecoach::imap {
namespace {

TEST(FetchItems, NameTheirResponses) {
  const std::pair<const char*, const char*> rows[] = {
      {"BODY[]", "BODY[]"},
      {"body.peek[header]<0.10>", "BODY[HEADER]<0>"},
      {"BODY[HEADER.FIELDS (Date \"from\" {2}\r\nto)]", "BODY[HEADER.FIELDS (Date from to)]"},
      {"BODY.PEEK[HEADER.FIELDS.NOT (\"a b\")]<5.1>", "BODY[HEADER.FIELDS.NOT (\"a b\")]<5>"},
      {"RFC822", "RFC822"},
      {"rfc822.text", "RFC822.TEXT"},
      {"BINARY[1.2]<5.9>", "BINARY[1.2]<5>"},
      {"binary.peek[]", "BINARY[]"},
      {"BINARY.SIZE[3]", "BINARY.SIZE[3]"},
  };
  for (const auto& [text, label] : rows) {
    reader in(text);
    const auto items = take_fetch_items(in);
    ASSERT_TRUE(in.ok() && in.at_end()) << text;
    ASSERT_EQ(items.sections.size(), 1U);
    EXPECT_EQ(items.sections[0].label, label);
  }
}

TEST(FetchItems, SetSeenUnlessTheyPeek) {
  const std::pair<const char*, bool> rows[] = {{"BODY[]", true},
                                               {"BODY.PEEK[]", false},
                                               {"RFC822", true},
                                               {"RFC822.HEADER", false},
                                               {"RFC822.TEXT", true},
                                               {"FAST", false},
                                               {"(BODY.PEEK[] BODY[TEXT])", true},
                                               {"BINARY[1]", true},
                                               {"BINARY.PEEK[1]", false},
                                               {"BINARY.SIZE[1]", false}};
  for (const auto& [text, sets_seen] : rows) {
    reader in(text);
    EXPECT_EQ(take_fetch_items(in).sets_seen(), sets_seen) << text;
  }
}

TEST(FetchItems, NumberParts) {
  struct row {
    const char* text;
    section_kind kind;
    std::vector<std::uint32_t> part;
  };
  const row rows[] = {
      {"BODY[1]", section_kind::all, {1}},
      {"BODY[4.2.12]", section_kind::all, {4, 2, 12}},
      {"BODY.PEEK[1.2.MIME]", section_kind::mime, {1, 2}},
      {"BODY[3.header]", section_kind::header, {3}},
      {"BODY[3.TEXT]<0.5>", section_kind::text, {3}},
      {"BODY[3.HEADER.FIELDS (a)]", section_kind::header_fields, {3}},
      {"BODY[4294967295.HEADER.FIELDS.NOT (a b)]", section_kind::header_fields_not, {4294967295}},
  };
  for (const auto& r : rows) {
    SCOPED_TRACE(r.text);
    reader in(r.text);
    const auto items = take_fetch_items(in);
    ASSERT_TRUE(in.ok() && in.at_end());
    EXPECT_TRUE(items.needs_structure());
    EXPECT_EQ(items.sections.at(0).kind, r.kind);
    EXPECT_EQ(items.sections.at(0).part, r.part);
  }
}

TEST(FetchItems, KnowWhatAStructureIsNeededFor) {
  const std::pair<const char*, bool> rows[] = {
      {"FAST", false}, {"ALL", true},     {"FULL", true},          {"ENVELOPE", true},
      {"BODY", true},  {"BODY[]", false}, {"BODYSTRUCTURE", true}, {"(FLAGS BODY[TEXT])", false}};
  for (const auto& [text, needs] : rows) {
    reader in(text);
    EXPECT_EQ(take_fetch_items(in).needs_structure(), needs) << text;
    EXPECT_TRUE(in.ok() && in.at_end()) << text;
  }
}

// IM02: parts however deep are refused in one pass.
TEST(FetchItems, RefuseDeepParts) {
  std::string text = "BODY[1";
  for (int i = 0; i < 100'000; ++i) text += ".1";
  text += "]";
  reader in(text);
  (void)take_fetch_items(in);
  EXPECT_EQ(in.error().code, fault_code::too_long);
}

TEST(FetchItems, AreRefused) {
  for (const char* text : {"",
                           "()",
                           "(FLAGS",
                           "(FLAGS  UID)",
                           "BODY[",
                           "BODY[TEXT",
                           "BODY[]<",
                           "BODY[]<1>",
                           "BODY[]<1.2",
                           "BODY[]<-1.2>",
                           "BODY[]<1.0>",
                           "BODY[HEADER.FIELDS ()]",
                           "BODY[HEADER.FIELDS]",
                           "BODY.PEEK",
                           "BODY[MIME]",
                           "BODY[0]",
                           "BODY[1.]",
                           "BODY[1.0]",
                           "BODY[1.MIME.1]",
                           "BODY[4294967296]",
                           "BODY[1MIME]",
                           "BINARY",
                           "BINARY[1.MIME]",
                           "BINARY[TEXT]",
                           "BINARY[1.]",
                           "BINARY.SIZE[1]<0.5>",
                           "(ALL)",
                           "BODY[]<99999999999999999999.1>"}) {
    reader in(text);
    (void)take_fetch_items(in);
    EXPECT_FALSE(in.ok() && in.at_end()) << text;
  }
}

TEST(HeaderFields, AreSelected) {
  const std::string header = "Subject: a\r\n b\r\nTo : x\r\nsubject:c\r\n\tmore\r\nX: y\r\n\r\n";
  EXPECT_EQ(select_header_fields(header, {"SUBJECT"}, field_choice::named),
            "Subject: a\r\n b\r\nsubject:c\r\n\tmore\r\n\r\n");
  EXPECT_EQ(select_header_fields(header, {"subject", "to"}, field_choice::others), "X: y\r\n\r\n");
  EXPECT_EQ(select_header_fields(header, {"none"}, field_choice::named), "\r\n");
  EXPECT_EQ(select_header_fields("A: b\nC: d\n\n", {"c"}, field_choice::named), "C: d\n\n");
  EXPECT_EQ(select_header_fields("A: b\r\nC: d", {"c"}, field_choice::named), "C: d");  // no empty line, no body
  EXPECT_EQ(select_header_fields("", {"c"}, field_choice::named), "");
}

}  // namespace
}  // namespace stagecoach::imap

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
                                               {"(BODY.PEEK[] BODY[TEXT])", true}};
  for (const auto& [text, sets_seen] : rows) {
    reader in(text);
    EXPECT_EQ(take_fetch_items(in).sets_seen(), sets_seen) << text;
  }
}

// IM02: parts however deep are read in one pass.
TEST(FetchItems, ReadDeepParts) {
  std::string text = "BODY[1";
  for (int i = 0; i < 100'000; ++i) text += ".1";
  text += ".HEADER.FIELDS (a)]<0.5>";
  reader in(text);
  EXPECT_FALSE(take_fetch_items(in).unsupported.empty());
  EXPECT_TRUE(in.ok() && in.at_end());
}

TEST(FetchItems, AreRefused) {
  for (const char* text : {"", "()", "(FLAGS", "(FLAGS  UID)", "BODY[", "BODY[TEXT", "BODY[]<", "BODY[]<1>",
                           "BODY[]<1.2", "BODY[]<-1.2>", "BODY[]<1.0>", "BODY[HEADER.FIELDS ()]", "BODY[HEADER.FIELDS]",
                           "BODY.PEEK", "BODY[MIME]", "(ALL)", "BODY[]<99999999999999999999.1>"}) {
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

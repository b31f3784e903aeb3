#include "protocols/mime/message_id.hpp"

#include <gtest/gtest.h>

namespace stagecoach::mime {
namespace {

struct row {
  const char* name;
  std::string_view in;
  std::string_view out;
};

constexpr row canonical_rows[] = {
    {"RFC 5322 A.1.1", "<1234@local.machine.example>", "1234@local.machine.example"},
    {"RFC 5322 A.6.3", "<1234   @   local(blah)  .machine .example>", "1234@local.machine.example"},
    {"case", "<CAEx+Y=Z@Mail.GMAIL.com>", "caex+y=z@mail.gmail.com"},
    {"not ASCII", "<\xc3\x84@\xc3\xa4.example>", "\xc3\x84@\xc3\xa4.example"},
    {"folds", "\r\n <1@\r\n\tx>\r\n ", "1@x"},
    {"comments around", "(a (b) <0@x>) <1@x>(c)", "1@x"},
    {"comments inside", "<(a)1(b)@(c)x(d)>", "1@x"},
    {"domain literal", "<1@[127.0.0.1]>", "1@[127.0.0.1]"},
    {"quotes not needed", "<\"One\".\"2\"@x>", "one.2@x"},
    {"quotes and space", "<\"a b\"@x>", "ab@x"},
    {"quotes not needed around what is no atom", "<\"a:b..\"@x>", "a:b..@x"},
    {"quotes needed", "<\"a@b\"@x>", "\"a@b\"@x"},
    {"escapes needed", "<\"a\\\"\\b(\"@x>", "\"a\\\"b(\"@x"},
    {"an open quote is a character", "<a\"b@x>", "\"a\\\"b\"@x"},
    {"an open parenthesis is a character", "<a(b@x(y>", "\"a(b\"@x(y"},
    {"a comment behind an open parenthesis", "<((@(a)b>", "\"((\"@b"},
    {"two @", "<a@b@c>", "a@b@c"},
    {"Exchange", "<AM9PR01MB@AM9PR01.eurprd01.prod.exchangelabs.com>",
     "am9pr01mb@am9pr01.eurprd01.prod.exchangelabs.com"},
    {"dollars", "<000001c7$abcd$0100007f@host>", "000001c7$abcd$0100007f@host"},
    {"no @", "<ABC.123>", "abc.123"},
    {"text behind a space", "<1@x> (added by postmaster@y)", "1@x"},
    {"the first id", "<1@x> <2@x>", "1@x"},
    {"a word without brackets", " 1@X ", "1@x"},
    // None.
    {"nothing", "", ""},
    {"white space", " \r\n ", ""},
    {"comment", "(none)", ""},
    {"empty brackets", "<>", ""},
    {"brackets around white space", "< >", ""},
    {"brackets around a comment", "<(a)>", ""},
    {"no local part", "<@x>", ""},
    {"an empty quoted local part", "<\"\"@x>", ""},
    {"no domain", "<1@>", ""},
    {"not closed", "<1@x", ""},
    {"not opened", "1@x>", ""},
    {"brackets in brackets", "<<1@x>>", ""},
    {"text before", "id <1@x>", ""},
    {"text right behind", "<1@x>y", ""},
    {"words", "no id", ""},
    {"NUL", {"<1\0@x>", 6}, ""},
    {"other controls", "<1\x7f@x>", ""},
};

TEST(CanonicalMessageId, HasOneSpelling) {
  for (const auto& r : canonical_rows) {
    SCOPED_TRACE(r.name);
    const auto id = canonical_message_id(r.in);
    EXPECT_EQ(id, r.out);
    EXPECT_EQ(canonical_message_id("<" + id + ">"), id);
  }
}

TEST(CanonicalMessageId, HasALimit) {
  const auto longest = std::string(canonical_id_bytes_max - 2, 'a') + "@x";
  EXPECT_EQ(canonical_message_id("< " + longest + " >"), longest);
  EXPECT_EQ(canonical_message_id("<a" + longest + ">"), "");
  EXPECT_EQ(canonical_message_id("<\"(" + std::string(canonical_id_bytes_max - 2, '\\') + "\"@x>"), "");
  EXPECT_EQ(canonical_message_id(std::string(200'000, '(')), std::string());
  EXPECT_EQ(canonical_message_id("<" + std::string(200'000, '"')), "");
}

struct reference_row {
  const char* name;
  std::string_view references;
  std::string_view in_reply_to;
  std::string_view out;  // each with a semicolon
};

constexpr reference_row reference_rows[] = {
    {"RFC 5322 A.2", "<1234@local.machine.example> <3456@example.net>", "<3456@example.net>",
     "1234@local.machine.example;3456@example.net;"},
    {"folded between", "<1@x>\r\n\t<2@x>", "", "1@x;2@x;"},
    {"folded within", "<1@\r\n x> <\t2 @x>", "", "1@x;2@x;"},
    {"nothing between", "<1@x><2@x>,<3@x>", "", "1@x;2@x;3@x;"},
    {"canonical", "<\"A\"@X>", "", "a@x;"},
    {"the last of equal ones", "<1@x> <2@x> <1@X> <3@x> <\"1\"@x>", "", "2@x;3@x;1@x;"},
    {"not closed", "<1@x <2@x> <3@x", "", "2@x;"},
    {"not opened", "1@x> <2@x>", "", "2@x;"},
    {"brackets in brackets", "<> <<1@x> <open", "", "1@x;"},
    {"cannot be read", "<> <@x> <1@x> <1@>", "", "1@x;"},
    {"words", "Your message of \"Mon\" <1@x>", "", "1@x;"},
    {"References only", "<1@x>", "<2@x>", "1@x;"},
    {"In-Reply-To", "", "<2@x>", "2@x;"},
    {"the first of In-Reply-To", "", "Message of Monday <2@x> <3@x>", "2@x;"},
    {"the first that can be read", "<1@x", "<> <@x> <3@x> <4@x>", "3@x;"},
    {"nothing", "", "", ""},
    {"no ids", "1@x", "your message", ""},
};

std::string joined(const std::vector<std::string>& ids) {
  std::string text;
  for (const auto& one : ids) text += one + ";";
  return text;
}

TEST(ReferencedIds, AreTheAncestorsInTheirOrder) {
  for (const auto& r : reference_rows) EXPECT_EQ(joined(referenced_ids(r.references, r.in_reply_to)), r.out) << r.name;
}

TEST(ReferencedIds, AreTheLastOnes) {
  std::string value, wanted;
  for (int i = 0; i < 60; ++i) {
    value += "<" + std::to_string(i) + "@x> ";
    if (i >= 10) wanted += std::to_string(i) + "@x;";
  }
  EXPECT_EQ(joined(referenced_ids(value, "")), wanted);
  EXPECT_EQ(joined(referenced_ids("<5@x> " + value + "<" + std::string(2000, 'a') + "@x> <", "<1@y>")), wanted);
}

}  // namespace
}  // namespace stagecoach::mime

// What `stagecoach send` writes: fields, encodings, and what it does not take.
#include "protocols/mime/plain_message.hpp"

#include <gtest/gtest.h>

#include "protocols/mime/strict_message.hpp"

namespace stagecoach::mime {
namespace {

plain_message usual() {
  plain_message m;
  m.from = "ada@localhost";
  m.to = {"bob@localhost"};
  m.subject = "hello";
  m.body = "text\n";
  m.date = "Thu, 01 Jan 1970 00:00:00 +0000";
  m.message_id = "<1@localhost>";
  return m;
}

TEST(PlainMessage, HasWhatAMailNeeds) {
  EXPECT_EQ(*write_message(usual()),
            "Date: Thu, 01 Jan 1970 00:00:00 +0000\r\nFrom: ada@localhost\r\nTo: bob@localhost\r\nSubject: hello\r\n"
            "Message-ID: <1@localhost>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
            "Content-Transfer-Encoding: 7bit\r\n\r\ntext\r\n");
}

struct row {
  const char* name;
  std::string subject;
  std::string body;
  std::string has;  // the message has this
};

const row rows[] = {
    {"nothing said", "", "", "Subject: \r\n"},
    {"no body", "a", "", "Content-Transfer-Encoding: 7bit\r\n\r\n"},
    {"a last line without an end", "a", "b\nc", "\r\n\r\nb\r\nc\r\n"},
    {"lines that end in CRLF already", "a", "b\r\nc\r\n", "\r\n\r\nb\r\nc\r\n"},
    {"UTF-8 in the body", "a", "\xc3\xa4\n", "Content-Transfer-Encoding: 8bit\r\n\r\n\xc3\xa4\r\n"},
    {"UTF-8 in the subject",
     "Gr\xc3\xbc\xc3\x9f"
     "e",
     "", "Subject: =?utf-8?B?R3LDvMOfZQ==?=\r\n"},
    {"a word holds whole characters", std::string(44, 'a') + "\xc3\xa4", "",
     "Subject: =?utf-8?B?YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE=?=\r\n =?utf-8?B?w6Q=?=\r\n"},
    {"a long line", "a", std::string(999, 'x'), "Content-Transfer-Encoding: base64\r\n\r\neHh4"},
    {"a bare CR", "a", "b\rc\n", "Content-Transfer-Encoding: base64\r\n\r\nYg1jDQo=\r\n"},
};

TEST(PlainMessage, EncodesAsFarAsNeeded) {
  for (const auto& r : rows) {
    SCOPED_TRACE(r.name);
    auto m = usual();
    m.subject = r.subject;
    m.body = r.body;
    const auto text = write_message(m);
    ASSERT_TRUE(text);
    EXPECT_NE(text->find(r.has), std::string::npos) << *text;
    strict_message strict({false, true, false, true});
    strict.read(*text);
    strict.end();
    EXPECT_EQ(strict.flaw(), std::nullopt);
  }
}

TEST(PlainMessage, TakesNoSubjectThatIsNone) {
  for (const std::string subject : {"a\nb", "a\r\nBcc: c", "\xff", "a\x7f"}) {
    auto m = usual();
    m.subject = subject;
    EXPECT_FALSE(write_message(m)) << subject;
  }
  auto m = usual();
  m.body = "\xff";
  EXPECT_FALSE(write_message(m));
}

TEST(PlainMessage, TakesExtraFields) {
  auto m = usual();
  m.to = {"a@x", "b@x"};
  m.extra = {{"X-Test", "1"}, {"date", "never"}};
  const auto text = *write_message(m);
  EXPECT_TRUE(text.starts_with("From: ada@localhost\r\nTo: a@x,\r\n b@x\r\n")) << text;
  EXPECT_NE(text.find("\r\nX-Test: 1\r\ndate: never\r\n\r\n"), std::string::npos) << text;
}

TEST(PlainMessage, ReadsExtraFields) {
  EXPECT_EQ(*parse_extra_field("X-A: b"), (extra_field{"X-A", "b"}));
  EXPECT_EQ(*parse_extra_field("X-A:\t b c "), (extra_field{"X-A", "b c "}));
  EXPECT_EQ(*parse_extra_field("X-A:"), (extra_field{"X-A", ""}));
  EXPECT_EQ(*parse_extra_field("X-A: \xc3\xa4"), (extra_field{"X-A", "\xc3\xa4"}));
  for (const char* bad : {"", ":", ": b", "X A: b", "X-A", "X-A: b\nBcc: c", "X-A: b\rc", "\xc3\xa4: b", "X-A: \xff"})
    EXPECT_FALSE(parse_extra_field(bad)) << bad;
}

}  // namespace
}  // namespace stagecoach::mime

// Flags, dates, mailbox names, patterns and words of responses.
#include <gtest/gtest.h>

#include <chrono>

#include "protocols/imap/date_time.hpp"
#include "protocols/imap/flags.hpp"
#include "protocols/imap/limits.hpp"
#include "protocols/imap/list_pattern.hpp"
#include "protocols/imap/mailbox_name.hpp"
#include "protocols/imap/response_writer.hpp"

namespace stagecoach::imap {
namespace {

TEST(ImapFlags, AreSpelled) {
  reader in("(\\sEEN $FORWARDED Work \\Draft nonjunk $notjunk work $MDNSent)");
  const auto flags = take_flag_list(in);
  ASSERT_TRUE(in.ok());
  std::string out;
  put_flags(out, flags);
  EXPECT_EQ(out, "\\Seen \\Draft $Forwarded $NotJunk $MDNSent nonjunk work");
  for (const char* text : {"(\\Recent)", "(\\)", "(a(b)", "(a%)", "(a", "()x", "(a\\b)", "(a])"}) {
    reader wrong(text);
    (void)take_flag_list(wrong);
    if (wrong.ok() && !wrong.at_end()) wrong.fail(fault_code::syntax, "more");
    EXPECT_FALSE(wrong.ok()) << text;
  }
}

TEST(ImapFlags, AreLimited) {
  std::string many = "(";
  for (std::size_t i = 0; i <= keywords_max; ++i) many += "k" + std::to_string(i) + " ";
  many.back() = ')';
  reader all(many);
  (void)take_flag_list(all);
  EXPECT_EQ(all.error().code, fault_code::too_long);
  const auto text = "(" + std::string(keyword_bytes_max + 1, 'x') + ")";
  reader large(text);
  (void)take_flag_list(large);
  EXPECT_EQ(large.error().code, fault_code::too_long);
}

TEST(ImapDate, ReadsAndWrites) {
  const std::pair<const char*, const char*> rows[] = {
      {"\"17-Jul-1996 02:44:25 -0700\"", "\"17-Jul-1996 09:44:25 +0000\""},
      {"\" 1-jan-1970 00:00:00 +0000\"", "\"01-Jan-1970 00:00:00 +0000\""},
      {"\"29-Feb-2024 23:59:60 +0000\"", "\"01-Mar-2024 00:00:00 +0000\""},
      {"\"31-Dec-1969 23:59:59 +0000\"", "\"31-Dec-1969 23:59:59 +0000\""},
      {"\"01-Jan-0001 00:00:00 +2359\"", "\"01-Jan-0001 00:00:00 +0000\""},
  };
  for (const auto& [text, shown] : rows) {
    reader in(text);
    const auto moment = take_date_time(in);
    EXPECT_TRUE(in.ok() && in.at_end()) << text;
    EXPECT_EQ(write_date_time(moment), shown);
  }
  for (const char* text :
       {"\"30-Feb-2024 00:00:00 +0000\"", "\"1-Jan-2024 00:00:00 +0000\"", "\"01-Foo-2024 00:00:00 +0000\"",
        "\"01-Jan-2024 24:00:00 +0000\"", "\"01-Jan-2024 00:60:00 +0000\"", "\"01-Jan-2024 00:00:00 0000\"",
        "\"01-Jan-2024 00:00:00 +0060\"", "\"01-Jan-2024\"", "\"00-Jan-2024 00:00:00 +0000\"", "\""}) {
    reader in(text);
    (void)take_date_time(in);
    EXPECT_FALSE(in.ok()) << text;
  }
}

TEST(ImapDate, ShowsEveryMoment) {
  EXPECT_EQ(write_date_time(unix_ms{INT64_MAX}), "\"31-Dec-9999 00:00:00 +0000\"");
  EXPECT_EQ(write_date_time(unix_ms{INT64_MIN + 1}), "\"01-Jan-0001 00:00:00 +0000\"");
  EXPECT_EQ(day_of(unix_ms{-1}), -1);
  EXPECT_EQ(day_of(unix_ms{0}), 0);
}

struct spelled {
  std::string_view written;
  std::string_view stored;
};

TEST(MailboxName, IsTakenAndPut) {
  const spelled taken[] = {
      {"inbox", "Inbox"},           {"iNBOX/a", "Inbox/a"}, {"inboxes", "inboxes"}, {"a/inbox", "a/inbox"},
      {"Entw&APw-rfe", "Entwürfe"}, {"../../x", "../../x"}, {"a&-b", "a&b"},        {"100%", "100%"},
      {"Entwu&Awg-rfe", "Entwürfe"}};  // IM06: one name, however its accents were composed
  for (const auto& [written, stored] : taken) EXPECT_EQ(*to_stored_name(written, name_spelling::utf7), stored);
  const spelled shown[] = {
      {"INBOX", "Inbox"},
      {"\"INBOX/a b\"", "Inbox/a b"},
      {"Entw&APw-rfe", "Entwürfe"},
      {"\"a&AA0ACg-* BYE\"", "a\r\n* BYE"},  // IM09: a name can begin no response
      {"\"nil\"", "nil"},
      {"\"a\\\"b\\\\\"", "a\"b\\"},
      {"a]b", "a]b"},
  };
  for (const auto& [written, stored] : shown) {
    std::string out;
    put_mailbox(out, stored, name_spelling::utf7);
    EXPECT_EQ(out, written);
  }
}

// RFC 6855 3: after ENABLE UTF8=ACCEPT an ampersand is one.
TEST(MailboxName, IsUtf8WhenTheClientSaysSo) {
  const spelled taken[] = {
      {"Entw\xc3\xbcrfe", "Entwürfe"}, {"Entwu\xcc\x88rfe", "Entwürfe"}, {"a&-b", "a&-b"}, {"&", "&"}};
  for (const auto& [written, stored] : taken) EXPECT_EQ(*to_stored_name(written, name_spelling::utf8), stored);
  const spelled shown[] = {{"\"Entw\xc3\xbcrfe\"", "Entwürfe"},
                           {"\"INBOX/\xc3\xbc\\\"\"", "Inbox/ü\""},
                           {"Sent", "Sent"},
                           {"a&b", "a&b"},
                           {"{7}\r\n\xc3\xbc\r\n* x", "ü\r\n* x"},
                           {"{1}\r\n\xff", "\xff"}};
  for (const auto& [written, stored] : shown) {
    std::string out;
    put_mailbox(out, stored, name_spelling::utf8);
    EXPECT_EQ(out, written);
  }
}

TEST(MailboxName, RefusesWhatIsNone) {
  const std::vector<std::string> utf7 = {
      "&", "", "a&AAA-", "\xc3\xbc", "&2AA-", "&AGE-", std::string(mailbox_name_bytes_max + 1, 'x')};
  for (const auto& text : utf7)
    EXPECT_EQ(to_stored_name(text, name_spelling::utf7).error().code, fault_code::not_utf8) << text;
  const std::vector<std::string> utf8 = {"",         "\xc3", "\xed\xa0\x80",
                                         "\xc0\xaf", "\xff", std::string(mailbox_name_bytes_max + 1, 'x')};
  for (const auto& text : utf8)
    EXPECT_EQ(to_stored_name(text, name_spelling::utf8).error().code, fault_code::not_utf8) << text;
}

TEST(ListPattern, Matches) {
  struct row {
    const char* pattern;
    const char* name;
    bool matches;
  };
  const row rows[] = {
      {"*", "a/b/c", true},         {"%", "a", true},
      {"%", "a/b", false},          {"a/%", "a/b", true},
      {"a/%", "a/b/c", false},      {"%/%", "a/b", true},
      {"a*c", "a/b/c", true},       {"a%c", "a/b/c", false},
      {"a%c", "abbc", true},        {"*b", "a/b", true},
      {"*b", "a/bc", false},        {"%b%", "abc", true},
      {"%*", "a/b", true},          {"*%", "a/b", true},
      {"%%%", "a/b", false},        {"a", "a", true},
      {"a", "ab", false},           {"ab", "a", false},
      {"inbox", "Inbox", true},     {"iN%", "Inbox", true},
      {"inbox/a", "Inbox/a", true}, {"inbox/A", "Inbox/a", false},
      {"Sent", "sent", false},      {"*", "", true},
  };
  for (const auto& r : rows)
    EXPECT_EQ(list_pattern(r.pattern).matches(r.name), r.matches) << r.pattern << " " << r.name;
}

// IM07: whatever the pattern, 10,000 names take no more than a moment.
TEST(ListPattern, IsLinear) {
  std::string nasty;
  for (int i = 0; i < 200; ++i) nasty += "*a%";
  const list_pattern pattern(nasty + "b");
  const std::string name(100, 'a');
  const auto began = std::chrono::steady_clock::now();
  int found = 0;
  for (int i = 0; i < 10'000; ++i) found += pattern.matches(name) ? 1 : 0;
  EXPECT_EQ(found, 0);
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(2));
}

TEST(ResponseWriter, QuotesOrCounts) {
  const std::pair<std::string_view, std::string_view> rows[] = {
      {"atom", "atom"},
      {"", "\"\""},
      {"two words", "\"two words\""},
      {"NIL", "\"NIL\""},
      {"a(b", "\"a(b\""},
      {"a\r\nb", "{4}\r\na\r\nb"},
      {"\xc3\xbc", "{2}\r\n\xc3\xbc"},
  };
  for (const auto& [text, word] : rows) {
    std::string out;
    put_astring(out, text);
    EXPECT_EQ(out, word);
  }
}

}  // namespace
}  // namespace stagecoach::imap

#include "store/account/names.hpp"

#include <gtest/gtest.h>

namespace stagecoach::store {
namespace {

TEST(MailboxNames, InboxHasOneSpelling) {
  struct row {
    const char* written;
    const char* stored;
  };
  constexpr row rows[] = {{"INBOX", "Inbox"},
                          {"inbox", "Inbox"},
                          {"iNbOx/Lists", "Inbox/Lists"},
                          {"inboxes", "inboxes"},
                          {"Sent/inbox", "Sent/inbox"},
                          {"", ""},
                          {"inbox/", "Inbox/"},
                          {"SENT", "SENT"},
                          {"Bu\xcc\x88"
                           "cher",
                           "B\xc3\xbc"
                           "cher"},
                          {"\xff", "\xff"}};
  for (const auto& r : rows) EXPECT_EQ(stored_mailbox_name(r.written), r.stored) << r.written;
}

TEST(MailboxNames, AreUtf8WithoutEmptyLevelsAndControlCharacters) {
  struct row {
    std::string name;
    bool is_fine;
  };
  const row rows[] = {{"Inbox", true},
                      {"INBOX", false},
                      {"a/b/c", true},
                      {"", false},
                      {"/", false},
                      {"a/", false},
                      {"/a", false},
                      {"a//b", false},
                      {"a b", true},
                      {"B\xc3\xbc"
                       "cher",
                       true},
                      {"a\tb", false},
                      {std::string("a\0b", 3), false},
                      {"a\x7f", false},
                      {"a\xc2\x85", false},      // U+0085
                      {"a\xc2\x9f", false},      // the last of the C1 controls
                      {"a\xc2\xa0", true},       // behind them
                      {"a\xe2\x80\xa8", false},  // a line separator
                      {"a\xe2\x80\xa9", false},  // a paragraph separator
                      {"a\xe2\x80\xaa", true},
                      {"\xff", false},
                      {"a\xc3", false},
                      {"\xed\xa0\x80", false},  // a surrogate
                      {"a\xc0\xaf"
                       "b",
                       false},               // an overlong '/'
                      {"u\xcc\x88", false},  // not composed
                      {"../../x", true},     // names are never paths
                      {"100%", true},        // RFC 3501 5.1: hard to list, and a name
                      {"*", true},
                      {"\xf0\x9f\x93\xac/\xe2\x80\x8f", true},
                      {std::string(1000, 'x'), true},
                      {std::string(1001, 'x'), false}};
  for (const auto& r : rows) EXPECT_EQ(is_mailbox_name(r.name), r.is_fine) << r.name;
}

TEST(MailboxNames, AreBelowOthers) {
  EXPECT_TRUE(is_below("a/b", "a"));
  EXPECT_TRUE(is_below("a/b/c", "a"));
  EXPECT_FALSE(is_below("a", "a"));
  EXPECT_FALSE(is_below("ab", "a"));
  EXPECT_FALSE(is_below("b/a", "a"));
}

TEST(MailboxNames, HaveParents) {
  EXPECT_EQ(with_parents("a"), (std::vector<std::string>{"a"}));
  EXPECT_EQ(with_parents("a/b/c"), (std::vector<std::string>{"a", "a/b", "a/b/c"}));
}

}  // namespace
}  // namespace stagecoach::store

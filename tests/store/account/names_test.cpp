#include "store/account/names.hpp"

#include <gtest/gtest.h>

namespace stagecoach::store {
namespace {

TEST(MailboxNames, InboxHasOneSpelling) {
  struct row {
    const char* written;
    const char* stored;
  };
  constexpr row rows[] = {
      {"INBOX", "Inbox"},           {"inbox", "Inbox"}, {"iNbOx/Lists", "Inbox/Lists"}, {"inboxes", "inboxes"},
      {"Sent/inbox", "Sent/inbox"}, {"", ""},           {"inbox/", "Inbox/"},           {"SENT", "SENT"}};
  for (const auto& r : rows) EXPECT_EQ(stored_mailbox_name(r.written), r.stored) << r.written;
}

TEST(MailboxNames, HaveNoEmptyLevelAndNoControlCharacter) {
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
                      {std::string(1000, 'x'), true},
                      {std::string(1001, 'x'), false}};
  for (const auto& r : rows) EXPECT_EQ(is_mailbox_name(r.name), r.is_fine) << r.name;
}

TEST(MailboxNames, HaveParents) {
  EXPECT_EQ(with_parents("a"), (std::vector<std::string>{"a"}));
  EXPECT_EQ(with_parents("a/b/c"), (std::vector<std::string>{"a", "a/b", "a/b/c"}));
}

}  // namespace
}  // namespace stagecoach::store

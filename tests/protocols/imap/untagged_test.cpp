#include "protocols/imap/untagged.hpp"

#include <gtest/gtest.h>

#include "tests/protocols/imap/small_world.hpp"

namespace stagecoach::imap {
namespace {

using namespace testing;

message_flags with(flag one) {
  message_flags flags;
  flags.set(one);
  return flags;
}

class Untagged : public ::testing::Test {
 protected:
  Untagged() : one_(open_options()) {
    one_.say(login);
    one_.say("s SELECT INBOX\r\n");  // UIDs 1, 2, 7
    (void)one_.listen();
  }
  conversation one_;
};

TEST_F(Untagged, ComesWithTheNextCommandAndInOrder) {
  one_.change({flags_changed{uid{2}, with(flag::answered)}, message_added{uid{8}}, message_expunged{uid{1}},
               message_added{uid{9}}});
  EXPECT_EQ(one_.listen(), "");
  EXPECT_TRUE(one_.core.holds_changes());
  one_.say("a NOOP\r\n");
  EXPECT_EQ(one_.listen(),
            "* 1 EXPUNGE\r\n* 4 EXISTS\r\n* 0 RECENT\r\n* 1 FETCH (UID 2 FLAGS (\\Answered))\r\na OK Done\r\n");
  EXPECT_FALSE(one_.core.holds_changes());
}

// RFC 3501 7.4.1: numbers do not move under FETCH, STORE and SEARCH; new messages come at the end and may be told.
TEST_F(Untagged, NumbersStandWhileTheyAreUsed) {
  one_.change({message_expunged{uid{1}}, message_added{uid{8}}});
  one_.say("a FETCH 2 UID\r\nb SEARCH 1:2\r\nc STORE 2 FLAGS.SILENT ()\r\n");
  EXPECT_EQ(one_.listen(),
            "* 2 FETCH (UID 2)\r\n* 4 EXISTS\r\n* 0 RECENT\r\na OK Fetched\r\n* SEARCH 1 2\r\nb OK Searched\r\n"
            "c OK Stored\r\n");
  one_.say("d UID FETCH 2 UID\r\n");
  EXPECT_EQ(one_.listen(), "* 2 FETCH (UID 2)\r\n* 1 EXPUNGE\r\nd OK Fetched\r\n");
}

// RFC 9051 6.4.6: .SILENT is about what the client itself does. The flags that it is told are those of now.
TEST_F(Untagged, TellsWhatOthersDidAfterASilentStore) {
  one_.change({flags_changed{uid{2}, with(flag::answered)}});
  one_.say("a STORE 1:2 +FLAGS.SILENT (\\Flagged)\r\nb NOOP\r\n");
  EXPECT_EQ(one_.listen(), "* 2 FETCH (UID 2 FLAGS (\\Flagged work))\r\na OK Stored\r\nb OK Done\r\n");
}

TEST_F(Untagged, ComesAtOnceInIdle) {
  one_.change({message_added{uid{8}}});
  one_.say("a IDLE\r\n");
  EXPECT_EQ(one_.listen(), "+ idling\r\n* 4 EXISTS\r\n* 0 RECENT\r\n");
  one_.change({message_expunged{uid{7}}});
  EXPECT_EQ(one_.listen(), "* 3 EXPUNGE\r\n");
  one_.change({flags_changed{uid{8}, with(flag::seen)}});
  EXPECT_EQ(one_.listen(), "* 3 FETCH (UID 8 FLAGS (\\Seen))\r\n");
}

TEST_F(Untagged, IsCoalesced) {
  one_.change({message_added{uid{8}}, flags_changed{uid{8}, with(flag::seen)}, message_expunged{uid{8}}});
  one_.change({flags_changed{uid{2}, with(flag::seen)}, flags_changed{uid{2}, with(flag::draft)}});
  one_.change({flags_changed{uid{7}, with(flag::seen)}, message_expunged{uid{7}}});
  one_.say("a NOOP\r\n");
  EXPECT_EQ(one_.listen(), "* 3 EXPUNGE\r\n* 2 FETCH (UID 2 FLAGS (\\Draft))\r\na OK Done\r\n");
}

// What the client's own STORE told is not told again.
TEST_F(Untagged, ForgetsWhatACommandTold) {
  one_.change({flags_changed{uid{1}, with(flag::draft)}});
  one_.say("a STORE 1 FLAGS (\\Flagged)\r\n");
  EXPECT_EQ(one_.listen(), "* 1 FETCH (FLAGS (\\Flagged))\r\na OK Stored\r\n");
}

TEST_F(Untagged, NamesNewKeywordsFirst) {
  message_flags flags;
  flags.add_keyword("blue");
  one_.change({flags_changed{uid{1}, flags}});
  one_.say("a NOOP\r\n");
  EXPECT_EQ(one_.listen(),
            "* FLAGS (\\Seen \\Answered \\Flagged \\Deleted \\Draft $Forwarded $Junk $NotJunk $Phishing $MDNSent blue "
            "work)\r\n* 1 FETCH (UID 1 FLAGS (blue))\r\na OK Done\r\n");
}

// A message that others removed while a command by number still counts it (RFC 5530 EXPUNGEISSUED).
TEST_F(Untagged, SaysWhenSomeAreGone) {
  one_.world.mailboxes["Inbox"].messages.erase(uid{2});
  one_.say("a FETCH 1:3 UID\r\nb STORE 1:2 +FLAGS.SILENT (\\Seen)\r\n");
  EXPECT_EQ(one_.listen(),
            "* 1 FETCH (UID 1)\r\n* 3 FETCH (UID 7)\r\na OK [EXPUNGEISSUED] Some of these are gone\r\n"
            "b OK [EXPUNGEISSUED] Some of these are gone\r\n");
}

TEST_F(Untagged, IsToldInPiecesOfBoundedSize) {
  untagged pending;
  uid_map map;
  uid_set all;
  all.add(uid_range{uid{1}, uid{100'000}});
  map.append(all);
  std::vector<std::string> keywords;
  pending.expunged(all);
  int pieces = 0;
  while (!pending.empty()) {
    std::string out;
    pending.tell(out, map, keywords, {true, true, 10'000});
    EXPECT_LT(out.size(), 20'000U);
    ++pieces;
  }
  EXPECT_GT(pieces, 50);
  EXPECT_EQ(map.size(), 0U);
}

}  // namespace
}  // namespace stagecoach::imap

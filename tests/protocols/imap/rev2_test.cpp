// What IMAP4rev2 has beyond RFC 3501: the saved result of a search (RFC 9051 6.4.4.1, RFC 5182), and what changes for a
// client that has enabled it (RFC 9051 appendix E). Replayed at every cut of the input.
#include <gtest/gtest.h>

#include "tests/protocols/imap/replay.hpp"

namespace stagecoach::imap {
namespace {

using namespace testing;

// The inbox holds UIDs 1 (seen), 2 (flagged, work) and 7.
constexpr row saved_rows[] = {
    {"nothing is saved at first", "a FETCH $ FLAGS\r\nb UID STORE $ +FLAGS \\Seen\r\nc SEARCH $\r\n",
     "a OK Fetched\r\nb OK There was nothing to change\r\n* SEARCH\r\nc OK Searched\r\n"},
    {"save alone tells nothing", "a SEARCH RETURN (SAVE) UNSEEN\r\nb FETCH $ UID\r\n",
     "a OK Searched\r\n* 2 FETCH (UID 2)\r\n* 3 FETCH (UID 7)\r\nb OK Fetched\r\n"},
    {"save beside what is told", "a UID SEARCH RETURN (SAVE ALL COUNT) UNSEEN\r\nb UID FETCH $ FLAGS\r\n",
     "* ESEARCH (TAG \"a\") UID COUNT 2 ALL 2,7\r\na OK Searched\r\n"
     "* 2 FETCH (UID 2 FLAGS (\\Flagged work))\r\n* 3 FETCH (UID 7 FLAGS ())\r\nb OK Fetched\r\n"},
    {"only the ends",
     "a SEARCH RETURN (SAVE MIN) ALL\r\nb SEARCH $\r\nc SEARCH RETURN (MIN MAX SAVE) ALL\r\nd SEARCH $\r\n",
     "* ESEARCH (TAG \"a\") MIN 1\r\na OK Searched\r\n* SEARCH 1\r\nb OK Searched\r\n"
     "* ESEARCH (TAG \"c\") MIN 1 MAX 3\r\nc OK Searched\r\n* SEARCH 1 3\r\nd OK Searched\r\n"},
    {"all, when more than the ends is told", "a SEARCH RETURN (SAVE MIN COUNT) ALL\r\nb SEARCH $\r\n",
     "* ESEARCH (TAG \"a\") MIN 1 COUNT 3\r\na OK Searched\r\n* SEARCH 1 2 3\r\nb OK Searched\r\n"},
    {"narrowed", "a SEARCH RETURN (SAVE) UNSEEN\r\nb SEARCH RETURN (SAVE) $ FLAGGED\r\nc UID SEARCH NOT UID $\r\n",
     "a OK Searched\r\nb OK Searched\r\n* SEARCH 1 7\r\nc OK Searched\r\n"},
    {"a plain search keeps it", "a SEARCH RETURN (SAVE) 2\r\nb SEARCH 1\r\nc SEARCH RETURN (ALL) 1\r\nd SEARCH $\r\n",
     "a OK Searched\r\n* SEARCH 1\r\nb OK Searched\r\n* ESEARCH (TAG \"c\") ALL 1\r\nc OK Searched\r\n* SEARCH 2\r\nd "
     "OK Searched\r\n"},
    {"an error keeps it, a refusal empties it",
     "a SEARCH RETURN (SAVE) 2\r\nb SEARCH RETURN (SAVE) FROB\r\nc SEARCH $\r\n"
     "d SEARCH RETURN (SAVE) CHARSET X-NONE TEXT x\r\ne SEARCH $\r\n",
     "a OK Searched\r\nb BAD no such search key\r\n* SEARCH 2\r\nc OK Searched\r\n"
     "d NO [BADCHARSET (US-ASCII UTF-8)] This charset is not known here\r\n* SEARCH\r\ne OK Searched\r\n"},
    {"selecting forgets it", "a SEARCH RETURN (SAVE) ALL\r\nb EXAMINE INBOX\r\nc UID SEARCH $\r\n",
     "a OK Searched\r\n"
     "* FLAGS (\\Seen \\Answered \\Flagged \\Deleted \\Draft $Forwarded $Junk $NotJunk $Phishing $MDNSent work)\r\n"
     "* OK [PERMANENTFLAGS ()] These are kept\r\n* 3 EXISTS\r\n* 0 RECENT\r\n* OK [UNSEEN 2] The first that is not "
     "seen\r\n* OK [UIDVALIDITY 1001] UIDs hold\r\n* OK [UIDNEXT 8] The next one\r\nb OK [READ-ONLY] Opened to "
     "read\r\n* SEARCH\r\nc OK Searched\r\n"},
    {"what is gone is no more in it",
     "a SEARCH RETURN (SAVE) 1:2\r\nb STORE 1 +FLAGS.SILENT \\Deleted\r\nc EXPUNGE\r\nd FETCH $ UID\r\ne SEARCH $\r\n",
     "a OK Searched\r\nb OK Stored\r\n* 1 EXPUNGE\r\nc OK Expunged\r\n* 1 FETCH (UID 2)\r\nd OK Fetched\r\n"
     "* SEARCH 1\r\ne OK Searched\r\n"},
    {"copied, moved and expunged",
     "a SEARCH RETURN (SAVE) 2\r\nb COPY $ Sent\r\nc UID STORE $ +FLAGS.SILENT (\\Deleted)\r\nd UID EXPUNGE $\r\n"
     "e UID SEARCH RETURN (SAVE) ALL\r\nf MOVE $ work\r\n",
     "a OK Searched\r\nb OK [COPYUID 1002 2 1] Copied\r\nc OK Stored\r\n* 2 EXPUNGE\r\nd OK Expunged\r\ne OK "
     "Searched\r\n* OK [COPYUID 1003 1,7 1:2] Moved\r\n* 1 EXPUNGE\r\n* 1 EXPUNGE\r\nf OK Moved\r\n"},
    {"not in a set", "a FETCH 1,$ UID\r\nb FETCH $,1 UID\r\nc FETCH $:* UID\r\n",
     "a BAD not a message number\r\nb BAD a space is missing\r\nc BAD a space is missing\r\n"},
};

TEST(ImapRev2, SavedResult) {
  for (const auto& r : saved_rows) replay(r, "INBOX");
}

constexpr row enabled_rows[] = {
    {"enable", "a ENABLE IMAP4rev2 UTF8=ACCEPT\r\nb ENABLE imap4REV2\r\n",
     "* ENABLED IMAP4rev2 UTF8=ACCEPT\r\na OK Enabled\r\n* ENABLED\r\nb OK Enabled\r\n"},
    {"select", "a ENABLE IMAP4rev2\r\nb SELECT inbox\r\nc EXAMINE Sent\r\nd SELECT nothing\r\n",
     "* ENABLED IMAP4rev2\r\na OK Enabled\r\n"
     "* FLAGS (\\Seen \\Answered \\Flagged \\Deleted \\Draft $Forwarded $Junk $NotJunk $Phishing $MDNSent work)\r\n"
     "* OK [PERMANENTFLAGS (\\Seen \\Answered \\Flagged \\Deleted \\Draft $Forwarded $Junk $NotJunk $Phishing "
     "$MDNSent \\*)] These are kept\r\n* 3 EXISTS\r\n* OK [UIDVALIDITY 1001] UIDs hold\r\n* OK [UIDNEXT 8] The next "
     "one\r\n* LIST () \"/\" INBOX\r\nb OK [READ-WRITE] Opened\r\n"
     "* OK [CLOSED] What was selected is left\r\n"
     "* FLAGS (\\Seen \\Answered \\Flagged \\Deleted \\Draft $Forwarded $Junk $NotJunk $Phishing $MDNSent)\r\n"
     "* OK [PERMANENTFLAGS ()] These are kept\r\n* 0 EXISTS\r\n* OK [UIDVALIDITY 1002] UIDs hold\r\n* OK [UIDNEXT 1] "
     "The next one\r\n* LIST () \"/\" Sent\r\nc OK [READ-ONLY] Opened to read\r\n"
     "* OK [CLOSED] What was selected is left\r\nd NO [NONEXISTENT] There is no such mailbox\r\n"},
    {"searches are told by ESEARCH",
     "a ENABLE IMAP4rev2\r\nb EXAMINE work\r\nc SEARCH ALL\r\nd UID SEARCH RETURN (COUNT) ALL\r\n"
     "e SEARCH RETURN (SAVE) ALL\r\nf SEARCH CHARSET UTF-8 ALL\r\n",
     "* ENABLED IMAP4rev2\r\na OK Enabled\r\n"
     "* FLAGS (\\Seen \\Answered \\Flagged \\Deleted \\Draft $Forwarded $Junk $NotJunk $Phishing $MDNSent)\r\n"
     "* OK [PERMANENTFLAGS ()] These are kept\r\n* 0 EXISTS\r\n* OK [UIDVALIDITY 1003] UIDs hold\r\n* OK [UIDNEXT 1] "
     "The next one\r\n* LIST () \"/\" work\r\nb OK [READ-ONLY] Opened to read\r\n"
     "* ESEARCH (TAG \"c\")\r\nc OK Searched\r\n* ESEARCH (TAG \"d\") UID COUNT 0\r\nd OK Searched\r\n"
     "e OK Searched\r\n* ESEARCH (TAG \"f\")\r\nf OK Searched\r\n"},
    {"names are UTF-8, and what was written is told",
     "a ENABLE IMAP4rev2\r\nb CREATE \"Gru\xcc\x88n\"\r\nc STATUS \"Gr\xc3\xbcn\" (MESSAGES)\r\n"
     "d CREATE \"Gr\xc3\xb6n\"\r\ne CREATE INBOX/x\r\n",
     "* ENABLED IMAP4rev2\r\na OK Enabled\r\n"
     "* LIST () \"/\" \"Gr\xc3\xbcn\" (\"OLDNAME\" (\"Gru\xcc\x88n\"))\r\nb OK Created\r\n"
     "* STATUS \"Gr\xc3\xbcn\" (MESSAGES 0)\r\nc OK That is how it is\r\nd OK Created\r\ne OK Created\r\n"},
    {"UTF8=ACCEPT is another thing", "a ENABLE IMAP4rev2\r\nb APPEND Sent UTF8 (~{4+}\r\nbody)\r\n",
     "* ENABLED IMAP4rev2\r\na OK Enabled\r\nb BAD UTF8 belongs to ENABLE UTF8=ACCEPT; nothing was stored\r\n"},
};

TEST(ImapRev2, Enabled) {
  for (const auto& r : enabled_rows) replay(r, "");
}

// RFC 9051 7.4.1: there is no RECENT any more.
TEST(ImapRev2, TellsOfNewMessagesWithoutRecent) {
  conversation one(open_options());
  one.say(login);
  one.say("a ENABLE IMAP4rev2\r\nb SELECT work\r\n");
  (void)one.listen();
  one.world.mailboxes["work"].add("X: y\r\n\r\n", {}, unix_ms{});
  one.change({message_added{uid{1}}});
  one.say("c NOOP\r\n");
  EXPECT_EQ(one.listen(), "* 1 EXISTS\r\nc OK Done\r\n");
}

}  // namespace
}  // namespace stagecoach::imap

// Each command in its states, replayed at every cut of its input (RFC 3501 6).
#include <gtest/gtest.h>

#include "tests/protocols/imap/replay.hpp"

namespace stagecoach::imap {
namespace {

using namespace testing;

constexpr row signed_in_rows[] = {
    {"select", "a SELECT inBOX\r\n",
     "* FLAGS (\\Seen \\Answered \\Flagged \\Deleted \\Draft $Forwarded $Junk $NotJunk $Phishing $MDNSent work)\r\n"
     "* OK [PERMANENTFLAGS (\\Seen \\Answered \\Flagged \\Deleted \\Draft $Forwarded $Junk $NotJunk $Phishing "
     "$MDNSent \\*)] These are kept\r\n"
     "* 3 EXISTS\r\n* 0 RECENT\r\n* OK [UNSEEN 2] The first that is not seen\r\n"
     "* OK [UIDVALIDITY 1001] UIDs hold\r\n* OK [UIDNEXT 8] The next one\r\na OK [READ-WRITE] Opened\r\n"},
    {"examine an empty one", "a EXAMINE \"work/Entw&APw-rfe\"\r\n",
     "* FLAGS (\\Seen \\Answered \\Flagged \\Deleted \\Draft $Forwarded $Junk $NotJunk $Phishing $MDNSent)\r\n"
     "* OK [PERMANENTFLAGS ()] These are kept\r\n* 0 EXISTS\r\n* 0 RECENT\r\n"
     "* OK [UIDVALIDITY 1004] UIDs hold\r\n* OK [UIDNEXT 1] The next one\r\na OK [READ-ONLY] Opened to read\r\n"},
    {"select what is not there", "a SELECT nothing\r\nb FETCH 1 FLAGS\r\n",
     "a NO [NONEXISTENT] There is no such mailbox\r\nb BAD this command is not allowed now\r\n"},
    {"select what cannot be", "a SELECT \"&\"\r\nb SELECT {3}\r\n\xc3\xbc!\r\n",
     "a NO [CANNOT] not a mailbox name\r\n+ Ready for the literal\r\nb NO [CANNOT] not a mailbox name\r\n"},
    {"login twice", "a LOGIN ada stagecoach\r\n", "a BAD this command is not allowed now\r\n"},
    {"authenticate twice", "a AUTHENTICATE PLAIN\r\n", "a BAD this command is not allowed now\r\n"},
    {"what is not served", "a UNAUTHENTICATE\r\n", "a BAD there is no such command\r\n"},
    {"idle", "a IDLE\r\ndone\r\nb NOOP\r\n", "+ idling\r\na OK Idle ended\r\nb OK Done\r\n"},
    {"idle ended by something else", "a IDLE\r\nb NOOP\r\nc NOOP\r\n",
     "+ idling\r\na BAD DONE ends IDLE\r\nc OK Done\r\n"},
    {"append",
     "a APPEND Sent (\\Seen work) \" 5-Feb-2024 01:02:03 +0100\" {12}\r\nX: y\r\n\r\nbody\r\nb STATUS Sent "
     "(MESSAGES)\r\n",
     "+ Ready for the message\r\na OK [APPENDUID 1002 1] Stored\r\n* STATUS Sent (MESSAGES 1)\r\nb OK That is how it "
     "is\r\n"},
    {"append without being asked", "a APPEND Sent {12+}\r\nX: y\r\n\r\nbody\r\n", "a OK [APPENDUID 1002 1] Stored\r\n"},
    {"append with the name in a literal", "a APPEND {4+}\r\nSent {12+}\r\nX: y\r\n\r\nbody\r\n",
     "a OK [APPENDUID 1002 1] Stored\r\n"},
    {"append to nothing", "a APPEND nothing {4+}\r\nbody\r\nb NOOP\r\n",
     "a NO [TRYCREATE] There is no such mailbox; nothing was stored\r\nb OK Done\r\n"},
    {"append of nothing", "a APPEND Sent {0}\r\nb APPEND Sent {0+}\r\n\r\nc NOOP\r\n",
     "a NO [CANNOT] An empty message cannot be stored\r\nb NO [CANNOT] An empty message cannot be stored\r\n"
     "c OK Done\r\n"},
    {"append of two", "a APPEND Sent {4+}\r\nbody {4}\r\nb STATUS Sent (MESSAGES)\r\n",
     "a BAD This is not how APPEND ends; nothing was stored\r\n* STATUS Sent (MESSAGES 0)\r\nb OK That is how it "
     "is\r\n"},
    {"append of two, both on their way", "a APPEND Sent {4+}\r\nbody {4+}\r\nbody\r\nb NOOP\r\n",
     "* BYE A literal where none can be\r\n<closed>"},
    {"append with wrong flags",
     "a APPEND Sent (\\Nope) {4}\r\nb NOOP\r\nc APPEND Sent (\\Nope) {4+}\r\nbody\r\nd NOOP\r\n",
     "a BAD no such system flag\r\nb OK Done\r\nc BAD an APPEND whose message is missing\r\nd OK Done\r\n"},
    {"append with a wrong date", "a APPEND Sent \"31-Feb-2024 01:02:03 +0100\" {4}\r\n", "a BAD no such day\r\n"},
    {"append without a message", "a APPEND Sent\r\n", "a BAD an APPEND whose message is missing\r\n"},
};

TEST(ImapCommands, WithoutAMailbox) {
  for (const auto& r : signed_in_rows) replay(r, "");
}

constexpr row fetch_rows[] = {
    {"flags", "a FETCH 1:* FLAGS\r\n",
     "* 1 FETCH (FLAGS (\\Seen))\r\n* 2 FETCH (FLAGS (\\Flagged work))\r\n* 3 FETCH (FLAGS ())\r\na OK Fetched\r\n"},
    {"fast", "a FETCH 2 FAST\r\n",
     "* 2 FETCH (FLAGS (\\Flagged work) INTERNALDATE \"06-Feb-2024 12:00:00 +0000\" RFC822.SIZE 57)\r\na OK "
     "Fetched\r\n"},
    {"by UID", "a UID FETCH 7,9 (FLAGS)\r\n", "* 3 FETCH (UID 7 FLAGS ())\r\na OK Fetched\r\n"},
    {"the last", "a UID FETCH *:100 (UID)\r\n", "* 3 FETCH (UID 7)\r\na OK Fetched\r\n"},
    {"peek", "a FETCH 2 BODY.PEEK[]\r\n",
     "* 2 FETCH (BODY[] {57}\r\nSubject: two\r\n folded\r\nTo: ada@localhost\r\n\r\nsecond body\r\n)\r\na OK "
     "Fetched\r\n"},
    {"sets seen", "a FETCH 2 BODY[TEXT]\r\nb FETCH 2 FLAGS\r\n",
     "* 2 FETCH (FLAGS (\\Seen \\Flagged work) BODY[TEXT] {13}\r\nsecond body\r\n)\r\na OK Fetched\r\n"
     "* 2 FETCH (FLAGS (\\Seen \\Flagged work))\r\nb OK Fetched\r\n"},
    {"was seen before", "a FETCH 1 RFC822.TEXT\r\n", "* 1 FETCH (RFC822.TEXT {7}\r\nfirst\r\n)\r\na OK Fetched\r\n"},
    {"header", "a FETCH 3 (RFC822.HEADER BODY.PEEK[HEADER] BODY.PEEK[TEXT])\r\n",
     "* 3 FETCH (RFC822.HEADER {23}\r\nFrom: c@example.org\r\n\r\n BODY[HEADER] {23}\r\nFrom: c@example.org\r\n\r\n "
     "BODY[TEXT] {0}\r\n)\r\na OK Fetched\r\n"},
    {"some fields",
     "a FETCH 2 (UID BODY.PEEK[HEADER.FIELDS (subject \"X-Y\")] BODY.PEEK[HEADER.FIELDS.NOT (Subject)])\r\n",
     "* 2 FETCH (UID 2 BODY[HEADER.FIELDS (subject X-Y)] {25}\r\nSubject: two\r\n folded\r\n\r\n "
     "BODY[HEADER.FIELDS.NOT (Subject)] {21}\r\nTo: ada@localhost\r\n\r\n)\r\na OK Fetched\r\n"},
    {"partial",
     "a FETCH 2 (BODY.PEEK[]<9.3> BODY.PEEK[TEXT]<7.100> BODY.PEEK[]<57.1> BODY.PEEK[HEADER.FIELDS (To)]<4.3>)\r\n",
     "* 2 FETCH (BODY[]<9> {3}\r\ntwo BODY[TEXT]<7> {6}\r\nbody\r\n BODY[]<57> {0}\r\n "
     "BODY[HEADER.FIELDS (To)]<4> {3}\r\nada)\r\na OK Fetched\r\n"},
    {"an item twice is one", "a FETCH 1 (UID UID BODY.PEEK[TEXT] BODY.PEEK[TEXT])\r\n",
     "* 1 FETCH (UID 1 BODY[TEXT] {7}\r\nfirst\r\n)\r\na OK Fetched\r\n"},
    {"envelope", "a FETCH 1 ENVELOPE\r\n",
     "* 1 FETCH (ENVELOPE (NIL \"one\" ((NIL NIL \"a\" \"example.org\")) ((NIL NIL \"a\" \"example.org\")) "
     "((NIL NIL \"a\" \"example.org\")) NIL NIL NIL NIL NIL))\r\na OK Fetched\r\n"},
    {"structure", "a FETCH 1 (BODY)\r\nb FETCH 1 BODYSTRUCTURE\r\n",
     "* 1 FETCH (BODY (\"text\" \"plain\" (\"charset\" \"us-ascii\") NIL NIL \"7bit\" 7 1))\r\na OK Fetched\r\n"
     "* 1 FETCH (BODYSTRUCTURE (\"text\" \"plain\" (\"charset\" \"us-ascii\") NIL NIL \"7bit\" 7 1 NIL NIL NIL "
     "NIL))\r\nb OK Fetched\r\n"},
    {"the one part",
     "a FETCH 1 (BODY.PEEK[1] BODY.PEEK[1.MIME] BODY.PEEK[1]<2.3> BODY.PEEK[1.HEADER] BODY.PEEK[2])\r\n",
     "* 1 FETCH (BODY[1] {7}\r\nfirst\r\n BODY[1.MIME] {37}\r\nSubject: one\r\nFrom: a@example.org\r\n\r\n "
     "BODY[1]<2> {3}\r\nrst BODY[1.HEADER] NIL BODY[2] NIL)\r\na OK Fetched\r\n"},
    {"binary",
     "a FETCH 1 (BINARY.SIZE[1] BINARY.PEEK[1] BINARY.PEEK[1]<1.3> BINARY.PEEK[2])\r\nb FETCH 3 BINARY.PEEK[1]\r\n",
     "* 1 FETCH (BINARY.SIZE[1] 7 BINARY[1] ~{7}\r\nfirst\r\n BINARY[1]<1> ~{3}\r\nirs BINARY[2] NIL)\r\na OK "
     "Fetched\r\n"
     "* 3 FETCH (BINARY[1] ~{0}\r\n)\r\nb OK Fetched\r\n"},
    {"a message in a message",
     "a APPEND INBOX {53+}\r\nContent-Type: message/rfc822\r\n\r\nSubject: in\r\n\r\nbody\r\n\r\n"
     "b FETCH 4 (BODY.PEEK[1.HEADER] BODY.PEEK[1.TEXT] BODY.PEEK[1])\r\n",
     "* 4 EXISTS\r\n* 0 RECENT\r\na OK [APPENDUID 1001 8] Stored\r\n"
     "* 4 FETCH (BODY[1.HEADER] {15}\r\nSubject: in\r\n\r\n BODY[1.TEXT] {6}\r\nbody\r\n BODY[1] {21}\r\nSubject: "
     "in\r\n\r\nbody\r\n)\r\nb OK Fetched\r\n"},
    {"an encoding that nobody knows",
     "a APPEND INBOX {41+}\r\nContent-Transfer-Encoding: x-uue\r\n\r\nabc\r\n\r\n"
     "b FETCH 4 (BINARY.PEEK[1] UID)\r\n",
     "* 4 EXISTS\r\n* 0 RECENT\r\na OK [APPENDUID 1001 8] Stored\r\n"
     "* 4 FETCH (UID 8 BINARY[1] NIL)\r\nb NO [UNKNOWN-CTE] A part has an encoding that is not known\r\n"},
    {"macros", "a FETCH 3 FULL\r\n",
     "* 3 FETCH (FLAGS () INTERNALDATE \"07-Feb-2024 12:00:00 +0000\" RFC822.SIZE 23 ENVELOPE (NIL NIL ((NIL NIL "
     "\"c\" \"example.org\")) ((NIL NIL \"c\" \"example.org\")) ((NIL NIL \"c\" \"example.org\")) NIL NIL NIL NIL NIL) "
     "BODY (\"text\" \"plain\" (\"charset\" \"us-ascii\") NIL NIL \"7bit\" 0 0))\r\na OK Fetched\r\n"},
    {"no such number", "a FETCH 4 FLAGS\r\nb FETCH 1:4 FLAGS\r\nc FETCH 0 FLAGS\r\nd FETCH 4294967296 FLAGS\r\n",
     "a BAD There is no message of this number\r\nb BAD There is no message of this number\r\n"
     "c BAD message numbers start at 1\r\nd BAD not a message number\r\n"},
    {"syntax", "a FETCH 1 (FLAGS\r\nb FETCH 1 FROB\r\nc FETCH 1 BODY[FROB]\r\nd FETCH 1 BODY[]<0.0>\r\ne FETCH\r\n",
     "a BAD a list of items that does not end\r\nb BAD no such item to fetch\r\nc BAD no such section\r\n"
     "d BAD a partial of nothing\r\ne BAD a space is missing\r\n"},
};

TEST(ImapCommands, Fetch) {
  for (const auto& r : fetch_rows) replay(r, "INBOX");
}

constexpr row store_rows[] = {
    {"add", "a STORE 1,3 +FLAGS (\\Deleted Blue)\r\n",
     "* FLAGS (\\Seen \\Answered \\Flagged \\Deleted \\Draft $Forwarded $Junk $NotJunk $Phishing $MDNSent blue "
     "work)\r\n"
     "* 1 FETCH (FLAGS (\\Seen \\Deleted blue))\r\n* 3 FETCH (FLAGS (\\Deleted blue))\r\na OK Stored\r\n"},
    {"remove by UID", "a UID STORE 2:7 -FLAGS \\Flagged WORK\r\n",
     "* 2 FETCH (UID 2 FLAGS ())\r\n* 3 FETCH (UID 7 FLAGS ())\r\na OK Stored\r\n"},
    {"replace", "a STORE 2 FLAGS ($junk \\SEEN)\r\n", "* 2 FETCH (FLAGS (\\Seen $Junk))\r\na OK Stored\r\n"},
    {"silent", "a STORE 1 +FLAGS.SILENT (\\Flagged)\r\nb FETCH 1 FLAGS\r\n",
     "a OK Stored\r\n* 1 FETCH (FLAGS (\\Seen \\Flagged))\r\nb OK Fetched\r\n"},
    {"to nobody", "a UID STORE 50 +FLAGS (\\Seen)\r\n", "a OK There was nothing to change\r\n"},
    {"no such flag",
     "a STORE 1 +FLAGS (\\Recent)\r\nb STORE 1 FLAGS ()\r\nc STORE 1 LABELS ()\r\nd STORE 9 FLAGS ()\r\n",
     "a BAD no such system flag\r\n* 1 FETCH (FLAGS ())\r\nb OK Stored\r\nc BAD FLAGS is all that can be stored\r\n"
     "d BAD There is no message of this number\r\n"},
    {"expunge", "a STORE 1,3 +FLAGS.SILENT (\\Deleted)\r\nb EXPUNGE\r\nc FETCH 1:* UID\r\n",
     "a OK Stored\r\n* 1 EXPUNGE\r\n* 2 EXPUNGE\r\nb OK Expunged\r\n* 1 FETCH (UID 2)\r\nc OK Fetched\r\n"},
    {"UID expunge", "a STORE 1,3 +FLAGS.SILENT (\\Deleted)\r\nb UID EXPUNGE 2:9\r\nc UID EXPUNGE 50\r\n",
     "a OK Stored\r\n* 3 EXPUNGE\r\nb OK Expunged\r\nc OK Expunged\r\n"},
    {"close expunges and says nothing",
     "a STORE 1 +FLAGS.SILENT (\\Deleted)\r\nb CLOSE\r\nc STATUS INBOX (MESSAGES)\r\nd CLOSE\r\n",
     "a OK Stored\r\nb OK Closed\r\n* STATUS INBOX (MESSAGES 2)\r\nc OK That is how it is\r\n"
     "d BAD this command is not allowed now\r\n"},
    {"unselect does not", "a STORE 1 +FLAGS.SILENT (\\Deleted)\r\nb UNSELECT\r\nc STATUS INBOX (MESSAGES)\r\n",
     "a OK Stored\r\nb OK Left\r\n* STATUS INBOX (MESSAGES 3)\r\nc OK That is how it is\r\n"},
    {"check", "a CHECK\r\n", "a OK Checked\r\n"},
    {"copy", "a COPY 1:2 Sent\r\nb UID COPY 7 Sent\r\n",
     "a OK [COPYUID 1002 1:2 1:2] Copied\r\nb OK [COPYUID 1002 7 3] Copied\r\n"},
    {"copy to itself", "a COPY 1,3 inbox\r\n", "* 5 EXISTS\r\n* 0 RECENT\r\na OK [COPYUID 1001 1,7 8:9] Copied\r\n"},
    {"copy to nothing", "a COPY 1 nothing\r\nb UID COPY 50 Sent\r\nc COPY 4 Sent\r\n",
     "a NO [TRYCREATE] There is no such mailbox; nothing was copied\r\nb OK There was nothing to do\r\n"
     "c BAD There is no message of this number\r\n"},
    {"move", "a MOVE 1,3 Sent\r\nb UID MOVE 2 Sent\r\n",
     "* OK [COPYUID 1002 1,7 1:2] Moved\r\n* 1 EXPUNGE\r\n* 2 EXPUNGE\r\na OK Moved\r\n"
     "* OK [COPYUID 1002 2 3] Moved\r\n* 1 EXPUNGE\r\nb OK Moved\r\n"},
    {"append here", "a APPEND INBOX {4+}\r\nbody\r\n",
     "* 4 EXISTS\r\n* 0 RECENT\r\na OK [APPENDUID 1001 8] Stored\r\n"},
};

TEST(ImapCommands, Change) {
  for (const auto& r : store_rows) replay(r, "INBOX");
}

constexpr row search_rows[] = {
    {"all", "a SEARCH ALL\r\nb UID SEARCH ALL\r\n",
     "* SEARCH 1 2 3\r\na OK Searched\r\n* SEARCH 1 2 7\r\nb OK Searched\r\n"},
    {"flags", "a SEARCH UNSEEN\r\nb SEARCH FLAGGED\r\nc SEARCH NOT FLAGGED SEEN\r\nd SEARCH DELETED\r\n",
     "* SEARCH 2 3\r\na OK Searched\r\n* SEARCH 2\r\nb OK Searched\r\n* SEARCH 1\r\nc OK Searched\r\n* SEARCH\r\nd OK "
     "Searched\r\n"},
    {"keywords", "a SEARCH KEYWORD Work\r\nb SEARCH UNKEYWORD work\r\nc SEARCH KEYWORD $junk\r\n",
     "* SEARCH 2\r\na OK Searched\r\n* SEARCH 1 3\r\nb OK Searched\r\n* SEARCH\r\nc OK Searched\r\n"},
    {"sets", "a SEARCH 2:*\r\nb SEARCH UID 3:9\r\nc SEARCH 9 \r\nd UID SEARCH UID 1 3\r\ne SEARCH 9\r\n",
     "* SEARCH 2 3\r\na OK Searched\r\n* SEARCH 3\r\nb OK Searched\r\nc BAD an atom is missing\r\n* SEARCH\r\nd OK "
     "Searched\r\n* SEARCH\r\ne OK Searched\r\n"},
    {"dates", "a SEARCH ON 6-Feb-2024\r\nb SEARCH BEFORE \"06-Feb-2024\"\r\nc SEARCH SINCE 6-feb-2024\r\n",
     "* SEARCH 2\r\na OK Searched\r\n* SEARCH 1\r\nb OK Searched\r\n* SEARCH 2 3\r\nc OK Searched\r\n"},
    {"sizes", "a SEARCH LARGER 50\r\nb SEARCH SMALLER 57\r\n",
     "* SEARCH 2\r\na OK Searched\r\n* SEARCH 1 3\r\nb OK Searched\r\n"},
    {"or and lists", "a SEARCH OR (SEEN 1) NOT UID 1:2\r\nb SEARCH (OR 1 2) (OR 2 3)\r\nc SEARCH NOT (OR 1 OR 2 3)\r\n",
     "* SEARCH 1 3\r\na OK Searched\r\n* SEARCH 2\r\nb OK Searched\r\n* SEARCH\r\nc OK Searched\r\n"},
    {"charset", "a SEARCH CHARSET utf-8 ALL\r\nb SEARCH CHARSET X-NONE ALL\r\nc SEARCH CHARSET koi8-r SUBJECT one\r\n",
     "* SEARCH 1 2 3\r\na OK Searched\r\nb NO [BADCHARSET (US-ASCII UTF-8)] This charset is not known here\r\n"
     "* SEARCH 1\r\nc OK Searched\r\n"},
    {"envelope",
     "a SEARCH SUBJECT oN\r\nb SEARCH FROM \"c@EXAMPLE\"\r\nc SEARCH TO ada\r\nd SEARCH CC ada\r\ne SEARCH BCC x\r\n"
     "f SEARCH SUBJECT \"two folded\"\r\n",
     "* SEARCH 1\r\na OK Searched\r\n* SEARCH 3\r\nb OK Searched\r\n* SEARCH 2\r\nc OK Searched\r\n* SEARCH\r\nd OK "
     "Searched\r\n* SEARCH\r\ne OK Searched\r\n* SEARCH 2\r\nf OK Searched\r\n"},
    {"header",
     "a SEARCH HEADER Subject \"\"\r\nb SEARCH HEADER from EXAMPLE\r\nc SEARCH NOT HEADER X-None \"\"\r\n"
     "d SEARCH HEADER Message-ID <x>\r\n",
     "* SEARCH 1 2\r\na OK Searched\r\n* SEARCH 1 3\r\nb OK Searched\r\n* SEARCH 1 2 3\r\nc OK Searched\r\n* "
     "SEARCH\r\nd OK "
     "Searched\r\n"},
    {"body and text",
     "a SEARCH BODY BODY\r\nb SEARCH TEXT two\r\nc SEARCH BODY two\r\nd SEARCH TEXT \"from: a@\"\r\ne SEARCH BODY "
     "\"\"\r\n"
     "f SEARCH OR BODY first BODY second UNSEEN\r\n",
     "* SEARCH 2\r\na OK Searched\r\n* SEARCH 2\r\nb OK Searched\r\n* SEARCH\r\nc OK Searched\r\n* SEARCH 1\r\nd OK "
     "Searched\r\n* SEARCH 1 2 3\r\ne OK Searched\r\n* SEARCH 2\r\nf OK Searched\r\n"},
    {"sent", "a SEARCH SENTON 1-Feb-2024\r\nb SEARCH NOT SENTSINCE 1-Feb-2024\r\n",
     "* SEARCH\r\na OK Searched\r\n* SEARCH 1 2 3\r\nb OK Searched\r\n"},  // there is no Date
    {"return options",
     "a SEARCH RETURN (MIN MAX COUNT ALL) ALL\r\nb UID SEARCH RETURN () UNSEEN\r\nc SEARCH RETURN (MIN COUNT) "
     "DELETED\r\n"
     "d UID SEARCH RETURN (MAX) CHARSET utf-8 ALL\r\ne SEARCH RETURN (FROB) ALL\r\nf SEARCH RETURN (MIN\r\n",
     "* ESEARCH (TAG \"a\") MIN 1 MAX 3 COUNT 3 ALL 1:3\r\na OK Searched\r\n* ESEARCH (TAG \"b\") UID ALL 2,7\r\nb OK "
     "Searched\r\n* ESEARCH (TAG \"c\") COUNT 0\r\nc OK Searched\r\n* ESEARCH (TAG \"d\") UID MAX 7\r\nd OK "
     "Searched\r\n"
     "e BAD no such search return option\r\nf BAD a list of return options that does not end\r\n"},
    {"syntax",
     "a SEARCH\r\nb SEARCH (ALL\r\nc SEARCH ALL)\r\nd SEARCH OR ALL\r\ne SEARCH NOT\r\nf SEARCH FROB\r\ng SEARCH "
     "()\r\n",
     "a BAD a space is missing\r\nb BAD a space is missing\r\nc BAD a space is missing\r\nd BAD a space is missing\r\n"
     "e BAD no such search key\r\nf BAD no such search key\r\ng BAD an atom is missing\r\n"},
};

TEST(ImapCommands, Search) {
  for (const auto& r : search_rows) replay(r, "INBOX");
}

TEST(ImapCommands, ReadOnly) {
  conversation one(open_options());
  one.say(login);
  one.say("s EXAMINE INBOX\r\n");
  (void)one.listen();
  one.say("a STORE 1 +FLAGS (\\Deleted)\r\nb EXPUNGE\r\nc MOVE 1 Sent\r\nd FETCH 3 RFC822\r\ne CLOSE\r\n");
  EXPECT_EQ(one.listen(),
            "a NO [READ-ONLY] This mailbox is open to read\r\nb NO [READ-ONLY] This mailbox is open to read\r\n"
            "c NO [READ-ONLY] This mailbox is open to read\r\n"
            "* 3 FETCH (RFC822 {23}\r\nFrom: c@example.org\r\n\r\n)\r\nd OK Fetched\r\ne OK Closed\r\n");
  EXPECT_FALSE(one.world.mailboxes["Inbox"].messages[uid{7}].flags.has(flag::seen));
}

TEST(ImapCommands, AppendKeepsFlagsDateAndOctets) {
  conversation one(open_options());
  one.say(login);
  one.say("a APPEND Sent (\\Seen work) \" 5-Feb-2024 01:02:03 +0100\" {6+}\r\nab\r\n.\n\r\n");
  const auto& stored = one.world.mailboxes["Sent"].messages.at(uid{1});
  EXPECT_EQ(stored.octets, "ab\r\n.\n");
  EXPECT_TRUE(stored.flags.has(flag::seen));
  EXPECT_TRUE(stored.flags.has_keyword("work"));
  EXPECT_EQ(stored.received.value, 1707091323000);
}

TEST(ImapCommands, AppendRefusesWhatIsTooBig) {
  conversation one(open_options());
  one.say(login);
  (void)one.listen();
  one.say("a APPEND Sent {1001}\r\nb APPEND Sent {1001+}\r\n" + std::string(1001, 'x') + "\r\nc NOOP\r\n");
  EXPECT_EQ(one.listen(),
            "a NO [TOOBIG] Messages of this size are not kept; nothing was stored\r\n"
            "b NO [TOOBIG] Messages of this size are not kept; nothing was stored\r\nc OK Done\r\n");
  // RFC 7888: a literal that was not asked for may have any size; its octets are read away.
  one.say("d APPEND Sent {500000+}\r\n" + std::string(500000, 'x') + "\r\ne NOOP\r\n");
  EXPECT_EQ(one.listen(), "d NO [TOOBIG] Messages of this size are not kept; nothing was stored\r\ne OK Done\r\n");
}

TEST(ImapCommands, AppendIsPedanticWhenItShallBe) {
  const struct {
    const char* name;
    std::string message;
    bool is_binary;
    std::string refused;  // why a pedantic server does not store it; empty: it does
  } rows[] = {
      {"a draft", "Subject: x\r\n\r\n\xc3\xa4\r\n", false, ""},
      {"8-bit in the header", "a: \xc3\xa4\r\n\r\n", false,
       "8-bit octet in the header without SMTPUTF8 or UTF8 (RFC 6532 3)"},
      {"bare LF", "a: b\n\nc\n", false, "CR or LF that is not part of a CRLF (RFC 5322 2.3)"},
      {"bare LF in a literal8", "a: b\r\n\r\nc\n", true, ""},
      {"a long line", "a: " + std::string(996, 'x'), false, "Line of more than 998 octets (RFC 5322 2.1.1)"},
      {"two From", "From: a\r\nfrom: b\r\n\r\n", false, "More than one From field (RFC 5322 3.6)"},
      {"no header", "Hello", false, "Header line that is no field (RFC 5322 2.2)"},
  };
  for (const auto& r : rows) {
    SCOPED_TRACE(r.name);
    for (const bool is_pedantic : {false, true}) {
      session_options options = open_options();
      options.is_pedantic = is_pedantic;
      conversation one(options);
      one.say(login);
      (void)one.listen();
      one.say("a APPEND Sent " + std::string(r.is_binary ? "~{" : "{") + std::to_string(r.message.size()) + "+}\r\n" +
              r.message + "\r\nb NOOP\r\n");
      const bool is_refused = is_pedantic && !r.refused.empty();
      EXPECT_EQ(one.listen(), (is_refused ? "a NO [CANNOT] " + r.refused + "; nothing was stored\r\n"
                                          : "a OK [APPENDUID 1002 1] Stored\r\n") +
                                  "b OK Done\r\n");
      EXPECT_EQ(one.world.mailboxes["Sent"].messages.size(), is_refused ? 0U : 1U);
    }
  }
}

TEST(ImapCommands, AppendSaysWhyItCannot) {
  conversation one(open_options());
  one.say(login);
  (void)one.listen();
  one.world.refuse = fault_code::full;
  one.say("a APPEND Sent {4}\r\nb NOOP\r\n");
  EXPECT_EQ(one.listen(), "a NO [OVERQUOTA] There is no room for this; nothing was changed\r\nb OK Done\r\n");
  EXPECT_TRUE(one.world.mailboxes["Sent"].messages.empty());
}

}  // namespace
}  // namespace stagecoach::imap

// The commands for mailboxes, replayed at every cut of their input (RFC 3501 6.3.3 to 6.3.10, RFC 5258, 5819, 6154,
// 6855).
#include <gtest/gtest.h>

#include "protocols/imap/limits.hpp"
#include "tests/protocols/imap/replay.hpp"

namespace stagecoach::imap {
namespace {

using namespace testing;

constexpr row list_rows[] = {
    {"all", "a LIST \"\" *\r\n",
     "* LIST (\\HasNoChildren) \"/\" INBOX\r\n* LIST (\\HasNoChildren \\Sent) \"/\" Sent\r\n"
     "* LIST (\\HasChildren) \"/\" work\r\n* LIST (\\HasNoChildren) \"/\" work/Entw&APw-rfe\r\na OK Listed\r\n"},
    {"a level", "a LIST \"\" \"%\"\r\n",
     "* LIST (\\HasNoChildren) \"/\" INBOX\r\n* LIST (\\HasNoChildren \\Sent) \"/\" Sent\r\n"
     "* LIST (\\HasChildren) \"/\" work\r\na OK Listed\r\n"},
    {"below a reference", "a LIST work/ %\r\n", "* LIST (\\HasNoChildren) \"/\" work/Entw&APw-rfe\r\na OK Listed\r\n"},
    {"one", "a LIST \"\" inbox\r\n", "* LIST (\\HasNoChildren) \"/\" INBOX\r\na OK Listed\r\n"},
    {"a name with accents", "a LIST \"\" work/Entw&APw-*\r\nb LIST \"\" Entw&APw-\r\nc LIST \"\" &\r\n",
     "* LIST (\\HasNoChildren) \"/\" work/Entw&APw-rfe\r\na OK Listed\r\nb OK Listed\r\nc OK Listed\r\n"},
    {"the separator", "a LIST \"\" \"\"\r\nb LIST work \"\"\r\nc LSUB \"\" \"\"\r\n",
     "* LIST (\\Noselect) \"/\" \"\"\r\na OK Listed\r\n* LIST (\\Noselect) \"/\" \"\"\r\nb OK Listed\r\n"
     "* LSUB (\\Noselect) \"/\" \"\"\r\nc OK Listed\r\n"},
    {"not the separator", "a LIST () \"\" \"\"\r\nb LIST \"\" (\"\")\r\n", "a OK Listed\r\nb OK Listed\r\n"},
    {"many patterns", "a LIST \"\" (INBOX \"work/%\" Se%)\r\n",
     "* LIST (\\HasNoChildren) \"/\" INBOX\r\n* LIST (\\HasNoChildren \\Sent) \"/\" Sent\r\n"
     "* LIST (\\HasNoChildren) \"/\" work/Entw&APw-rfe\r\na OK Listed\r\n"},
    {"each name once", "a LIST \"\" (INBOX inbox I%)\r\n", "* LIST (\\HasNoChildren) \"/\" INBOX\r\na OK Listed\r\n"},
    {"by special use", "a LIST (SPECIAL-USE) \"\" *\r\nb LIST \"\" S% RETURN (SPECIAL-USE)\r\n",
     "* LIST (\\HasNoChildren \\Sent) \"/\" Sent\r\na OK Listed\r\n"
     "* LIST (\\HasNoChildren \\Sent) \"/\" Sent\r\nb OK Listed\r\n"},
    {"by subscription", "a LIST (SUBSCRIBED) \"\" *\r\n",
     "* LIST (\\HasNoChildren \\Subscribed) \"/\" INBOX\r\n"
     "* LIST (\\HasNoChildren \\Subscribed \\Sent) \"/\" Sent\r\na OK Listed\r\n"},
    {"with subscriptions", "a LIST () \"\" % RETURN (SUBSCRIBED CHILDREN)\r\n",
     "* LIST (\\HasNoChildren \\Subscribed) \"/\" INBOX\r\n* LIST (\\HasNoChildren \\Subscribed \\Sent) \"/\" Sent\r\n"
     "* LIST (\\HasChildren) \"/\" work\r\na OK Listed\r\n"},
    {"a subscription without a mailbox", "a SUBSCRIBE x/y\r\nb LIST (subscribed remote) \"\" x*\r\nc LIST \"\" x*\r\n",
     "a OK Subscribed\r\n* LIST (\\NonExistent \\HasNoChildren \\Subscribed) \"/\" x/y\r\nb OK Listed\r\nc OK "
     "Listed\r\n"},
    {"what is below",
     "a SUBSCRIBE work/Entw&APw-rfe\r\nb SUBSCRIBE x/y\r\nc LIST (SUBSCRIBED RECURSIVEMATCH) \"\" %\r\n",
     "a OK Subscribed\r\nb OK Subscribed\r\n* LIST (\\HasNoChildren \\Subscribed) \"/\" INBOX\r\n"
     "* LIST (\\HasNoChildren \\Subscribed \\Sent) \"/\" Sent\r\n"
     "* LIST (\\HasChildren) \"/\" work (\"CHILDINFO\" (\"SUBSCRIBED\"))\r\n"
     "* LIST (\\NonExistent \\HasNoChildren) \"/\" x (\"CHILDINFO\" (\"SUBSCRIBED\"))\r\nc OK Listed\r\n"},
    {"what is below, and itself",
     "a SUBSCRIBE work\r\nb SUBSCRIBE work/Entw&APw-rfe\r\nc LIST (RECURSIVEMATCH SUBSCRIBED) \"\" wo*\r\n",
     "a OK Subscribed\r\nb OK Subscribed\r\n"
     "* LIST (\\HasChildren \\Subscribed) \"/\" work (\"CHILDINFO\" (\"SUBSCRIBED\"))\r\n"
     "* LIST (\\HasNoChildren \\Subscribed) \"/\" work/Entw&APw-rfe\r\nc OK Listed\r\n"},
    {"a special use below",
     "a CREATE work/Trash (USE (\\Trash))\r\nb LIST (SPECIAL-USE RECURSIVEMATCH) \"\" w%\r\n"
     "c LIST (SPECIAL-USE SUBSCRIBED) \"\" *\r\n",
     "a OK Created\r\n* LIST (\\HasChildren) \"/\" work (\"CHILDINFO\" (\"SPECIAL-USE\"))\r\nb OK Listed\r\n"
     "* LIST (\\HasNoChildren \\Subscribed \\Sent) \"/\" Sent\r\nc OK Listed\r\n"},
    {"with status", "a LIST \"\" % RETURN (STATUS (MESSAGES UNSEEN) SUBSCRIBED)\r\n",
     "* LIST (\\HasNoChildren \\Subscribed) \"/\" INBOX\r\n* STATUS INBOX (MESSAGES 3 UNSEEN 2)\r\n"
     "* LIST (\\HasNoChildren \\Subscribed \\Sent) \"/\" Sent\r\n* STATUS Sent (MESSAGES 0 UNSEEN 0)\r\n"
     "* LIST (\\HasChildren) \"/\" work\r\n* STATUS work (MESSAGES 0 UNSEEN 0)\r\na OK Listed\r\n"},
    {"no status of what is not there", "a SUBSCRIBE x\r\nb LIST (SUBSCRIBED) \"\" x RETURN (STATUS (SIZE))\r\n",
     "a OK Subscribed\r\n* LIST (\\NonExistent \\HasNoChildren \\Subscribed) \"/\" x\r\nb OK Listed\r\n"},
    {"lsub", "a LSUB \"\" *\r\n",
     "* LSUB (\\HasNoChildren) \"/\" INBOX\r\n* LSUB (\\HasNoChildren \\Sent) \"/\" Sent\r\na OK Listed\r\n"},
    {"lsub of what % cuts off", "a SUBSCRIBE work/Entw&APw-rfe\r\nb LSUB \"\" w%\r\nc LSUB \"\" w*\r\n",
     "a OK Subscribed\r\n* LSUB (\\Noselect \\HasChildren) \"/\" work\r\nb OK Listed\r\n"
     "* LSUB (\\HasNoChildren) \"/\" work/Entw&APw-rfe\r\nc OK Listed\r\n"},
    {"lsub of what is not there",
     "a SUBSCRIBE x/y\r\nb LSUB \"\" x*\r\nc LSUB \"\" \"x%\"\r\nd UNSUBSCRIBE x/y\r\ne LSUB \"\" x*\r\n",
     "a OK Subscribed\r\n* LSUB (\\Noselect \\HasNoChildren) \"/\" x/y\r\nb OK Listed\r\n"
     "* LSUB (\\Noselect \\HasNoChildren) \"/\" x\r\nc OK Listed\r\nd OK Not subscribed any more\r\ne OK Listed\r\n"},
    {"syntax",
     "a LIST\r\nb LIST \"\"\r\nc LIST (FROB) \"\" *\r\nd LIST (RECURSIVEMATCH) \"\" *\r\ne LIST (RECURSIVEMATCH "
     "REMOTE) "
     "\"\" *\r\nf LIST \"\" (a b\r\ng LIST \"\" * RETURN (FROB)\r\nh LIST \"\" * RETURN (STATUS)\r\ni LIST \"\" * "
     "RETURN\r\nj LIST \"\" ()\r\nk LSUB () \"\" *\r\n",
     "a BAD a space is missing\r\nb BAD a space is missing\r\nc BAD no such option to select by\r\n"
     "d BAD RECURSIVEMATCH belongs to an option to select by\r\ne BAD RECURSIVEMATCH belongs to an option to select "
     "by\r\nf BAD a list of patterns that does not end\r\ng BAD no such option to return\r\nh BAD a space is "
     "missing\r\n"
     "i BAD more than expected\r\nj BAD a mailbox pattern is missing\r\n<wait 1000>k BAD a string is missing\r\n"},
};

TEST(ImapMailboxCommands, List) {
  for (const auto& r : list_rows) replay(r, "");
}

constexpr row change_rows[] = {
    {"create", "a CREATE x\r\nb LIST \"\" x\r\nc CREATE x\r\nd CREATE inbox\r\n",
     "a OK Created\r\n* LIST (\\HasNoChildren) \"/\" x\r\nb OK Listed\r\n"
     "c NO [ALREADYEXISTS] There is a mailbox of this name already\r\n"
     "d NO [ALREADYEXISTS] There is a mailbox of this name already\r\n"},
    {"create with parents and a separator", "a CREATE x/y/z/\r\nb LIST x %\r\nc LIST \"\" x*\r\n",
     "a OK Created\r\n* LIST (\\HasChildren) \"/\" x\r\nb OK Listed\r\n* LIST (\\HasChildren) \"/\" x\r\n"
     "* LIST (\\HasChildren) \"/\" x/y\r\n* LIST (\\HasNoChildren) \"/\" x/y/z\r\nc OK Listed\r\n"},
    {"create for a use",
     "a CREATE Old (USE (\\archive))\r\nb CREATE Out (USE (\\Sent))\r\nc CREATE All (USE (\\All))\r\n"
     "d CREATE Two (USE (\\Junk \\Trash))\r\ne CREATE None (USE ())\r\nf LIST (SPECIAL-USE) \"\" *\r\n",
     "a OK Created\r\nb NO [USEATTR] No mailbox can be made for this use; nothing was changed\r\n"
     "c NO [USEATTR] No mailbox can be made for this use; nothing was changed\r\n"
     "d NO [USEATTR] No mailbox can be made for this use; nothing was changed\r\ne OK Created\r\n"
     "* LIST (\\HasNoChildren \\Archive) \"/\" Old\r\n* LIST (\\HasNoChildren \\Sent) \"/\" Sent\r\nf OK Listed\r\n"},
    {"names that are none",
     "a CREATE \"\"\r\nb CREATE &\r\nc CREATE a//b\r\nd CREATE {2}\r\n\xc3\xbc\r\ne CREATE \"\xc3\xbc\"\r\n",
     "a NO [CANNOT] not a mailbox name\r\nb NO [CANNOT] not a mailbox name\r\n"
     "c NO [CANNOT] This cannot be done with a mailbox of this name\r\n"
     "+ Ready for the literal\r\nd NO [CANNOT] not a mailbox name\r\ne NO [CANNOT] not a mailbox name\r\n"},
    {"delete",
     "a DELETE Sent\r\nb DELETE Sent\r\nc DELETE inbox\r\nd DELETE work\r\ne DELETE work/Entw&APw-rfe\r\nf LIST \"\" "
     "*\r\n",
     "a OK Deleted\r\nb NO [NONEXISTENT] There is no such mailbox\r\nc NO [CANNOT] INBOX cannot be deleted\r\n"
     "d NO [HASCHILDREN] There are mailboxes below it; nothing was changed\r\ne OK Deleted\r\n"
     "* LIST (\\HasNoChildren) \"/\" INBOX\r\n* LIST (\\HasNoChildren) \"/\" work\r\nf OK Listed\r\n"},
    {"a subscription outlives its mailbox", "a DELETE Sent\r\nb LSUB \"\" S*\r\nc CREATE Sent\r\nd LSUB \"\" S*\r\n",
     "a OK Deleted\r\n* LSUB (\\Noselect \\HasNoChildren) \"/\" Sent\r\nb OK Listed\r\nc OK Created\r\n"
     "* LSUB (\\HasNoChildren) \"/\" Sent\r\nd OK Listed\r\n"},
    {"rename", "a RENAME work a/b\r\nb LIST \"\" *\r\nc RENAME work x\r\nd RENAME Sent inbox\r\ne RENAME a a/c\r\n",
     "a OK Renamed\r\n* LIST (\\HasNoChildren) \"/\" INBOX\r\n* LIST (\\HasNoChildren \\Sent) \"/\" Sent\r\n"
     "* LIST (\\HasChildren) \"/\" a\r\n* LIST (\\HasChildren) \"/\" a/b\r\n"
     "* LIST (\\HasNoChildren) \"/\" a/b/Entw&APw-rfe\r\nb OK Listed\r\nc NO [NONEXISTENT] There is no such mailbox\r\n"
     "d NO [ALREADYEXISTS] There is a mailbox of this name already\r\n"
     "e NO [CANNOT] This cannot be done with a mailbox of this name\r\n"},
    {"subscribe",
     "a SUBSCRIBE work\r\nb SUBSCRIBE work\r\nc UNSUBSCRIBE work\r\nd UNSUBSCRIBE work\r\ne SUBSCRIBE \"&\"\r\n",
     "a OK Subscribed\r\nb OK Subscribed\r\nc OK Not subscribed any more\r\nd OK Not subscribed any more\r\n"
     "e NO [CANNOT] not a mailbox name\r\n"},
    {"syntax",
     "a CREATE\r\nb CREATE x y\r\nc CREATE x (USE (\\Sent)\r\nd CREATE x (FROB ())\r\ne DELETE x y\r\nf RENAME x\r\n"
     "g SUBSCRIBE\r\nh CREATE x (USE (Sent))\r\n",
     "a BAD a space is missing\r\nb BAD USE is all that can be said of a new mailbox\r\n"
     "c BAD a list of uses that does not end\r\nd BAD USE is all that can be said of a new mailbox\r\n"
     "e BAD more than expected\r\nf BAD a space is missing\r\ng BAD a space is missing\r\n"
     "h BAD a list of uses that does not end\r\n"},
};

TEST(ImapMailboxCommands, Change) {
  for (const auto& r : change_rows) replay(r, "");
}

constexpr row selected_rows[] = {
    {"search in UTF-8",
     "a SEARCH CHARSET UTF-8 UID 1\r\nb ENABLE UTF8=ACCEPT\r\nc SEARCH CHARSET UTF-8 UID 1\r\nd SEARCH UID 1\r\n",
     "* SEARCH 1\r\na OK Searched\r\n* ENABLED UTF8=ACCEPT\r\nb OK Enabled\r\n"
     "c BAD There is no other charset after ENABLE UTF8=ACCEPT\r\n* SEARCH 1\r\nd OK Searched\r\n"},
    {"delete of the selected one", "a DELETE inbox\r\nb CHECK\r\n",
     "a NO [CANNOT] INBOX cannot be deleted\r\nb OK Checked\r\n"},
    {"rename INBOX", "a RENAME INBOX Old/mail\r\nb FETCH 1:* UID\r\nc STATUS Old/mail (MESSAGES)\r\nd SELECT inbox\r\n",
     "* 1 EXPUNGE\r\n* 1 EXPUNGE\r\n* 1 EXPUNGE\r\na OK Renamed\r\nb BAD There is no message of this number\r\n"
     "* STATUS Old/mail (MESSAGES 3)\r\nc OK That is how it is\r\n"
     "* FLAGS (\\Seen \\Answered \\Flagged \\Deleted \\Draft $Forwarded $Junk $NotJunk $Phishing $MDNSent)\r\n"
     "* OK [PERMANENTFLAGS (\\Seen \\Answered \\Flagged \\Deleted \\Draft $Forwarded $Junk $NotJunk $Phishing "
     "$MDNSent \\*)] These are kept\r\n* 0 EXISTS\r\n* 0 RECENT\r\n"
     "* OK [UIDVALIDITY 1001] UIDs hold\r\n* OK [UIDNEXT 8] The next one\r\nd OK [READ-WRITE] Opened\r\n"},
};

TEST(ImapMailboxCommands, OfTheSelectedMailbox) {
  for (const auto& r : selected_rows) replay(r, "INBOX");
  const row left = {"delete of the selected one", "a DELETE Sent\r\nb CHECK\r\n",
                    "* OK [CLOSED] The mailbox that is to be deleted was left\r\na OK Deleted\r\n"
                    "b BAD this command is not allowed now\r\n"};
  replay(left, "Sent");
}

// A session goes on in a mailbox that it has renamed, or whose parent it has: COPY to the new name is one to itself.
TEST(ImapMailboxCommands, RenameOfTheSelectedMailbox) {
  const row goes_on = {"", "a RENAME work x\r\nb APPEND x/Entw&APw-rfe {1+}\r\nx\r\n",
                       "a OK Renamed\r\n* 1 EXISTS\r\n* 0 RECENT\r\nb OK [APPENDUID 1004 1] Stored\r\n"};
  for (std::size_t cut = 0; cut <= goes_on.in.size(); ++cut) {
    conversation one(open_options());
    one.say(login);
    one.say("s SELECT work/Entw&APw-rfe\r\n");
    (void)one.listen();
    one.say(goes_on.in.substr(0, 17));
    one.world.selected = "x/Entwürfe";
    one.say(goes_on.in.substr(17));
    ASSERT_EQ(one.listen(), goes_on.out);
  }
}

constexpr row status_rows[] = {
    {"all items", "a STATUS inbox (MESSAGES UNSEEN UIDNEXT uidvalidity RECENT DELETED SIZE APPENDLIMIT SIZE)\r\n",
     "* STATUS INBOX (MESSAGES 3 UNSEEN 2 UIDNEXT 8 UIDVALIDITY 1001 RECENT 0 DELETED 0 SIZE 124 APPENDLIMIT 1000)\r\n"
     "a OK That is how it is\r\n"},
    {"of nothing", "a STATUS nothing (MESSAGES)\r\n", "a NO [NONEXISTENT] There is no such mailbox\r\n"},
    {"of what is no item", "a STATUS inbox (SIZES)\r\nb STATUS inbox ()\r\nc STATUS inbox MESSAGES\r\n",
     "a BAD no such status item\r\nb BAD an atom is missing\r\nc BAD a list of items is missing\r\n"},
};

TEST(ImapMailboxCommands, Status) {
  for (const auto& r : status_rows) replay(r, "");
}

constexpr row utf8_rows[] = {
    {"namespace", "a NAMESPACE\r\nb NAMESPACE x\r\n",
     "* NAMESPACE ((\"\" \"/\")) NIL NIL\r\na OK That is where mailboxes are\r\nb BAD more than expected\r\n"},
    {"enable", "a ENABLE X-Y utf8=accept\r\nb ENABLE UTF8=ACCEPT CONDSTORE\r\nc ENABLE\r\nd ENABLE (x)\r\n",
     "* ENABLED UTF8=ACCEPT\r\na OK Enabled\r\n* ENABLED\r\nb OK Enabled\r\nc BAD a space is missing\r\n"
     "d BAD an atom is missing\r\n"},
    {"names are UTF-8",
     "a ENABLE UTF8=ACCEPT\r\nb LIST \"\" \"work/Entw\xc3\xbc*\"\r\nc STATUS \"work/Entwu\xcc\x88rfe\" (MESSAGES)\r\n"
     "d CREATE \"Entw&APw-rfe\"\r\ne LIST \"\" E*\r\nf CREATE {3+}\r\n\xe2\x82\xac\r\ng LIST \"\" \xe2\x82\xac\r\n"
     "h LIST \"\" \"\xe2\x82\xac\"\r\n",
     "* ENABLED UTF8=ACCEPT\r\na OK Enabled\r\n* LIST (\\HasNoChildren) \"/\" \"work/Entw\xc3\xbcrfe\"\r\nb OK "
     "Listed\r\n"
     "* STATUS \"work/Entw\xc3\xbcrfe\" (MESSAGES 0)\r\nc OK That is how it is\r\nd OK Created\r\n"
     "* LIST (\\HasNoChildren) \"/\" Entw&APw-rfe\r\ne OK Listed\r\nf OK Created\r\n"
     "g BAD a mailbox pattern is missing\r\n* LIST (\\HasNoChildren) \"/\" \"\xe2\x82\xac\"\r\nh OK Listed\r\n"},
    {"quoted and no UTF-8", "a ENABLE UTF8=ACCEPT\r\nb LIST \"\" \"\xff\"\r\nc CREATE {1+}\r\n\xff\r\n",
     "* ENABLED UTF8=ACCEPT\r\na OK Enabled\r\nb BAD a quoted string that is not UTF-8\r\n"
     "c NO [CANNOT] not a mailbox name\r\n"},
    {"a message in UTF-8",
     "a APPEND Sent UTF8 (~{4+}\r\nbody)\r\nb ENABLE UTF8=ACCEPT\r\nc APPEND Sent (\\Seen) UTF8 (~{4}\r\nbody)\r\n"
     "d APPEND Sent UTF8 (~{4+}\r\nbody\r\ne APPEND Sent {4+}\r\nbody)\r\nf APPEND Sent ~{4+}\r\nbody\r\n"
     "g STATUS Sent (MESSAGES)\r\n",
     "a BAD UTF8 belongs to ENABLE UTF8=ACCEPT; nothing was stored\r\n* ENABLED UTF8=ACCEPT\r\nb OK Enabled\r\n"
     "+ Ready for the message\r\nc OK [APPENDUID 1002 1] Stored\r\nd BAD This is not how APPEND ends; nothing was "
     "stored\r\ne BAD This is not how APPEND ends; nothing was stored\r\n"
     "f OK [APPENDUID 1002 2] Stored\r\n* STATUS Sent (MESSAGES 2)\r\ng OK That is how it is\r\n"},
};

TEST(ImapMailboxCommands, Utf8AndNamespace) {
  for (const auto& r : utf8_rows) replay(r, "");
}

TEST(ImapMailboxCommands, SayWhyTheyCannot) {
  const std::pair<fault_code, std::string_view> whys[] = {
      {fault_code::too_long, "a NO [LIMIT] This is too much; nothing was changed\r\n"},
      {fault_code::out_of_range, "a NO [LIMIT] This is too much; nothing was changed\r\n"},
      {fault_code::disk, "a NO [UNAVAILABLE] The server cannot do this now; please try again\r\n"}};
  for (const char* in :
       {"a CREATE x\r\n", "a DELETE x\r\n", "a RENAME x y\r\n", "a SUBSCRIBE x\r\n", "a LIST \"\" *\r\n"})
    for (const auto& [why, out] : whys) {
      conversation one(open_options());
      one.say(login);
      (void)one.listen();
      one.world.refuse = why;
      one.say(in);
      EXPECT_EQ(one.listen(), out) << in;
    }
}

// IM10: a long list waits for the client to take what it was sent.
TEST(ImapMailboxCommands, ListWaitsForASlowClient) {
  session core(open_options());
  core.start();
  core.received("l LOGIN ada stagecoach\r\na LIST \"\" *\r\n");
  (void)core.next();
  (void)core.next();
  core.answered(signed_in{});
  (void)core.next();
  ASSERT_TRUE(std::holds_alternative<need_mailboxes>(*core.next()));
  mailbox_list list;
  for (int i = 0; i < 10'000; ++i)
    list.all.emplace_back().name = "a mailbox with quite a long name " + std::to_string(i);
  core.answered(list);
  std::size_t lines = 0;
  std::size_t stops = 0;
  while (auto what = core.next()) {
    if (const auto* bytes = std::get_if<send>(&*what)) {
      EXPECT_LT(bytes->bytes.size(), unsent_bytes_max + 10'000);
      lines += static_cast<std::size_t>(std::count(bytes->bytes.begin(), bytes->bytes.end(), '\n'));
    }
    if (!std::holds_alternative<need_drained>(*what)) continue;
    ++stops;
    core.answered(drained{});
  }
  EXPECT_EQ(lines, 10'001U);
  EXPECT_GE(stops, 2U);
}

TEST(ImapMailboxCommands, ListIsLimited) {
  conversation one(open_options());
  one.say(login);
  (void)one.listen();
  std::string many = "a LIST \"\" (";
  for (std::size_t i = 0; i <= list_patterns_max; ++i) many += "a ";
  many.back() = ')';
  one.say(many + "\r\n");
  EXPECT_EQ(one.listen(), "a BAD too many patterns\r\n");
  one.say("b LIST \"\" \"" + std::string(list_pattern_bytes_max + 1, '*') + "\"\r\n");
  EXPECT_EQ(one.listen(), "b BAD a pattern too long\r\n");
}

}  // namespace
}  // namespace stagecoach::imap

// Errors on demand: which address provokes what, when, and that a real server never listens to them.
#include "protocols/smtp/provoked.hpp"

#include <gtest/gtest.h>

#include "tests/support/smtp_reception.hpp"

namespace stagecoach::smtp {
namespace {

session_options options(bool provokes) {
  session_options o{"mx.test", 1000, true, false};
  o.provokes_errors = provokes;
  return o;
}

struct row {
  const char* name;
  std::string local;
  std::string at_mail;  // the code and enhanced code that it provokes there; "silence"; empty: nothing
  std::string at_rcpt;
  std::string at_message;
};

const row rows[] = {
    {"an ordinary one", "ada", "", "", ""},
    {"temperror", "temperror", "", "", "451 4.3.0"},
    {"permerror", "permerror", "", "", "550 5.1.1"},
    {"at the end of a name", "ada+temperror", "", "", "451 4.3.0"},
    {"not in its middle", "temperror.ada", "", "", ""},
    {"in capitals", "PermError", "", "", "550 5.1.1"},
    {"full", "452", "", "", "452 4.2.2"},
    {"behind a name", "ada-552", "", "", "552 5.2.2"},
    {"one that nobody uses", "ada477", "", "", "477 4.0.0"},
    {"permanent that nobody uses", "599", "", "", "599 5.0.0"},
    {"lowest", "400", "", "", "400 4.0.0"},
    {"too low", "399", "", "", ""},
    {"too high", "600", "", "", ""},
    {"the end of a longer number", "1452", "", "", "452 4.2.2"},
    {"two digits", "52", "", "", ""},
    {"digits apart", "4 52", "", "", ""},
    {"timeout", "timeout", "", "", "silence"},
    {"slow", "slow5s", "", "", "5 s later"},
    {"very slow", "ada+slow999s", "", "", "999 s later"},
    {"slow at once", "slow0s", "", "", ""},
    {"slow without a time", "slows", "", "", ""},
    {"a time without slow", "5s", "", "", ""},
    {"slower than anybody waits", "slow1000s", "", "", ""},
    {"mailfrom and slow", "mailfrom-slow1s", "1 s later", "", ""},
    {"rcptto and slow", "rcptto-SLOW10S", "", "10 s later", ""},
    {"mailfrom", "mailfrom-temperror", "451 4.3.0", "", ""},
    {"mailfrom without a dash", "mailfrompermerror", "550 5.1.1", "", ""},
    {"mailfrom with a code", "mailfrom553", "553 5.1.3", "", ""},
    {"mailfrom alone", "mailfrom", "", "", ""},
    {"rcptto", "rcptto-temperror", "", "451 4.3.0", ""},
    {"rcptto with a code", "rcptto421", "", "421 4.3.2", ""},
    {"rcptto and silence", "rcpttotimeout", "", "silence", ""},
};

std::string seen(const std::optional<provoked>& what) {
  if (!what) return {};
  if (std::holds_alternative<silence>(*what)) return "silence";
  if (const auto* late = std::get_if<delay>(&*what)) return std::to_string(late->time.count()) + " s later";
  const auto& answer = std::get<reply>(*what);
  return std::to_string(answer.code) + " " + std::string(answer.enhanced);
}

TEST(Provoked, SaysWhatAndWhen) {
  for (const auto& r : rows) {
    SCOPED_TRACE(r.name);
    const address a{r.local, {"example.org"}};
    EXPECT_EQ(seen(provoked_by(a, moment::mail)), r.at_mail);
    EXPECT_EQ(seen(provoked_by(a, moment::rcpt)), r.at_rcpt);
    EXPECT_EQ(seen(provoked_by(a, moment::message)), r.at_message);
  }
}

// A dialogue after EHLO; "|" ends a turn.
struct dialogue_row {
  const char* name;
  std::string in;
  std::string out;
  std::size_t aborted = 0;
};

const std::string sender_ok = "250 2.1.0 Sender OK\n";
const std::string recipient_ok = "250 2.1.5 Recipient OK\n";
const std::string go_ahead = "354 Go ahead, end with <CRLF>.<CRLF>\n";
const std::string asked = " The address asked for this\n";
const std::string ok = "250 2.0.0 OK\n";

const dialogue_row dialogues[] = {
    {"at MAIL", "MAIL FROM:<mailfrom-450@x>\nRCPT TO:<r@y>\n", "450 4.2.1" + asked + "503 5.5.1 MAIL first\n"},
    {"a sender without the prefix is a sender", "MAIL FROM:<permerror@x>\n", sender_ok},
    {"the null sender asks for nothing", "MAIL FROM:<>\n", sender_ok},
    {"at RCPT, and the others go on", "MAIL FROM:<s@x>\nRCPT TO:<rcptto-permerror@y>\nRCPT TO:<r@y>\nDATA\n|a: b\n.\n",
     sender_ok + "550 5.1.1" + asked + recipient_ok + go_ahead + "250 2.0.0 Delivered t1\n"},
    {"all at RCPT", "MAIL FROM:<s@x>\nRCPT TO:<rcptto550@y>\nDATA\n",
     sender_ok + "550 5.1.1" + asked + "554 5.5.1 No valid recipients\n"},
    {"after DATA, and the next mail is taken",
     "MAIL FROM:<s@x>\nRCPT TO:<r@y>\nRCPT TO:<temperror@y>\nDATA\n|a: b\n.\nMAIL FROM:<s@x>\n",
     sender_ok + recipient_ok + recipient_ok + go_ahead + "451 4.3.0" + asked + sender_ok, 1},
    {"the first of two decides", "MAIL FROM:<s@x>\nRCPT TO:<452@y>\nRCPT TO:<permerror@y>\nDATA\n|a: b\n.\n",
     sender_ok + recipient_ok + recipient_ok + go_ahead + "452 4.2.2" + asked, 1},
    {"after the last BDAT", "MAIL FROM:<s@x>\nRCPT TO:<552@y>\nBDAT 3\na: BDAT 3 LAST\nb\nNOOP\n",
     sender_ok + recipient_ok + "250 2.0.0 Chunk OK\n552 5.2.2" + asked + ok, 1},
    {"what is wrong with the message comes first", "MAIL FROM:<s@x>\nRCPT TO:<451@y>\nDATA\n|.\n",
     sender_ok + recipient_ok + go_ahead + "550 5.6.0 Message is empty\n", 1},
    {"421 closes", "MAIL FROM:<s@x>\nRCPT TO:<rcptto-421@y>\nNOOP\n", sender_ok + "421 4.3.2" + asked + "[close]"},
    {"late at MAIL", "MAIL FROM:<mailfromslow2s@x>\nNOOP\n", "[wait 2 s]" + sender_ok + ok},
    {"late at RCPT, and then as usual", "MAIL FROM:<s@x>\nRCPT TO:<rcptto-slow2s@y>\nRCPT TO:<r2@y>\n",
     sender_ok + "[wait 2 s]" + recipient_ok + recipient_ok},
    {"late after DATA, and delivered", "MAIL FROM:<s@x>\nRCPT TO:<slow5s@y>\nDATA\n|a: b\n.\nNOOP\n",
     sender_ok + recipient_ok + go_ahead + "[wait 5 s]250 2.0.0 Delivered t1\n" + ok},
    {"the second attempt is taken", "MAIL FROM:<s@x>\nRCPT TO:<a+GreyList@y>\nRCPT TO:<a+greylist@y>\nRCPT TO:<r@y>\n",
     sender_ok + "450 4.7.1 Greylisted, try again\n" + "450 4.7.1 Greylisted, try again\n" + recipient_ok},
    {"each sender is turned away once",
     "MAIL FROM:<s@x>\nRCPT TO:<greylist@y>\nRSET\nMAIL FROM:<>\nRCPT TO:<greylist@y>\nRCPT TO:<greylist@y>\n",
     sender_ok + "450 4.7.1 Greylisted, try again\n" + ok + sender_ok + "450 4.7.1 Greylisted, try again\n" +
         recipient_ok},
    {"silence at RCPT", "MAIL FROM:<s@x>\nRCPT TO:<rcptto-timeout@y>\nNOOP\n|NOOP\n", sender_ok + "[silent 3600 s]"},
    {"silence after DATA", "MAIL FROM:<s@x>\nRCPT TO:<timeout@y>\nDATA\n|a: b\n.\nNOOP\n|QUIT\n",
     sender_ok + recipient_ok + go_ahead + "[silent 3600 s]", 1},
};

std::string crlf(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '\n' ? "\r\n" : std::string(1, c);
  return out;
}

TEST(Provoked, ComesAtItsMomentAtEveryCut) {
  for (const auto& r : dialogues) {
    SCOPED_TRACE(r.name);
    const auto dialogue = split_turns(crlf("EHLO a\n|" + r.in));
    for (const auto when : {taking::each_piece, taking::each_turn}) {
      for (std::size_t cut = 0; cut <= octets_of(dialogue); ++cut) {
        reception there(options(true));
        const auto all = there.talk(dialogue, cut == 0 ? every_octet(dialogue) : std::vector<std::size_t>{cut}, when);
        const auto last_of_ehlo = std::string("250 SMTPUTF8\r\n");
        ASSERT_EQ(all.substr(all.find(last_of_ehlo) + last_of_ehlo.size()), crlf(r.out)) << "cut at " << cut;
        ASSERT_EQ(there.aborted(), r.aborted);
        ASSERT_FALSE(there.is_open());
      }
    }
  }
}

TEST(Provoked, IsNothingToARealServer) {
  for (const auto& r : dialogues) {
    SCOPED_TRACE(r.name);
    reception there(options(false));
    const auto all = there.talk(split_turns(crlf("EHLO a\n|" + r.in)), {}, taking::each_turn);
    EXPECT_EQ(all.find("The address asked"), all.npos) << all;
    EXPECT_EQ(all.find("[silent"), all.npos) << all;
    EXPECT_EQ(all.find("[wait"), all.npos) << all;
  }
}

TEST(Provoked, SilenceEndsByTimeOrByTheServersEnd) {
  const turns until_silence = {"EHLO a\r\n", "MAIL FROM:<mailfrom-timeout@x>\r\n"};
  reception waiting(options(true));
  (void)waiting.talk(until_silence, {}, taking::each_turn);
  EXPECT_TRUE(waiting.core().wants_input());  // so that the end of a client that gives up is seen
  EXPECT_FALSE(waiting.core().is_asking());
  waiting.core().timed_out();
  EXPECT_EQ(waiting.take(), "421 4.4.2 Timeout\r\n[close]");

  reception stopping(options(true));
  (void)stopping.talk(until_silence, {}, taking::each_turn);
  stopping.core().drain();
  EXPECT_EQ(stopping.take(), "421 4.3.2 Server is going down, try again\r\n[close]");
}

TEST(Provoked, ByASubmissionToo) {
  session_options o = options(true);
  o.kind = service::submission;
  o.login_needs_tls = false;
  reception there(o);
  const turns dialogue = {"EHLO a\r\n", "AUTH PLAIN AGFkYQBzdGFnZWNvYWNo\r\n", "MAIL FROM:<mailfrom-451@x>\r\n",
                          "MAIL FROM:<s@x>\r\nRCPT TO:<rcptto-452@y>\r\nRCPT TO:<553@y>\r\nDATA\r\n", "a: b\r\n.\r\n"};
  const auto all = there.talk(dialogue, {}, taking::each_turn);
  EXPECT_NE(all.find("235 2.7.0 Signed in\r\n451 4.3.0 The address asked for this\r\n250 2.1.0 Sender OK\r\n"
                     "452 4.2.2 The address asked for this\r\n250 2.1.5 Recipient OK\r\n354 "),
            all.npos)
      << all;
  EXPECT_TRUE(all.ends_with("553 5.1.3 The address asked for this\r\n")) << all;
}

}  // namespace
}  // namespace stagecoach::smtp

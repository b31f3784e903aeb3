// Every verb, every order of them, pipelining, TLS, limits: dialogues and what the client sees, at every cut of the
// input.
#include "protocols/smtp/session.hpp"

#include <gtest/gtest.h>

#include "tests/support/smtp_reception.hpp"

namespace stagecoach::smtp {
namespace {

// In the dialogues a newline is CRLF and "|" ends a turn: the client reads before it goes on.
std::string crlf(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '\n' ? "\r\n" : std::string(1, c);
  return out;
}

session_options options() { return {"mx.test", 1000, true, false}; }
const std::string greeting = "220 mx.test ESMTP Stagecoach\n";
const std::string ehlo_reply =
    "250-mx.test\n250-PIPELINING\n250-SIZE 1000\n250-STARTTLS\n250-ENHANCEDSTATUSCODES\n250-8BITMIME\n"
    "250-CHUNKING\n250-BINARYMIME\n250-LIMITS RCPTMAX=1000\n250 SMTPUTF8\n";
const std::string in_mail = "EHLO a\n|MAIL FROM:<s@x>\nRCPT TO:<r@y>\n";

struct row {
  const char* name;
  std::string in;   // after the greeting
  std::string out;  // after the greeting
};

void expect_at_every_cut(const row& r, taking when) {
  SCOPED_TRACE(r.name);
  const auto dialogue = split_turns(crlf(r.in));
  const auto expected = crlf(greeting + r.out);
  std::vector<std::vector<std::size_t>> all_cuts = {every_octet(dialogue)};
  for (std::size_t cut = 0; cut < octets_of(dialogue); ++cut) all_cuts.push_back({cut});
  for (const auto& cuts : all_cuts) {
    reception there(options());
    ASSERT_EQ(there.talk(dialogue, cuts, when), expected) << "first cut at " << cuts.front();
    EXPECT_FALSE(there.is_open());
  }
}

void expect_all(const std::vector<row>& rows) {
  for (const auto& r : rows) {
    expect_at_every_cut(r, taking::each_piece);
    expect_at_every_cut(r, taking::each_turn);
  }
}

TEST(SmtpSession, Greets) {
  expect_all({
      {"EHLO", "EHLO client.example\n", ehlo_reply},
      {"HELO", "HELO client.example\n", "250 mx.test\n"},
      {"in any case", "eHlO [127.0.0.1]\n", ehlo_reply},
      {"spaces at the end", "HELO a \t \n", "250 mx.test\n"},
      {"no name", "EHLO\n", "501 5.5.2 A host name or an address literal is needed\n"},
      {"no name but a space", "EHLO \n", "501 5.5.2 A host name or an address literal is needed\n"},
      {"a tab in the name", "EHLO a\tb\n", "501 5.5.2 A host name or an address literal is needed\n"},
      {"no host name", "EHLO <script>\n", "501 5.5.2 A host name or an address literal is needed\n"},
      {"no literal", "EHLO [IPv6:::::::]\n", "501 5.5.2 A host name or an address literal is needed\n"},
      {"twice", "HELO a\n|EHLO a\n", "250 mx.test\n" + ehlo_reply},
  });
}

TEST(SmtpSession, OffersWhatItHas) {
  reception secure({"mx.test", 5, true, true});
  EXPECT_EQ(secure.take() + secure.talk({"EHLO a\r\n"}, {}, taking::each_piece),
            crlf(greeting + "250-mx.test\n250-PIPELINING\n250-SIZE 5\n250-ENHANCEDSTATUSCODES\n250-8BITMIME\n"
                            "250-CHUNKING\n250-BINARYMIME\n250-LIMITS RCPTMAX=1000\n250 SMTPUTF8\n"));
  reception plain({"mx.test", 5, false, false});
  EXPECT_EQ(plain.talk({"EHLO a\r\n", "STARTTLS\r\n"}, {}, taking::each_piece),
            crlf(greeting + "250-mx.test\n250-PIPELINING\n250-SIZE 5\n250-ENHANCEDSTATUSCODES\n250-8BITMIME\n"
                            "250-CHUNKING\n250-BINARYMIME\n250-LIMITS RCPTMAX=1000\n250 SMTPUTF8\n"
                            "502 5.5.1 Not implemented\n"));
}

TEST(SmtpSession, FirstCommandMustBeSmtp) {
  expect_all({
      {"unknown", "FROB\n", "500 5.5.2 This is SMTP\n[close]"},
      {"HTTP", "GET / HTTP/1.1\nHost: x\n\n", "500 5.5.2 This is SMTP\n[close]"},
      {"empty line", "\n", "500 5.5.2 This is SMTP\n[close]"},
      {"TLS without STARTTLS", "\x16\x03\x01\x02", "500 5.5.2 This is SMTP\n[close]"},
      {"PROXY protocol", "PROXY TCP4 1.2.3.4 5.6.7.8 1 2\n", "500 5.5.2 This is SMTP\n[close]"},
      {"a later one may be unknown", "NOOP\nFROB\n", "250 2.0.0 OK\n500 5.5.1 Unknown command\n"},
      {"a later one may be empty", "NOOP\n\nNOOP\n", "250 2.0.0 OK\n500 5.5.1 Unknown command\n250 2.0.0 OK\n"},
      {"HTTP is never welcome", "NOOP\npost / HTTP/1.1\nNOOP\n", "250 2.0.0 OK\n500 5.5.2 This is SMTP\n[close]"},
      {"nor its header", "NOOP\nHost: x\n", "250 2.0.0 OK\n500 5.5.2 This is SMTP\n[close]"},
  });
}

TEST(SmtpSession, SmallVerbs) {
  expect_all({
      {"NOOP", "NOOP\nNOOP what ever\nnoop\n", "250 2.0.0 OK\n250 2.0.0 OK\n250 2.0.0 OK\n"},
      {"RSET", "RSET\nRSET x\n", "250 2.0.0 OK\n501 5.5.4 This command takes no argument\n"},
      {"QUIT", "QUIT\nNOOP\n", "221 2.0.0 Bye\n[close]"},
      {"QUIT with an argument", "QUIT x\n", "501 5.5.4 This command takes no argument\n"},
      {"VRFY says the same of all", "VRFY ada\nVRFY unknown@y\nVRFY\n",
       "252 2.5.0 Cannot verify, but will take mail for local addresses\n"
       "252 2.5.0 Cannot verify, but will take mail for local addresses\n501 5.5.2 Syntax error\n"},
      {"EXPN", "EXPN list\n", "502 5.5.1 Not implemented\n"},
      {"AUTH", "AUTH PLAIN\n", "502 5.5.1 Not implemented\n"},
      {"HELP", "HELP\nHELP MAIL\n",
       "214 2.0.0 EHLO HELO MAIL RCPT DATA BDAT RSET NOOP VRFY HELP STARTTLS QUIT; see RFC 5321\n"
       "214 2.0.0 EHLO HELO MAIL RCPT DATA BDAT RSET NOOP VRFY HELP STARTTLS QUIT; see RFC 5321\n"},
      {"XCLIENT", "NOOP\nXCLIENT ADDR=1.2.3.4\n", "250 2.0.0 OK\n500 5.5.1 Unknown command\n"},
      {"a verb must end", "NOOPS\n", "500 5.5.2 This is SMTP\n[close]"},
  });
}

TEST(SmtpSession, CommandsHaveAnOrder) {
  expect_all({
      {"MAIL first", "MAIL FROM:<s@x>\n", "503 5.5.1 EHLO first\n"},
      {"RCPT first", "RCPT TO:<r@y>\n", "503 5.5.1 EHLO first\n"},
      {"DATA first", "DATA\n", "503 5.5.1 EHLO first\n"},
      {"RCPT before MAIL", "EHLO a\n|RCPT TO:<r@y>\n", ehlo_reply + "503 5.5.1 MAIL first\n"},
      {"DATA before MAIL", "EHLO a\n|DATA\n", ehlo_reply + "503 5.5.1 MAIL first\n"},
      {"DATA before RCPT", "EHLO a\n|MAIL FROM:<s@x>\nDATA\n",
       ehlo_reply + "250 2.1.0 Sender OK\n503 5.5.1 RCPT first\n"},
      {"MAIL twice", "EHLO a\n|MAIL FROM:<s@x>\nMAIL FROM:<s@x>\n",
       ehlo_reply + "250 2.1.0 Sender OK\n503 5.5.1 A mail has begun already\n"},
      {"RSET forgets the mail", "EHLO a\n|MAIL FROM:<s@x>\nRSET\nRCPT TO:<r@y>\n",
       ehlo_reply + "250 2.1.0 Sender OK\n250 2.0.0 OK\n503 5.5.1 MAIL first\n"},
      {"EHLO forgets the mail", "EHLO a\n|MAIL FROM:<s@x>\nEHLO b\n|RCPT TO:<r@y>\n",
       ehlo_reply + "250 2.1.0 Sender OK\n" + ehlo_reply + "503 5.5.1 MAIL first\n"},
      {"a bad EHLO changes nothing", "EHLO a\n|MAIL FROM:<s@x>\nEHLO\nRCPT TO:<r@y>\n",
       ehlo_reply + "250 2.1.0 Sender OK\n501 5.5.2 A host name or an address literal is needed\n"
                    "250 2.1.5 Recipient OK\n"},
      {"DATA with an argument", "EHLO a\n|MAIL FROM:<s@x>\nRCPT TO:<r@y>\nDATA now\n",
       ehlo_reply + "250 2.1.0 Sender OK\n250 2.1.5 Recipient OK\n501 5.5.4 This command takes no argument\n"},
  });
}

TEST(SmtpSession, Mail) {
  const auto answer = [](std::string reply) { return ehlo_reply + reply; };
  expect_all({
      {"null", "EHLO a\n|MAIL FROM:<>\n", answer("250 2.1.0 Sender OK\n")},
      {"in any case, with spaces after the colon", "EHLO a\n|mail from:  <s@x>\n", answer("250 2.1.0 Sender OK\n")},
      {"no FROM", "EHLO a\n|MAIL <s@x>\n", answer("501 5.5.2 Syntax error\n")},
      {"TO", "EHLO a\n|MAIL TO:<s@x>\n", answer("501 5.5.2 Syntax error\n")},
      {"a space before the colon", "EHLO a\n|MAIL FROM :<s@x>\n", answer("501 5.5.2 Syntax error\n")},
      {"no argument", "EHLO a\n|MAIL\n", answer("501 5.5.2 Syntax error\n")},
      {"no path", "EHLO a\n|MAIL FROM:\n", answer("501 5.1.7 Bad sender address\n")},
      {"no brackets", "EHLO a\n|MAIL FROM:s@x\n", answer("501 5.1.7 Bad sender address\n")},
      {"no domain", "EHLO a\n|MAIL FROM:<s>\n", answer("501 5.1.7 Bad sender address\n")},
      {"beyond ASCII", "EHLO a\n|MAIL FROM:<\xc3\xa9@x>\n",
       answer("553 5.6.7 Addresses must be ASCII unless MAIL says SMTPUTF8\n")},
      {"too long", "EHLO a\n|MAIL FROM:<" + std::string(65, 'a') + "@x>\n",
       answer("553 5.1.7 Sender address too long\n")},
      {"with parameters", "EHLO a\n|MAIL FROM:<s@x> SIZE=1000 BODY=8BITMIME\n", answer("250 2.1.0 Sender OK\n")},
      {"parameters in any case", "EHLO a\n|MAIL FROM:<s@x> body=7bit size=0\n", answer("250 2.1.0 Sender OK\n")},
      {"too large", "EHLO a\n|MAIL FROM:<s@x> SIZE=1001\n", answer("552 5.3.4 Message too large\n")},
      {"SIZE of 20 digits", "EHLO a\n|MAIL FROM:<s@x> SIZE=99999999999999999999\n",
       answer("501 5.5.4 Bad value of a parameter\n")},
      {"SIZE below zero", "EHLO a\n|MAIL FROM:<s@x> SIZE=-1\n", answer("501 5.5.4 Bad value of a parameter\n")},
      {"SIZE in hex", "EHLO a\n|MAIL FROM:<s@x> SIZE=0x10\n", answer("501 5.5.4 Bad value of a parameter\n")},
      {"SIZE twice", "EHLO a\n|MAIL FROM:<s@x> SIZE=1 SIZE=1\n", answer("501 5.5.4 Bad value of a parameter\n")},
      {"SIZE without value", "EHLO a\n|MAIL FROM:<s@x> SIZE\n", answer("501 5.5.4 Bad value of a parameter\n")},
      {"SIZE with an empty value", "EHLO a\n|MAIL FROM:<s@x> SIZE=\n", answer("501 5.5.4 Bad value of a parameter\n")},
      {"BODY that is not offered", "EHLO a\n|MAIL FROM:<s@x> BODY=9BIT\n",
       answer("501 5.5.4 Bad value of a parameter\n")},
      {"BODY of any octets", "EHLO a\n|MAIL FROM:<s@x> BODY=BINARYMIME\n", answer("250 2.1.0 Sender OK\n")},
      {"BODY twice", "EHLO a\n|MAIL FROM:<s@x> BODY=7BIT BODY=7BIT\n", answer("501 5.5.4 Bad value of a parameter\n")},
      {"SMTPUTF8", "EHLO a\n|MAIL FROM:<s@x> SMTPUTF8\n", answer("250 2.1.0 Sender OK\n")},
      {"beyond ASCII with SMTPUTF8",
       "EHLO a\n|MAIL FROM:<\xc3\xa9@b\xc3\xbc"
       "cher.example> smtputf8 SIZE=9\n",
       answer("250 2.1.0 Sender OK\n")},
      {"SMTPUTF8 is no promise of UTF-8", "EHLO a\n|MAIL FROM:<\xc0\x80@x> SMTPUTF8\n",
       answer("553 5.6.7 Address is not valid UTF-8\n")},
      {"SMTPUTF8 with a value", "EHLO a\n|MAIL FROM:<s@x> SMTPUTF8=1\n",
       answer("501 5.5.4 Bad value of a parameter\n")},
      {"SMTPUTF8 twice", "EHLO a\n|MAIL FROM:<s@x> SMTPUTF8 SMTPUTF8\n",
       answer("501 5.5.4 Bad value of a parameter\n")},
      {"AUTH", "EHLO a\n|MAIL FROM:<s@x> AUTH=<>\n", answer("555 5.5.4 Unknown parameter\n")},
      {"no keyword", "EHLO a\n|MAIL FROM:<s@x> =1\n", answer("501 5.5.4 Bad value of a parameter\n")},
      {"no space", "EHLO a\n|MAIL FROM:<s@x>SIZE=1\n", answer("501 5.5.4 Bad value of a parameter\n")},
      {"junk", "EHLO a\n|MAIL FROM:<s@x> > junk\n", answer("501 5.5.4 Bad value of a parameter\n")},
      {"parameters belong to EHLO", "HELO a\n|MAIL FROM:<s@x> SIZE=1\nMAIL FROM:<s@x>\n",
       "250 mx.test\n555 5.5.4 Unknown parameter\n250 2.1.0 Sender OK\n"},
  });
}

TEST(SmtpSession, Recipients) {
  const auto answer = [](std::string reply) { return ehlo_reply + "250 2.1.0 Sender OK\n" + reply; };
  expect_all({
      {"good", "EHLO a\n|MAIL FROM:<s@x>\nRCPT TO:<r@y>\nRCPT TO: <q@y>\n",
       answer("250 2.1.5 Recipient OK\n250 2.1.5 Recipient OK\n")},
      {"unknown", "EHLO a\n|MAIL FROM:<s@x>\nRCPT TO:<unknown@y>\n", answer("550 5.1.1 No such recipient here\n")},
      {"not now", "EHLO a\n|MAIL FROM:<s@x>\nRCPT TO:<later@y>\n", answer("451 4.3.0 Temporary failure, try again\n")},
      {"null", "EHLO a\n|MAIL FROM:<s@x>\nRCPT TO:<>\n", answer("501 5.1.3 Bad recipient address\n")},
      {"FROM", "EHLO a\n|MAIL FROM:<s@x>\nRCPT FROM:<r@y>\n", answer("501 5.5.2 Syntax error\n")},
      {"too long", "EHLO a\n|MAIL FROM:<s@x>\nRCPT TO:<a@" + std::string(64, 'b') + ">\n",
       answer("553 5.1.3 Recipient address too long\n")},
      {"beyond ASCII", "EHLO a\n|MAIL FROM:<s@x>\nRCPT TO:<u@b\xe3\x80\x82x>\n",
       answer("553 5.6.7 Addresses must be ASCII unless MAIL says SMTPUTF8\n")},
      {"UTF-8 is of a mail that says SMTPUTF8",
       "EHLO a\n|MAIL FROM:<s@x> SMTPUTF8\nRCPT TO:<\xc3\xa9@y>\nRSET\nMAIL FROM:<s@x>\nRCPT TO:<\xc3\xa9@y>\n",
       answer("250 2.1.5 Recipient OK\n250 2.0.0 OK\n250 2.1.0 Sender OK\n"
              "553 5.6.7 Addresses must be ASCII unless MAIL says SMTPUTF8\n")},
      {"a mail of nobody has one recipient", "EHLO a\n|MAIL FROM:<>\nRCPT TO:<r@y>\nRCPT TO:<q@y>\n",
       answer("250 2.1.5 Recipient OK\n452 4.5.3 One recipient only for a null sender\n")},
      {"NOTIFY is not offered", "EHLO a\n|MAIL FROM:<s@x>\nRCPT TO:<r@y> NOTIFY=NEVER\n",
       answer("555 5.5.4 Unknown parameter\n")},
      {"junk", "EHLO a\n|MAIL FROM:<s@x>\nRCPT TO:<r@y> > junk\n", answer("501 5.5.4 Bad value of a parameter\n")},
      {"none was good", "EHLO a\n|MAIL FROM:<s@x>\nRCPT TO:<unknown@y>\nDATA\n",
       answer("550 5.1.1 No such recipient here\n[wait 5 s]554 5.5.1 No valid recipients\n")},
      {"postmaster", "EHLO a\n|MAIL FROM:<>\nRCPT TO:<Postmaster>\n", answer("250 2.1.5 Recipient OK\n")},
  });
}

TEST(SmtpSession, AsksForPostmasterAtItsOwnName) {
  reception there({"MX.test", 1000, false, false});
  (void)there.talk(split_turns(crlf("EHLO a\n|MAIL FROM:<>\nRCPT TO:<postMASTER>\n")), {}, taking::each_piece);
  EXPECT_EQ(there.asked(), (std::vector<address>{{"postmaster", {"mx.test"}}}));
}

TEST(SmtpSession, TakesMail) {
  expect_all({
      {"one", in_mail + "DATA\n|Subject: a\n\nb\n.\n",
       ehlo_reply + "250 2.1.0 Sender OK\n250 2.1.5 Recipient OK\n354 Go ahead, end with <CRLF>.<CRLF>\n"
                    "250 2.0.0 Delivered t1\n"},
      {"two, the second pipelined behind the end of the first",
       in_mail + "DATA\n|a: b\n.\nMAIL FROM:<>\nRCPT TO:<r@y>\nDATA\n|c: d\n.\nQUIT\n",
       ehlo_reply + "250 2.1.0 Sender OK\n250 2.1.5 Recipient OK\n354 Go ahead, end with <CRLF>.<CRLF>\n"
                    "250 2.0.0 Delivered t1\n250 2.1.0 Sender OK\n250 2.1.5 Recipient OK\n"
                    "354 Go ahead, end with <CRLF>.<CRLF>\n250 2.0.0 Delivered t2\n221 2.0.0 Bye\n[close]"},
      {"the mail is over after it", in_mail + "DATA\n|a: b\n.\nRCPT TO:<r@y>\n",
       ehlo_reply + "250 2.1.0 Sender OK\n250 2.1.5 Recipient OK\n354 Go ahead, end with <CRLF>.<CRLF>\n"
                    "250 2.0.0 Delivered t1\n503 5.5.1 MAIL first\n"},
      {"an empty one is refused", in_mail + "DATA\n|.\nRCPT TO:<r@y>\n",
       ehlo_reply + "250 2.1.0 Sender OK\n250 2.1.5 Recipient OK\n354 Go ahead, end with <CRLF>.<CRLF>\n"
                    "550 5.6.0 Message is empty\n503 5.5.1 MAIL first\n"},
  });
}

TEST(SmtpSession, HandsTheMailOn) {
  const auto dialogue = split_turns(
      crlf("EHLO c.test\n|MAIL FROM:<S@X> BODY=8BITMIME\nRCPT TO:<\"r 1\"@Y>\nRCPT TO:<unknown@y>\nRCPT TO:<q@y>\n"
           "RCPT TO:<q@Y>\nDATA\n|Subject: a\n\n..b\n.\n"));
  for (std::size_t cut = 0; cut < octets_of(dialogue); ++cut) {
    reception there(options());
    (void)there.talk(dialogue, {cut}, taking::each_piece);
    ASSERT_EQ(there.mails().size(), 1u);
    const auto& one = there.mails().front();
    EXPECT_EQ(one.mail.reverse_path, (address{"S", {"x"}}));
    EXPECT_EQ(one.mail.recipients,
              (std::vector<recipient>{{{"r 1", {"y"}}, account_id{7}}, {{"q", {"y"}}, account_id{7}}}));
    EXPECT_EQ(one.mail.body, body_kind::eight_bit_mime);
    EXPECT_EQ(one.mail.greeting_name, "c.test");
    EXPECT_TRUE(one.mail.is_extended);
    EXPECT_FALSE(one.mail.is_tls);
    EXPECT_EQ(one.body, "Subject: a\r\n\r\n.b\r\n");
    EXPECT_EQ(one.header_bytes, 14u);
  }
}

TEST(SmtpSession, AnswersAfterTheCommit) {
  reception there(options());
  there.failing_sizes = {6};
  EXPECT_TRUE(there.talk(split_turns(crlf(in_mail + "DATA\n|a: b\n.\nMAIL FROM:<s@x>\n")), {}, taking::each_piece)
                  .ends_with("451 4.3.0 Temporary failure, try again\r\n250 2.1.0 Sender OK\r\n"));
  EXPECT_TRUE(there.mails().empty());
}

TEST(SmtpSession, NobodySpeaksOutOfTurn) {
  // The replies are not taken before the turn is over: that is what makes it out of turn.
  const row rows[] = {
      {"pipelined behind EHLO", "EHLO a\nMAIL FROM:<s@x>\n",
       ehlo_reply + "554 5.5.0 Wait for the reply first\n[close]"},
      {"pipelined behind HELO", "HELO a\nNOOP\n", "250 mx.test\n554 5.5.0 Wait for the reply first\n[close]"},
      {"the body behind DATA", in_mail + "DATA\nSubject: a\n\nb\n.\n",
       ehlo_reply + "250 2.1.0 Sender OK\n250 2.1.5 Recipient OK\n354 Go ahead, end with <CRLF>.<CRLF>\n"
                    "554 5.5.0 Wait for the reply first\n[close]"},
      {"the body behind a refused DATA", "EHLO a\n|MAIL FROM:<s@x>\nRCPT TO:<unknown@y>\nDATA\nMAIL FROM:<t@x>\n.\n",
       ehlo_reply + "250 2.1.0 Sender OK\n550 5.1.1 No such recipient here\n[wait 5 s]554 5.5.1 No valid recipients\n"
                    "554 5.5.0 Wait for the reply first\n[close]"},
  };
  for (const auto& r : rows) expect_at_every_cut(r, taking::each_turn);
}

TEST(SmtpSession, NobodySpeaksBeforeTheGreeting) {
  session early(options());
  early.received("EHLO a\r\n");
  std::string seen;
  while (auto o = early.next())
    if (const auto* bytes = std::get_if<send>(&*o)) seen += bytes->bytes;
  EXPECT_EQ(seen, crlf(greeting + "554 5.5.0 Wait for the reply first\n"));
  EXPECT_TRUE(early.is_closed());
}

TEST(SmtpSession, LinesEndInCrlfOnly) {
  const std::string refused = "500 5.5.2 Line must end with CRLF, without other CR, LF or NUL\r\n[close]";
  using namespace std::string_literals;
  for (const auto& in :
       {"NOOP\nRSET\r\n"s, "NOOP\rX\r\n"s, "NO\0OP\r\n"s, "NOOP\r\r\n"s, "NOOP \n"s, "\0NOOP\r\n"s, "NOOP\r\0\n"s}) {
    const turns dialogue = {"NOOP\r\n", in};
    for (std::size_t cut = 0; cut < octets_of(dialogue); ++cut) {
      reception there(options());
      EXPECT_EQ(there.talk(dialogue, {cut}, taking::each_piece), crlf(greeting) + "250 2.0.0 OK\r\n" + refused) << in;
    }
  }
}

TEST(SmtpSession, TlsForgetsEverything) {
  const std::string tls_reply = "220 2.0.0 Ready to start TLS\n[tls]";
  const std::string after_tls =
      "250-mx.test\n250-PIPELINING\n250-SIZE 1000\n250-ENHANCEDSTATUSCODES\n250-8BITMIME\n250-CHUNKING\n"
      "250-BINARYMIME\n250-LIMITS RCPTMAX=1000\n250 SMTPUTF8\n";
  expect_all({
      {"EHLO again", "EHLO a\n|STARTTLS\n|EHLO a\n", ehlo_reply + tls_reply + after_tls},
      {"the mail is gone", "EHLO a\n|MAIL FROM:<s@x>\nSTARTTLS\n|RCPT TO:<r@y>\nMAIL FROM:<s@x>\n",
       ehlo_reply + "250 2.1.0 Sender OK\n" + tls_reply + "503 5.5.1 EHLO first\n503 5.5.1 EHLO first\n"},
      {"twice", "EHLO a\n|STARTTLS\n|STARTTLS\n", ehlo_reply + tls_reply + "503 5.5.1 TLS is on already\n"},
      {"with an argument", "EHLO a\n|STARTTLS now\n", ehlo_reply + "501 5.5.4 This command takes no argument\n"},
  });
}

// CVE-2011-0411: what was sent in the clear is never taken for what came through TLS.
TEST(SmtpSession, NothingMayFollowStarttls) {
  expect_at_every_cut({"in one turn", "EHLO a\n|STARTTLS\nRSET\nMAIL FROM:<x@y>\n",
                       ehlo_reply + "501 5.5.1 Nothing may follow STARTTLS\n[close]"},
                      taking::each_turn);

  // Between the command and the handshake.
  session late(options());
  const auto drain = [&] {
    std::string seen;
    while (auto o = late.next()) {
      if (const auto* bytes = std::get_if<send>(&*o)) seen += bytes->bytes;
      if (std::holds_alternative<start_tls>(*o)) seen += "[handshake]";
      if (std::holds_alternative<close>(*o)) seen += "[close]";
    }
    return seen;
  };
  (void)drain();
  late.received("STARTTLS\r\n");
  EXPECT_EQ(drain(), "220 2.0.0 Ready to start TLS\r\n[handshake]");
  EXPECT_FALSE(late.wants_input());
  late.received("EHLO a");
  EXPECT_EQ(drain(), "501 5.5.1 Nothing may follow STARTTLS\r\n[close]");
  late.tls_started();
  EXPECT_TRUE(late.is_closed());
}

TEST(SmtpSession, MarksMailThatCameThroughTls) {
  reception there(options());
  (void)there.talk(split_turns(crlf("EHLO a\n|STARTTLS\n|EHLO a\n|MAIL FROM:<s@x>\nRCPT TO:<r@y>\nDATA\n|a: b\n.\n")),
                   {}, taking::each_piece);
  ASSERT_EQ(there.mails().size(), 1u);
  EXPECT_TRUE(there.mails().front().mail.is_tls);
}

}  // namespace
}  // namespace stagecoach::smtp

// The attack list of SMTP, by its ids SP01 to SP19: what each sends, and all that it gets. What needs sockets and
// clocks is elsewhere, and said at the end.
#include <gtest/gtest.h>

#include <algorithm>

#include "protocols/smtp/limits.hpp"
#include "tests/support/smtp_reception.hpp"

namespace stagecoach::smtp {
namespace {

using namespace std::string_literals;

session_options options() { return {"mx.test", 10'000'000, true, false}; }

std::string repeated(std::string_view text, std::size_t times) {
  std::string out;
  while (times-- > 0) out += text;
  return out;
}

struct row {
  const char* id;
  const char* name;
  turns in;          // after EHLO, unless the row says "early"
  std::string ends;  // of what the client sees
  std::size_t mails = 0;
  bool greets = true;
};

const std::string ok = "250 2.0.0 OK\r\n";
const std::string unknown = "500 5.5.1 Unknown command\r\n";
const std::string mail = "MAIL FROM:<s@x>\r\n";
const std::string mail_and_rcpt = "MAIL FROM:<s@x>\r\nRCPT TO:<r@y>\r\n";
const std::string sender_ok = "250 2.1.0 Sender OK\r\n";
const std::string bad_line = "500 5.5.2 Line must end with CRLF, without other CR, LF or NUL\r\n[close]";
const std::string bad_message = "550 5.6.0 Message contains bare CR, bare LF or NUL\r\n";
const std::string bad_sender = "501 5.1.7 Bad sender address\r\n";
const std::string bad_recipient = "501 5.1.3 Bad recipient address\r\n";
const std::string bad_name = "501 5.5.2 A host name or an address literal is needed\r\n";
const std::string bad_value = "501 5.5.4 Bad value of a parameter\r\n";
const std::string not_ascii = "553 5.6.7 Addresses must be ASCII unless MAIL says SMTPUTF8\r\n";
const std::string not_utf8 = "553 5.6.7 Address is not valid UTF-8\r\n";

// The turn with the body that DATA waits for.
turns message(const std::string& content) { return {mail_and_rcpt + "DATA\r\n", content + "\r\n.\r\n"}; }

const row rows[] = {
    {"SP01",
     "pipelined behind EHLO",
     {"EHLO a\r\nNOOP\r\n"},
     "554 5.5.0 Wait for the reply first\r\n[close]",
     0,
     false},
    {"SP01",
     "the body behind DATA",
     {mail_and_rcpt + "DATA\r\na: b\r\n.\r\n"},
     "554 5.5.0 Wait for the reply first\r\n[close]"},
    {"SP01",
     "the body behind a refused DATA",
     {mail + "RCPT TO:<unknown@y>\r\nDATA\r\na: b\r\n.\r\n"},
     "554 5.5.1 No valid recipients\r\n554 5.5.0 Wait for the reply first\r\n[close]"},
    {"SP02", "a line of 512", {"NOOP " + std::string(505, 'a') + "\r\n"}, ok},
    {"SP02", "parameters of 2,048", {"MAIL FROM:<s@x> " + std::string(2032, ' ') + "SIZE=1\r\n"}, sender_ok},
    {"SP02",
     "more than we take",
     {"NOOP " + std::string(4096, 'a') + "\r\nNOOP\r\n"},
     "500 5.5.6 Line too long\r\n" + ok},
    {"SP02", "endless", {std::string(70'000, 'A')}, "500 5.5.6 Line too long\r\n[close]"},
    {"SP03", "one long header line", message("a: " + std::string(300 * 1024, 'x')),
     "552 5.3.4 Message header too large\r\n"},
    {"SP03", "many header lines", message(repeated("To: a@b\r\n", 500'000)), "552 5.3.4 Message header too large\r\n"},
    {"SP03", "a header folded often", message("a: b\r\n" + repeated(" c\r\n", 1'000'000)),
     "552 5.3.4 Message header too large\r\n"},
    {"SP03", "a long header name", message(std::string(1'000'000, 'n') + ": a"),
     "552 5.3.4 Message header too large\r\n"},
    {"SP04", "NUL in a command", {"NO\0OP\r\n"s}, bad_line},
    {"SP04", "NUL in a header", message("a: \0\r\n\r\nb"s), bad_message},
    {"SP04", "NUL in a body", message("a: b\r\n\r\n\0"s), bad_message},
    {"SP05", "8 bit in MAIL", {"MAIL FROM:<\xc3\xa9@x>\r\n"}, not_ascii},
    {"SP05", "8 bit in RCPT", {mail + "RCPT TO:<\xc3\xa9@x>\r\n"}, not_ascii},
    {"SP05", "8 bit in a header", message("a: \xc3\xa9\r\n\r\nb"), "250 2.0.0 Delivered t1\r\n", 1},
    {"SP05", "overlong UTF-8", {"MAIL FROM:<\xc0\x80@x> SMTPUTF8\r\n"}, not_utf8},
    {"SP05", "a surrogate", {"MAIL FROM:<\xed\xa0\x80@x> SMTPUTF8\r\n"}, not_utf8},
    {"SP05", "truncated UTF-8", {"MAIL FROM:<s@x> SMTPUTF8\r\nRCPT TO:<\xc3@x>\r\n"}, not_utf8},
    {"SP06", "8 bit in a body", message("a: b\r\n\r\n\xe9"), "250 2.0.0 Delivered t1\r\n", 1},
    {"SP08",
     "unknown recipients",
     {mail + repeated("RCPT TO:<unknown@y>\r\n", 100)},
     "421 4.7.0 Too many errors\r\n[close]"},
    {"SP09",
     "VRFY of somebody",
     {"VRFY ada@y\r\n"},
     "252 2.5.0 Cannot verify, but will take mail for local addresses\r\n"},
    {"SP09",
     "VRFY of nobody",
     {"VRFY unknown\r\n"},
     "252 2.5.0 Cannot verify, but will take mail for local addresses\r\n"},
    {"SP09", "EXPN", {"EXPN ada\r\n"}, "502 5.5.1 Not implemented\r\n"},
    {"SP10", "NOOP", {repeated("NOOP\r\n", 200)}, "421 4.7.0 Too many commands without a mail\r\n[close]"},
    {"SP10", "RSET", {repeated("RSET\r\n", 200)}, "421 4.7.0 Too many commands without a mail\r\n[close]"},
    {"SP10", "HELP", {repeated("HELP junk\r\n", 200)}, "421 4.7.0 Too many commands without a mail\r\n[close]"},
    {"SP13", "SIZE of 20 digits", {"MAIL FROM:<s@x> SIZE=99999999999999999999\r\n"}, bad_value},
    {"SP13", "SIZE below zero", {"MAIL FROM:<s@x> SIZE=-1\r\n"}, bad_value},
    {"SP13", "SIZE in hexadecimal", {"MAIL FROM:<s@x> SIZE=0x10\r\n"}, bad_value},
    {"SP13", "SIZE twice", {"MAIL FROM:<s@x> SIZE=1 SIZE=1\r\n"}, bad_value},
    {"SP13", "SIZE over the limit", {"MAIL FROM:<s@x> SIZE=10000001\r\n"}, "552 5.3.4 Message too large\r\n"},
    {"SP13",
     "a SIZE that is not true",
     {"MAIL FROM:<s@x> SIZE=1\r\nRCPT TO:<r@y>\r\nDATA\r\n",
      "a: b\r\n\r\n" + std::string(10'000'000, 'x') + "\r\n.\r\n"},
     "552 5.3.4 Message too large\r\n"},
    {"SP14",
     "nobody to two",
     {"MAIL FROM:<>\r\nRCPT TO:<r@y>\r\nRCPT TO:<q@y>\r\n"},
     "250 2.1.5 Recipient OK\r\n452 4.5.3 One recipient only for a null sender\r\n"},
    {"SP15",
     "a long local part",
     {"MAIL FROM:<" + std::string(65, 'a') + "@x>\r\n"},
     "553 5.1.7 Sender address too long\r\n"},
    {"SP15",
     "a long domain",
     {mail + "RCPT TO:<a@" + repeated("abcdefghi.", 26) + "x>\r\n"},
     "553 5.1.3 Recipient address too long\r\n"},
    {"SP15", "no local part", {"MAIL FROM:<\"\"@local>\r\n"}, bad_sender},
    {"SP15", "a quote that does not end", {"MAIL FROM:<\"a\\\">\r\n"}, bad_sender},
    {"SP15", "a space", {"MAIL FROM:<a b@c>\r\n"}, bad_sender},
    {"SP15", "only @", {"MAIL FROM:<@>\r\n"}, bad_sender},
    {"SP15", "nobody", {mail + "RCPT TO:<>\r\n"}, bad_recipient},
    {"SP15", "two @", {mail + "RCPT TO:<a@b@c>\r\n"}, bad_recipient},
    {"SP15", "no end", {mail + "RCPT TO:<a@b\r\n"}, bad_recipient},
    {"SP16", "a long name", {"EHLO " + std::string(60 * 1024, 'a') + "\r\n"}, "500 5.5.6 Line too long\r\n"},
    {"SP16", "a name that is too long", {"EHLO " + std::string(300, 'a') + "\r\n"}, bad_name},
    {"SP16", "no literal", {"EHLO [IPv6:::::::]\r\n"}, bad_name},
    {"SP16", "a tab", {"EHLO a\tb\r\n"}, bad_name},
    {"SP16", "markup", {"EHLO <script>\r\n"}, bad_name},
    {"SP17", "XCLIENT", {"XCLIENT ADDR=10.0.0.1\r\n"}, unknown},
    {"SP17", "PROXY", {"PROXY TCP4 10.0.0.1 10.0.0.2 1 2\r\n"}, "500 5.5.2 This is SMTP\r\n[close]", 0, false},
    {"SP17",
     "PROXY, version 2",
     {"\r\n\r\n\0\r\nQUIT\n"s + std::string(65'536, 'x')},
     "500 5.5.2 This is SMTP\r\n[close]",
     0,
     false},
    {"SP18",
     "ORCPT is not offered",
     {mail + "RCPT TO:<r@y> ORCPT=rfc822;a+0d+0aRCPT+20TO:\r\n"},
     "555 5.5.4 Unknown parameter\r\n"},
    {"SP18", "ENVID is not offered", {"MAIL FROM:<s@x> ENVID=+0d+0a\r\n"}, "555 5.5.4 Unknown parameter\r\n"},
    {"SP18", "AUTH is not offered", {"MAIL FROM:<s@x> AUTH=<>\r\n"}, "555 5.5.4 Unknown parameter\r\n"},
    {"SP19", "a shell", {mail + "RCPT TO:<;id;@local>\r\n"}, bad_recipient},
    {"SP19", "an expansion", {mail + "RCPT TO:<${run{id}}@local>\r\n"}, "250 2.1.5 Recipient OK\r\n"},
    {"SP19", "a pipe", {mail + "RCPT TO:<|id@local>\r\n"}, "250 2.1.5 Recipient OK\r\n"},
    {"SP19", "a path", {mail + "RCPT TO:<\"/../../etc/passwd\"@local>\r\n"}, "250 2.1.5 Recipient OK\r\n"},
    {"SP19", "a format", {mail + "RCPT TO:<%s%n@local>\r\n"}, "250 2.1.5 Recipient OK\r\n"},
    {"SP19", "dots", {mail + "RCPT TO:<../../x@local>\r\n"}, bad_recipient},
};

// Not here: SP07 SmtpLimits.Recipients; SP11 SmtpConnection.EndsASilentClient and EndsABodyThatDrips; SP12
// Admission.CountsInAllAndPerNetwork. Of SP18, DSN is not offered yet. That a null sender reaches no list (SP14) waits
// for lists.

TEST(SmtpAbuse, IsAnsweredByTheRow) {
  for (const auto& r : rows) {
    SCOPED_TRACE(std::string(r.id) + " " + r.name);
    auto dialogue = r.greets ? turns{"EHLO a\r\n"} : turns{};
    dialogue.insert(dialogue.end(), r.in.begin(), r.in.end());
    reception there(options());
    const auto seen = there.talk(dialogue, {}, taking::each_turn);
    EXPECT_TRUE(seen.ends_with(r.ends)) << seen.substr(seen.size() > 300 ? seen.size() - 300 : 0);
    EXPECT_EQ(there.mails().size(), r.mails);
    EXPECT_FALSE(there.is_open());
  }
}

// What looks like a command of something else is a name of somebody, and asked of the directory as that.
TEST(SmtpAbuse, NamesAreOnlyNames) {
  reception there(options());
  (void)there.talk({"EHLO a\r\n", mail + "RCPT TO:<|id@local>\r\nRCPT TO:<\"/../../etc/passwd\"@local>\r\n"}, {},
                   taking::each_turn);
  EXPECT_EQ(there.asked(), (std::vector<address>{{"|id", {"local"}}, {"/../../etc/passwd", {"local"}}}));
}

}  // namespace
}  // namespace stagecoach::smtp

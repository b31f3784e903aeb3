// Submission: who may sign in how, every way in which AUTH ends, and what needs it. At every cut of the input.
#include <gtest/gtest.h>

#include "protocols/smtp/limits.hpp"
#include "tests/support/scram_client.hpp"
#include "tests/support/smtp_reception.hpp"

namespace stagecoach::smtp {
namespace {

using namespace std::string_literals;

std::string crlf(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '\n' ? "\r\n" : std::string(1, c);
  return out;
}

constexpr auto submission = service::submission;
session_options with_tls() { return {"mx.test", 1000, true, true, submission, true}; }
session_options without_tls() { return {"mx.test", 1000, true, false, submission, true}; }
session_options on_loopback() { return {"mx.test", 1000, true, false, submission, false}; }

const std::string greeting = "220 mx.test ESMTP Stagecoach\n";
const std::string ehlo_reply =
    "250-mx.test\n250-PIPELINING\n250-SIZE 1000\n"
    "250-AUTH SCRAM-SHA-256-PLUS SCRAM-SHA-256 SCRAM-SHA-1-PLUS SCRAM-SHA-1 PLAIN LOGIN\n"
    "250-ENHANCEDSTATUSCODES\n250-8BITMIME\n250-CHUNKING\n250-BINARYMIME\n250-LIMITS RCPTMAX=1000\n250 SMTPUTF8\n";
const std::string good = "235 2.7.0 Signed in\n";
const std::string wrong = "535 5.7.8 Wrong name or password\n";
const std::string no_base64 = "501 5.5.2 This is not base64\n";
const std::string no_message = "501 5.5.2 This is no message of the mechanism\n";

std::string plain(std::string_view text) { return to_base64(text); }
const std::string ada = plain("\0ada\0stagecoach"s);
const std::string eve = plain("\0eve\0guess"s);

struct row {
  const char* name;
  std::string in;   // after EHLO, newlines are CRLF
  std::string out;  // after its reply
  std::vector<std::string> sign_ins;
};

// `key`: of the client's certificate.
void expect(const row& r, const session_options& options, const std::optional<public_key_hash>& key) {
  SCOPED_TRACE(r.name);
  const turns dialogue = {"EHLO a\r\n", crlf(r.in)};
  for (std::size_t cut = 8; cut <= octets_of(dialogue); ++cut) {
    reception there(options);
    if (key) there.core().client_showed(*key);
    const auto cuts = cut == octets_of(dialogue) ? every_octet(dialogue) : std::vector<std::size_t>{cut};
    const auto seen = there.talk(dialogue, cuts, taking::each_piece);
    ASSERT_TRUE(seen.ends_with("250 SMTPUTF8\r\n" + crlf(r.out))) << seen << "cut at " << cut;
    ASSERT_EQ(there.sign_ins(), r.sign_ins);
  }
}

const row rows[] = {
    {"PLAIN at once", "AUTH PLAIN " + ada + "\n", good, {"+ada"}},
    {"in any case", "auth plain " + ada + "\n", good, {"+ada"}},
    {"PLAIN asked for", "AUTH PLAIN\n" + ada + "\n", "334 \n" + good, {"+ada"}},
    {"a wrong password", "AUTH PLAIN " + eve + "\nNOOP\n", wrong + "250 2.0.0 OK\n", {"-eve"}},
    {"for somebody else", "AUTH PLAIN " + plain("bob\0ada\0stagecoach"s) + "\n", wrong, {"-ada"}},
    {"not now", "AUTH PLAIN " + plain("\0later\0x"s) + "\n", "454 4.7.0 Cannot check this now, try again\n", {}},
    {"LOGIN", "AUTH LOGIN\nYWRh\nc3RhZ2Vjb2FjaA==\n", "334 VXNlcm5hbWU6\n334 UGFzc3dvcmQ6\n" + good, {"+ada"}},
    {"LOGIN with the name at once", "AUTH LOGIN YWRh\nc3RhZ2Vjb2FjaA==\n", "334 UGFzc3dvcmQ6\n" + good, {"+ada"}},
    {"LOGIN with a wrong password", "AUTH LOGIN YWRh\neA==\n", "334 UGFzc3dvcmQ6\n" + wrong, {"-ada"}},
    {"an empty message", "AUTH PLAIN =\nNOOP\n", no_message + "250 2.0.0 OK\n", {}},
    {"an empty line", "AUTH PLAIN\n\nNOOP\n", "334 \n" + no_message + "250 2.0.0 OK\n", {}},
    {"cancelled", "AUTH PLAIN\n*\nNOOP\n", "334 \n501 5.7.0 Cancelled\n250 2.0.0 OK\n", {}},
    {"AU05 no padding", "AUTH PLAIN YQ\nNOOP\n", no_base64 + "250 2.0.0 OK\n", {}},
    {"AU05 inner =", "AUTH PLAIN YQ==YQ==\n", no_base64, {}},
    {"AU05 white space", "AUTH PLAIN YQ== YQ==\n", "501 5.5.2 Syntax error\n", {}},
    {"AU05 no base64 in the exchange", "AUTH PLAIN\n*!\nNOOP\n", "334 \n" + no_base64 + "250 2.0.0 OK\n", {}},
    {"AU05 no NUL", "AUTH PLAIN YWRh\n", no_message, {}},
    {"AU05 one NUL", "AUTH PLAIN " + plain("\0ada"s) + "\n", no_message, {}},
    {"AU05 three NULs", "AUTH PLAIN " + plain("\0ada\0x\0"s) + "\n", no_message, {}},
    {"AU05 no name", "AUTH PLAIN " + plain("\0\0x"s) + "\n", no_message, {}},
    {"AU05 wrong, then right", "AUTH PLAIN !\nAUTH PLAIN " + ada + "\n", no_base64 + good, {"+ada"}},
    {"AU06 twice",
     "AUTH PLAIN " + ada + "\nAUTH PLAIN " + ada + "\n",
     good + "503 5.5.1 Signed in already\n",
     {"+ada"}},
    {"AU06 in a mail",
     "AUTH PLAIN " + ada + "\nMAIL FROM:<s@x>\nAUTH PLAIN " + ada + "\n",
     good + "250 2.1.0 Sender OK\n503 5.5.1 Signed in already\n",
     {"+ada"}},
    {"AU06 three failures",
     "AUTH PLAIN " + eve + "\nAUTH PLAIN " + eve + "\nAUTH PLAIN " + eve + "\nNOOP\n",
     wrong + wrong + wrong + "421 4.7.0 Too many failed logins\n[close]",
     {"-eve", "-eve", "-eve"}},
    {"no mechanism", "AUTH\n", "501 5.5.2 Syntax error\n", {}},
    {"an unknown one", "AUTH CRAM-MD5\n", "504 5.5.4 Unknown mechanism\n", {}},
    {"a command in the exchange is a message",
     "AUTH PLAIN\nQUIT\nNOOP\n",
     "334 \n" + no_message + "250 2.0.0 OK\n",
     {}},
    {"the mail needs it",
     "MAIL FROM:<s@x>\nRCPT TO:<r@y>\nDATA\n",
     "530 5.7.0 Sign in first\n503 5.5.1 MAIL first\n503 5.5.1 MAIL first\n",
     {}},
    {"everything else does not",
     "NOOP\nRSET\nVRFY a\nQUIT\n",
     "250 2.0.0 OK\n250 2.0.0 OK\n252 2.5.0 Cannot verify, but will take mail for local addresses\n221 2.0.0 "
     "Bye\n[close]",
     {}},
    {"only addresses of the account",
     "AUTH PLAIN " + ada + "\nMAIL FROM:<unknown@x>\nMAIL FROM:<later@x>\nMAIL FROM:<s@x>\n",
     good + "550 5.7.1 This sender address is not yours\n451 4.3.0 Temporary failure, try again\n250 2.1.0 Sender OK\n",
     {"+ada"}},
    {"nobody is an address of everybody",
     "AUTH PLAIN " + ada + "\nMAIL FROM:<>\n",
     good + "250 2.1.0 Sender OK\n",
     {"+ada"}},
    {"mail to elsewhere",
     "AUTH PLAIN " + ada + "\nMAIL FROM:<s@x>\nRCPT TO:<unknown@y>\n",
     good + "250 2.1.0 Sender OK\n550 5.7.1 No such recipient here, and mail to elsewhere is not sent\n",
     {"+ada"}},
    {"AUTH of MAIL",
     "AUTH PLAIN " + ada + "\nMAIL FROM:<s@x> AUTH=<>\nRSET\nMAIL FROM:<s@x> AUTH=e+3Dmc2@example.com\n",
     good + "250 2.1.0 Sender OK\n250 2.0.0 OK\n250 2.1.0 Sender OK\n",
     {"+ada"}},
    {"SP18 AUTH of MAIL that hides a line end",
     "AUTH PLAIN " + ada + "\nMAIL FROM:<s@x> AUTH=a+0D+0A@b\n",
     good + "501 5.5.4 Bad value of a parameter\n",
     {"+ada"}},
    {"AUTH of MAIL that is none",
     "AUTH PLAIN " + ada + "\nMAIL FROM:<s@x> AUTH=a+4\nMAIL FROM:<s@x> AUTH=a\n",
     good + "501 5.5.4 Bad value of a parameter\n501 5.5.4 Bad value of a parameter\n",
     {"+ada"}},
    {"HELP",
     "HELP\n",
     "214 2.0.0 EHLO HELO AUTH MAIL RCPT DATA BDAT RSET NOOP VRFY HELP STARTTLS QUIT; see RFC 6409\n",
     {}},
};

TEST(SmtpAuthentication, EndsAsTheRowSays) {
  for (const auto& r : rows) expect(r, with_tls(), std::nullopt);
}

TEST(SmtpAuthentication, IsOfferedWhereItMayBe) {
  const auto ehlo = [](const session_options& options) {
    reception there(options);
    return there.talk({"EHLO a\r\n"}, {}, taking::each_turn);
  };
  EXPECT_EQ(ehlo(with_tls()), crlf(greeting + ehlo_reply));
  EXPECT_EQ(ehlo(without_tls()).find("AUTH"), std::string::npos);
  EXPECT_NE(ehlo(on_loopback()).find("250-STARTTLS\r\n250-AUTH SCRAM-SHA-256 SCRAM-SHA-1 PLAIN LOGIN\r\n"),
            std::string::npos);
  expect({"not before TLS",
          "AUTH PLAIN " + ada + "\nAUTH FROB\nMAIL FROM:<s@x>\n",
          "538 5.7.11 Start TLS first; the password was not looked at\n504 5.5.4 Unknown mechanism\n"
          "530 5.7.0 Sign in first\n",
          {}},
         without_tls(), std::nullopt);
  expect({"PLUS needs a channel",
          "AUTH SCRAM-SHA-1-PLUS\n",
          "538 5.7.11 Start TLS first; the password was not looked at\n",
          {}},
         on_loopback(), std::nullopt);
  expect({"not where mail is received",
          "AUTH PLAIN " + ada + "\nMAIL FROM:<s@x> AUTH=<>\n",
          "502 5.5.1 Not implemented\n555 5.5.4 Unknown parameter\n",
          {}},
         {"mx.test", 1000, true, true}, std::nullopt);
  reception early(with_tls());
  EXPECT_EQ(early.talk({"AUTH PLAIN " + ada + "\r\n"}, {}, taking::each_turn),
            crlf(greeting + "503 5.5.1 EHLO first\n"));
}

constexpr public_key_hash adas{{1}}, unreachable{{2}}, nobodys{{3}};

TEST(SmtpAuthentication, External) {
  const auto name = [](int first) { return "sha256:0" + std::to_string(first) + std::string(62, '0'); };
  const std::string no = "535 5.7.8 No such account has this certificate\n";
  const struct {
    row what;
    public_key_hash key;
  } table[] = {
      {{"as whoever it is", "AUTH EXTERNAL =\nMAIL FROM:<s@x>\n", good + "250 2.1.0 Sender OK\n", {"+ada"}}, adas},
      {{"asked for", "AUTH external\n\n", "334 \n" + good, {"+ada"}}, adas},
      {{"by name", "AUTH EXTERNAL YWRh\n", good, {"+ada"}}, adas},
      {{"by name, asked for", "AUTH EXTERNAL\nYWRh\n", "334 \n" + good, {"+ada"}}, adas},
      {{"of somebody else", "AUTH EXTERNAL " + plain("eve") + "\nNOOP\n", no + "250 2.0.0 OK\n", {"-eve"}}, adas},
      {{"a key that is nobody's", "AUTH EXTERNAL =\n", no, {"-" + name(3)}}, nobodys},
      {{"and asks for a name", "AUTH EXTERNAL YWRh\n", no, {"-ada"}}, nobodys},
      {{"then the password", "AUTH EXTERNAL =\nAUTH PLAIN " + ada + "\n", no + good, {"-" + name(3), "+ada"}}, nobodys},
      {{"not now", "AUTH EXTERNAL =\n", "454 4.7.0 Cannot check this now, try again\n", {}}, unreachable},
      {{"a NUL", "AUTH EXTERNAL AA==\nNOOP\n", no_message + "250 2.0.0 OK\n", {}}, adas},
      {{"no UTF-8", "AUTH EXTERNAL /w==\n", no_message, {}}, adas},
      {{"no base64", "AUTH EXTERNAL !\n", no_base64, {}}, adas},
      {{"cancelled", "AUTH EXTERNAL\n*\n", "334 \n501 5.7.0 Cancelled\n", {}}, adas},
      {{"three failures",
        "AUTH EXTERNAL =\nAUTH EXTERNAL =\nAUTH EXTERNAL\n\n",
        no + no + "334 \n" + no + "421 4.7.0 Too many failed logins\n[close]",
        {"-" + name(3), "-" + name(3), "-" + name(3)}},
       nobodys},
  };
  for (const auto& one : table) expect(one.what, with_tls(), one.key);
  expect({"no certificate",
          "AUTH EXTERNAL =\nNOOP\n",
          "504 5.5.4 No certificate of yours came with TLS\n250 2.0.0 OK\n",
          {}},
         with_tls(), std::nullopt);
  expect({"no TLS", "AUTH EXTERNAL =\n", "538 5.7.11 Start TLS first; the password was not looked at\n", {}},
         on_loopback(), std::nullopt);
}

// Whether somebody's key or nobody's, EHLO says the same.
TEST(SmtpAuthentication, OffersExternalToWhoHasACertificate) {
  for (const auto& key : {adas, nobodys}) {
    reception there(with_tls(), key);
    EXPECT_NE(there.talk({"EHLO a\r\n"}, {}, taking::each_turn).find(" PLAIN LOGIN EXTERNAL\r\n"), std::string::npos);
    reception receives({"mx.test", 1000, true, true}, key);
    EXPECT_EQ(receives.talk({"EHLO a\r\n"}, {}, taking::each_turn).find("AUTH"), std::string::npos);
  }
}

// The whole of an exchange with SCRAM; what the server says to each message.
std::vector<std::string> scram(const session_options& options, std::string_view mechanism, const scram_client& client) {
  reception there(options);
  (void)there.talk({"EHLO a\r\n"}, {}, taking::each_turn);
  std::vector<std::string> said;
  const auto say = [&](const std::string& text) {
    said.push_back(there.talk({text + "\r\n"}, {}, taking::each_piece));
    return said.back();
  };
  const auto first = say("AUTH " + std::string(mechanism) + " " + to_base64(client.first()));
  if (!first.starts_with("334 ")) return said;
  const auto server_first = from_base64(std::string_view(first).substr(4, first.size() - 6));
  if (say(to_base64(client.last(*server_first))).starts_with("334 ")) (void)say("");
  for (const auto& one : there.sign_ins()) said.push_back(one);
  return said;
}

TEST(SmtpAuthentication, Scram) {
  scram_client client;
  const auto plain_one = scram(on_loopback(), "SCRAM-SHA-256", client);
  ASSERT_EQ(plain_one.size(), 4u);
  EXPECT_EQ(plain_one[2], crlf(good));
  EXPECT_EQ(plain_one[3], "+ada");
  client.gs2_header = "p=tls-exporter,,";
  client.binding = "exporter";
  EXPECT_EQ(scram(with_tls(), "SCRAM-SHA-256-PLUS", client).at(2), crlf(good));
  client.binding = "somebody in between";
  EXPECT_EQ(scram(with_tls(), "SCRAM-SHA-256-PLUS", client).at(1), crlf(wrong));
  client = {};
  client.name = "later";
  EXPECT_EQ(scram(with_tls(), "SCRAM-SHA-256", client).at(0), "454 4.7.0 Cannot check this now, try again\r\n");
  client = {};
  client.password = "wrong";
  EXPECT_EQ(scram(with_tls(), "SCRAM-SHA-1", client).at(1), crlf(wrong));
}

// SP02: AUTH and its messages are longer than other lines, and end too.
TEST(SmtpAuthentication, LongLines) {
  const auto say = [](const std::vector<std::string>& lines) {
    turns dialogue = {"EHLO a\r\n"};
    for (const auto& line : lines) dialogue.push_back(line + "\r\n");
    reception there(with_tls());
    return there.talk(dialogue, {}, taking::each_turn).substr(crlf(greeting + ehlo_reply).size());
  };
  // Fits when the line ends: 12,288 octets with CRLF, of base64 whole quadruples.
  const auto password = [](std::size_t octets) { return plain("\0ada\0"s + std::string(octets - 5, 'x')); };
  EXPECT_EQ(say({"AUTH PLAIN " + password(9'192)}), crlf(wrong));
  EXPECT_EQ(say({"AUTH PLAIN", password(9'213)}), crlf("334 \n" + wrong));
  EXPECT_EQ(say({"AUTH PLAIN", password(9'300), "NOOP"}), crlf("334 \n500 5.5.6 Line too long\n250 2.0.0 OK\n"));
  EXPECT_EQ(say({"AUTH PLAIN " + password(9'300), "NOOP"}), crlf("500 5.5.6 Line too long\n250 2.0.0 OK\n"));
  EXPECT_EQ(say({"NOOP " + std::string(5'000, 'x'), "NOOP"}), crlf("500 5.5.6 Line too long\n250 2.0.0 OK\n"));
}

TEST(SmtpAuthentication, TlsForgetsWhoSignedIn) {
  reception there(on_loopback());
  const auto seen =
      there.talk({"EHLO a\r\n", "AUTH PLAIN " + ada + "\r\n", "STARTTLS\r\n", "EHLO a\r\n", "MAIL FROM:<s@x>\r\n"}, {},
                 taking::each_turn);
  EXPECT_TRUE(seen.ends_with("530 5.7.0 Sign in first\r\n")) << seen;
}

TEST(SmtpAuthentication, EhloAndRsetDoNot) {
  reception there(with_tls());
  const auto seen = there.talk(
      {"EHLO a\r\n", "AUTH PLAIN " + ada + "\r\n", "EHLO a\r\n", "RSET\r\nMAIL FROM:<s@x>\r\n"}, {}, taking::each_turn);
  EXPECT_TRUE(seen.ends_with("250 2.1.0 Sender OK\r\n")) << seen;
}

TEST(SmtpAuthentication, TheMailSaysWhoSentItAndWhatItLacks) {
  const auto one = [](const std::string& header) {
    reception there(with_tls());
    (void)there.talk({"EHLO a\r\n", "AUTH PLAIN " + ada + "\r\n", "MAIL FROM:<s@x>\r\nRCPT TO:<r@y>\r\nDATA\r\n",
                      "From: s@x\r\n" + header + "\r\n\r\nb\r\n.\r\n"},
                     {}, taking::each_turn);
    CHECK(there.mails().size() == 1);
    return there.mails().front();
  };
  EXPECT_EQ(one("a: b").mail.signed_in_as, "ada");
  EXPECT_FALSE(one("a: b").has_date);
  EXPECT_TRUE(one("date: b").has_date);
  EXPECT_FALSE(one("date: b").has_message_id);
  EXPECT_TRUE(one("Message-Id: b").has_message_id);
}

TEST(SmtpAuthentication, DrainsInTheExchange) {
  reception there(with_tls());
  (void)there.talk({"EHLO a\r\n", "AUTH PLAIN\r\n"}, {}, taking::each_turn);
  there.core().drain();
  EXPECT_EQ(there.take(), "421 4.3.2 Server is going down, try again\r\n[close]");
}

}  // namespace
}  // namespace stagecoach::smtp

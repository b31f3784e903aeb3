// The client of `stagecoach send`: whole dialogues with servers of every mood, at every cut of what they say; and with
// our own server core.
#include "protocols/smtp/handover.hpp"

#include <gtest/gtest.h>

#include "tests/support/smtp_reception.hpp"

namespace stagecoach::smtp {
namespace {

address at(std::string local) { return {std::move(local), {"x"}}; }

parcel usual() { return {at("s"), {at("r")}, "a: b\r\n\r\n.c\r\n"}; }
parcel to_two() { return {at("s"), {at("q"), at("r")}, "a: b\r\n"}; }

const std::string hello = "220 mx\r\n|250-mx\r\n250 SIZE\r\n|";
const std::string to_mail = "EHLO localhost\r\nMAIL FROM:<s@x>\r\n";
const std::string to_data = to_mail + "RCPT TO:<r@x>\r\nDATA\r\n";
const std::string to_end = to_data + "a: b\r\n\r\n..c\r\n.\r\n";

struct row {
  const char* name;
  parcel what;
  std::string server;  // "|" where it has read what we said
  std::string client;  // all that we say
  std::string accepted;
  std::string failed_at;
  server_reply why;
  std::size_t refusals = 0;
};

const row rows[] = {
    {"all is well",
     usual(),
     hello + "250 a\r\n|250 b\r\n|354 c\r\n|250 2.0.0 Delivered\r\n|221 bye\r\n",
     to_end + "QUIT\r\n",
     "250 2.0.0 Delivered",
     "",
     {}},
    {"replies of many lines, and of none",
     usual(),
     "220-m\r\n220 x\r\n|250\r\n|250-a\r\n250\r\n|251 b\r\n|354\r\n|250-one\r\n250 two\r\n|221\r\n",
     to_end + "QUIT\r\n",
     "250 one two",
     "",
     {}},
    {"it is busy", usual(), "421 4.7.0 Too many\r\n", "", "", "its greeting", {421, "4.7.0 Too many"}},
    {"it wants none", usual(), "554 no\r\n|221 bye\r\n", "QUIT\r\n", "", "its greeting", {554, "no"}},
    {"no EHLO",
     usual(),
     "220 mx\r\n|500 what\r\n|221 bye\r\n",
     "EHLO localhost\r\nQUIT\r\n",
     "",
     "EHLO",
     {500, "what"}},
    {"the sender", usual(), hello + "550 no\r\n|221 bye\r\n", to_mail + "QUIT\r\n", "", "MAIL", {550, "no"}},
    {"the only recipient",
     usual(),
     hello + "250 a\r\n|550 no\r\n|221 bye\r\n",
     to_mail + "RCPT TO:<r@x>\r\nQUIT\r\n",
     "",
     "RCPT",
     {550, "no"},
     1},
    {"one of two",
     to_two(),
     hello + "250 a\r\n|450 no\r\n|250 b\r\n|354 c\r\n|250 ok\r\n|221 bye\r\n",
     to_mail + "RCPT TO:<q@x>\r\nRCPT TO:<r@x>\r\nDATA\r\na: b\r\n.\r\nQUIT\r\n",
     "250 ok",
     "",
     {},
     1},
    {"421 at RCPT", to_two(), hello + "250 a\r\n|421 end\r\n", to_mail + "RCPT TO:<q@x>\r\n", "", "RCPT", {421, "end"}},
    {"DATA",
     usual(),
     hello + "250 a\r\n|250 b\r\n|451 later\r\n|221 bye\r\n",
     to_data + "QUIT\r\n",
     "",
     "DATA",
     {451, "later"}},
    {"the message",
     usual(),
     hello + "250 a\r\n|250 b\r\n|354 c\r\n|552 full\r\n|221 bye\r\n",
     to_end + "QUIT\r\n",
     "",
     "the message",
     {552, "full"}},
    {"no goodbye",
     usual(),
     hello + "250 a\r\n|250 b\r\n|354 c\r\n|250 ok\r\n|what?\r\n",
     to_end + "QUIT\r\n",
     "250 ok",
     "",
     {}},
    {"HTTP", usual(), "HTTP/1.1 400 Bad Request\r\n", "", "", "its greeting", {0, "it does not speak SMTP"}},
    {"a bare LF", usual(), "220 mx\n250 a\n", "", "", "its greeting", {0, "it does not speak SMTP"}},
    {"codes that differ", usual(), "220-mx\r\n250 a\r\n", "", "", "its greeting", {0, "it does not speak SMTP"}},
    {"no code", usual(), "999 mx\r\n", "", "", "its greeting", {0, "it does not speak SMTP"}},
    {"a code of two digits", usual(), "22 mx\r\n", "", "", "its greeting", {0, "it does not speak SMTP"}},
    {"an endless line", usual(), std::string(5000, '2'), "", "", "its greeting", {0, "it does not speak SMTP"}},
    {"nothing", usual(), "", "", "", "its greeting", {0, "it has closed the connection"}},
    {"half a reply", usual(), hello + "250-a\r\n", to_mail, "", "MAIL", {0, "it has closed the connection"}},
};

TEST(Handover, SaysWhatTheServerWantsToHear) {
  for (const auto& r : rows) {
    SCOPED_TRACE(r.name);
    const auto dialogue = split_turns(r.server);
    const auto all = octets_of(dialogue);
    for (std::size_t cut = 0; cut <= std::min<std::size_t>(all, 200); ++cut) {
      handover one(r.what);
      const auto said = talk(one, dialogue, cut == 0 ? every_octet(dialogue) : std::vector<std::size_t>{cut},
                             taking::each_piece, [](handover& h) { return h.take(); });
      one.closed();
      ASSERT_EQ(said, r.client) << "cut at " << cut;
      ASSERT_TRUE(one.is_over());
      ASSERT_EQ(one.outcome().accepted, r.accepted);
      ASSERT_EQ(one.outcome().failed_at, r.failed_at);
      ASSERT_EQ(one.outcome().why, r.why);
      ASSERT_EQ(one.outcome().refusals.size(), r.refusals);
    }
  }
}

TEST(Handover, EndsAnEndlessReply) {
  handover one(usual());
  for (int i = 0; i < 1000 && !one.is_over(); ++i) one.received("220-" + std::string(1000, 'x') + "\r\n");
  EXPECT_TRUE(one.is_over());
}

TEST(Handover, SaysWhatTheMessageNeeds) {
  const struct {
    const char* name;
    parcel what;
    std::string mail;
  } needs[] = {
      {"ASCII", usual(), "MAIL FROM:<s@x>\r\n"},
      {"nobody", {std::nullopt, {at("r")}, "a: b\r\n"}, "MAIL FROM:<>\r\n"},
      {"8-bit in the body", {at("s"), {at("r")}, "a: b\r\n\r\n\xc3\xa4\r\n"}, "MAIL FROM:<s@x> BODY=8BITMIME\r\n"},
      {"8-bit in the header",
       {at("s"), {at("r")}, "a: \xc3\xa4\r\n\r\n"},
       "MAIL FROM:<s@x> SMTPUTF8 BODY=8BITMIME\r\n"},
      {"a recipient in UTF-8", {at("s"), {at("\xc3\xa4")}, "a: b\r\n"}, "MAIL FROM:<s@x> SMTPUTF8 BODY=8BITMIME\r\n"},
      {"a sender in UTF-8",
       {at("\xc3\xa4"), {at("r")}, "a: b\r\n"},
       "MAIL FROM:<\xc3\xa4@x> SMTPUTF8 BODY=8BITMIME\r\n"},
      {"a local part in quotes", {at("a b"), {at("r")}, "a: b\r\n"}, "MAIL FROM:<\"a b\"@x>\r\n"},
  };
  for (const auto& n : needs) {
    SCOPED_TRACE(n.name);
    handover one(n.what);
    one.received("220 mx\r\n250 mx\r\n");
    EXPECT_EQ(one.take(), "EHLO localhost\r\n" + n.mail);
  }
}

TEST(Handover, IsUnderstoodByAPedanticServer) {
  session_options options{"mx.test", 1000, true, false};
  options.is_pedantic = true;
  reception server(options);
  handover client({at("s"), {at("r"), at("unknown"), at("\xc3\xa4")}, "a: \xc3\xa4\r\n\r\n.\r\n..\r\n"});
  for (int i = 0; i < 20 && !client.is_over(); ++i) {
    client.received(server.take());
    if (const auto said = client.take(); !said.empty()) server.core().received(said);
  }
  ASSERT_EQ(server.mails().size(), 1U);
  EXPECT_EQ(server.mails()[0].body, "a: \xc3\xa4\r\n\r\n.\r\n..\r\n");
  EXPECT_EQ(server.mails()[0].mail.recipients.size(), 2U);
  EXPECT_EQ(client.outcome().accepted, "250 2.0.0 Delivered t1");
  ASSERT_EQ(client.outcome().refusals.size(), 1U);
  EXPECT_EQ(client.outcome().refusals[0].why.code, 550);
}

TEST(Handover, Dots) {
  EXPECT_EQ(dotted(""), "\r\n.\r\n");
  EXPECT_EQ(dotted(".\r\n"), "..\r\n.\r\n");
  EXPECT_EQ(dotted("a\r\n.b"), "a\r\n..b\r\n.\r\n");
}

}  // namespace
}  // namespace stagecoach::smtp

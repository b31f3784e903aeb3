// BDAT (RFC 3030) at every cut: what is content, what is refused, and that the octets of a chunk never are commands.
#include <gtest/gtest.h>

#include <algorithm>

#include "protocols/smtp/limits.hpp"
#include "tests/support/smtp_reception.hpp"

namespace stagecoach::smtp {
namespace {

using namespace std::string_literals;

const turns opening = {"EHLO a\r\n", "MAIL FROM:<s@x>\r\nRCPT TO:<r@y>\r\n"};
const turns binary_opening = {"EHLO a\r\n", "MAIL FROM:<s@x> BODY=BINARYMIME\r\nRCPT TO:<r@y>\r\n"};
const std::string delivered = "250 2.0.0 Delivered t1\r\n";
const std::string bad = "550 5.6.0 Message contains bare CR, bare LF or NUL\r\n";
const std::string ok = "250 2.0.0 OK\r\n";
const std::string chunk_ok = "250 2.0.0 Chunk OK\r\n";

session_options options() { return {"mx.test", 100, true, false}; }

// Every cut of what follows the opening, read after each piece and read at the end.
void expect(const char* name, const turns& before, const std::string& in, const std::string& out,
            const std::vector<std::string>& bodies) {
  SCOPED_TRACE(name);
  auto dialogue = before;
  const auto first = octets_of(before);
  dialogue.push_back(in);
  for (const auto when : {taking::each_piece, taking::each_turn}) {
    for (std::size_t cut = first; cut <= octets_of(dialogue); ++cut) {
      auto cuts = cut == octets_of(dialogue) ? every_octet(dialogue) : std::vector<std::size_t>{cut};
      reception there(options());
      const auto seen = there.talk(dialogue, cuts, when);
      ASSERT_TRUE(seen.ends_with("250 2.1.5 Recipient OK\r\n" + out)) << seen << "cut at " << cut;
      std::vector<std::string> found;
      for (const auto& m : there.mails()) found.push_back(m.body);
      ASSERT_EQ(found, bodies);
      ASSERT_FALSE(there.is_open());
    }
  }
}

struct row {
  const char* name;
  std::string in;
  std::string out;
  std::string body;  // empty: nothing is delivered
};

const row rows[] = {
    {"one chunk", "BDAT 6 LAST\r\na: b\r\nNOOP\r\n", delivered + ok, "a: b\r\n"},
    {"in lower case", "bdat 6 last\r\na: b\r\n", delivered, "a: b\r\n"},
    {"three chunks", "BDAT 3\r\na: BDAT 0\r\nBDAT 3 LAST\r\nb\r\n", chunk_ok + chunk_ok + delivered, "a: b\r\n"},
    {"an empty last chunk", "BDAT 6\r\na: b\r\nBDAT 0 LAST\r\nNOOP\r\n", chunk_ok + delivered + ok, "a: b\r\n"},
    {"a line end over two chunks", "BDAT 5\r\na: b\rBDAT 1 LAST\r\n\n", chunk_ok + delivered, "a: b\r\n"},
    {"dots are content", "BDAT 14 LAST\r\n.a: b\r\n..\r\n.\r\n", delivered, ".a: b\r\n..\r\n.\r\n"},
    {"the end of DATA is content", "BDAT 10 LAST\r\na: b\r\n.\r\nx\r\n", delivered + "500 5.5.1 Unknown command\r\n",
     "a: b\r\n.\r\nx"},
    {"SM19", "BDAT 5\r\na\r\n.\rBDAT 1 LAST\r\n\n", chunk_ok + delivered, "a\r\n.\r\n"},
    {"commands in a chunk are content", "BDAT 12 LAST\r\nRSET\r\nQUIT\r\nNOOP\r\n", delivered + ok, "RSET\r\nQUIT\r\n"},
    {"a mail behind it", "BDAT 2 LAST\r\n\r\nRCPT TO:<r@y>\r\n", delivered + "503 5.5.1 MAIL first\r\n", "\r\n"},
    {"SM18 bare LF", "BDAT 3 LAST\r\na\nbNOOP\r\n", bad + ok, ""},
    {"SM18 bare CR", "BDAT 3 LAST\r\na\rbNOOP\r\n", bad + ok, ""},
    {"SP04 NUL", "BDAT 3 LAST\r\na\0bNOOP\r\n"s, bad + ok, ""},
    {"CR at the very end", "BDAT 2 LAST\r\na\rNOOP\r\n", bad + ok, ""},
    {"CR at the end of all chunks", "BDAT 2\r\na\rBDAT 0 LAST\r\nNOOP\r\n", chunk_ok + bad + ok, ""},
    {"LF at the start", "BDAT 1 LAST\r\n\nNOOP\r\n", bad + ok, ""},
    {"refused before the last chunk, and those behind it are dropped",
     "BDAT 2\r\n\n\nBDAT 6\r\nQUIT\r\nBDAT 6 LAST\r\nQUIT\r\nNOOP\r\n",
     bad + "503 5.5.1 MAIL first\r\n503 5.5.1 MAIL first\r\n" + ok, ""},
    {"nothing at all", "BDAT 0 LAST\r\n", "550 5.6.0 Message is empty\r\n", ""},
    {"RCPT behind BDAT", "BDAT 0\r\nRCPT TO:<q@y>\r\nBDAT 2 LAST\r\n\r\n",
     chunk_ok + "503 5.5.1 The message has begun already\r\n" + delivered, "\r\n"},
    {"MAIL behind BDAT", "BDAT 0\r\nMAIL FROM:<q@y>\r\nBDAT 2 LAST\r\n\r\n",
     chunk_ok + "503 5.5.1 A mail has begun already\r\n" + delivered, "\r\n"},
    {"RSET between chunks", "BDAT 2\r\n\r\nRSET\r\nBDAT 6 LAST\r\nQUIT\r\nNOOP\r\n",
     chunk_ok + ok + "503 5.5.1 MAIL first\r\n" + ok, ""},
    {"QUIT between chunks", "BDAT 2\r\n\r\nQUIT\r\n", chunk_ok + "221 2.0.0 Bye\r\n[close]", ""},
    {"TLS between chunks forgets them", "BDAT 2\r\n\r\nSTARTTLS\r\n",
     chunk_ok + "220 2.0.0 Ready to start TLS\r\n[tls]", ""},
    {"at the limit", "BDAT 100 LAST\r\na: " + std::string(95, 'x') + "\r\n", delivered,
     "a: " + std::string(95, 'x') + "\r\n"},
    {"over the limit", "BDAT 101 LAST\r\na: " + std::string(96, 'x') + "\r\nNOOP\r\n",
     "552 5.3.4 Message too large\r\n" + ok, ""},
    {"over the limit by the second",
     "BDAT 60\r\n" + std::string(60, 'x') + "BDAT 41\r\n" + std::string(41, 'x') + "NOOP\r\n",
     chunk_ok + "552 5.3.4 Message too large\r\n" + ok, ""},
    {"far over the limit", "BDAT 18446744073709551615\r\nNOOP\r\n", "552 5.3.4 Message too large\r\n[close]", ""},
    {"SM20 20 digits", "BDAT 99999999999999999999\r\nNOOP\r\n",
     "501 5.5.4 BDAT needs a size, then LAST or nothing\r\n[close]", ""},
    {"SM20 below zero", "BDAT -1\r\nNOOP\r\n", "501 5.5.4 BDAT needs a size, then LAST or nothing\r\n[close]", ""},
    {"SM20 hexadecimal", "BDAT 0x10\r\nNOOP\r\n", "501 5.5.4 BDAT needs a size, then LAST or nothing\r\n[close]", ""},
    {"SM20 two sizes", "BDAT 5 5\r\nNOOP\r\n", "501 5.5.4 BDAT needs a size, then LAST or nothing\r\n[close]", ""},
    {"SM20 no LAST", "BDAT 5 LASTX\r\nNOOP\r\n", "501 5.5.4 BDAT needs a size, then LAST or nothing\r\n[close]", ""},
    {"no size", "BDAT\r\nNOOP\r\n", "501 5.5.4 BDAT needs a size, then LAST or nothing\r\n[close]", ""},
    {"no size but LAST", "BDAT LAST\r\nNOOP\r\n", "501 5.5.4 BDAT needs a size, then LAST or nothing\r\n[close]", ""},
    {"two spaces", "BDAT 5  LAST\r\nNOOP\r\n", "501 5.5.4 BDAT needs a size, then LAST or nothing\r\n[close]", ""},
};

TEST(SmtpChunking, TakesChunksAtEveryCut) {
  for (const auto& r : rows)
    expect(r.name, opening, r.in, r.out, r.body.empty() ? std::vector<std::string>{} : std::vector{r.body});
}

TEST(SmtpChunking, BinaryMimeIsAnyOctets) {
  const std::string octets = "a: b\r\n\r\n\0\n\r.\r\n\xff"s;
  const auto in = "BDAT " + std::to_string(octets.size()) + " LAST\r\n" + octets;
  expect("any octets", binary_opening, in, delivered, {octets});
  expect("DATA is not for them", binary_opening, "DATA\r\n", "503 5.5.1 BINARYMIME needs BDAT\r\n", {});
}

TEST(SmtpChunking, DataAndBdatAreNotMixed) {
  auto dialogue = opening;
  dialogue.insert(dialogue.end(), {"BDAT 6\r\na: b\r\nDATA\r\n", "BDAT 0 LAST\r\n"});
  reception there(options());
  EXPECT_TRUE(there.talk(dialogue, {}, taking::each_turn)
                  .ends_with(chunk_ok + "503 5.5.1 The message has begun already\r\n" + delivered));
}

// A chunk that nobody wants is read to its end and answered then; what is in it never runs.
TEST(SmtpChunking, SwallowsWhatItRefuses) {
  const std::string chunk = "BDAT 6 LAST\r\nQUIT\r\nNOOP\r\n";
  const struct {
    const char* name;
    turns before;
    std::string reply;
  } cases[] = {
      {"no EHLO", {"NOOP\r\n"}, "503 5.5.1 EHLO first\r\n"},
      {"HELO", {"HELO a\r\n", "MAIL FROM:<s@x>\r\nRCPT TO:<r@y>\r\n"}, "502 5.5.1 Not implemented\r\n"},
      {"no MAIL", {"EHLO a\r\n"}, "503 5.5.1 MAIL first\r\n"},
      {"SM21 no RCPT", {"EHLO a\r\n", "MAIL FROM:<s@x>\r\n"}, "503 5.5.1 RCPT first\r\n"},
      {"no good RCPT",
       {"EHLO a\r\n", "MAIL FROM:<s@x>\r\nRCPT TO:<unknown@y>\r\n"},
       "[wait 5 s]554 5.5.1 No valid recipients\r\n"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    auto dialogue = c.before;
    dialogue.push_back(chunk);
    for (std::size_t cut = octets_of(c.before); cut < octets_of(dialogue); ++cut) {
      reception there(options());
      const auto seen = there.talk(dialogue, {cut}, taking::each_piece);
      ASSERT_TRUE(seen.ends_with("\r\n" + c.reply + ok)) << seen;
      ASSERT_TRUE(there.mails().empty());
    }
  }
}

// A client that streams a thousand chunks to a mail that was refused is told so a thousand times; it is no attack yet.
TEST(SmtpChunking, ChunksOfARefusedMailAreNotErrors) {
  reception there(options());
  (void)there.talk({"EHLO a\r\n"}, {}, taking::each_turn);
  std::string stream;
  for (std::size_t i = 0; i < limits::errors_max + 10; ++i) stream += "BDAT 1\r\nx";
  const auto seen = there.talk({stream + "NOOP\r\n"}, {}, taking::each_turn);
  EXPECT_TRUE(seen.ends_with(ok));
  EXPECT_EQ(seen.find("[wait"), std::string::npos);
  for (std::size_t i = 0; i < limits::idle_commands_max; ++i) stream += "BDAT 1\r\nx";
  EXPECT_TRUE(there.talk({stream}, {}, taking::each_turn).ends_with("without a mail\r\n[close]"));
}

TEST(SmtpChunking, DrainsBehindTheMail) {
  reception there(options());
  (void)there.talk({"EHLO a\r\n", opening[1] + "BDAT 2\r\n\r\n"}, {}, taking::each_turn);
  there.core().drain();
  EXPECT_EQ(there.take(), "");
  EXPECT_EQ(there.talk({"BDAT 1 LAST\r\nx"}, {}, taking::each_turn),
            delivered + "421 4.3.2 Server is going down, try again\r\n[close]");
}

TEST(SmtpChunking, TellsTheSizes) {
  reception there(options());
  (void)there.talk({"EHLO a\r\n", opening[1] + "BDAT 8\r\na: b\r\n\r\nBDAT 3 LAST\r\ntxt"}, {}, taking::each_turn);
  ASSERT_EQ(there.mails().size(), 1u);
  EXPECT_EQ(there.mails().front().header_bytes, 8u);
  EXPECT_EQ(there.mails().front().body, "a: b\r\n\r\ntxt");
}

}  // namespace
}  // namespace stagecoach::smtp

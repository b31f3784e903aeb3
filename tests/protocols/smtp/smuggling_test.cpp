// SMTP smuggling (CVE-2023-51764 and its kin): whatever stands in a body, nothing but CRLF.CRLF ends it, and nothing
// before that end ever runs as a command. Judged by a reference scanner that knows only this one rule.
#include <gtest/gtest.h>

#include <array>
#include <fstream>
#include <sstream>

#include "protocols/base/ids.hpp"
#include "tests/support/smtp_reception.hpp"

namespace stagecoach::smtp {
namespace {

using namespace std::string_literals;

const turns opening = {"EHLO a\r\n", "MAIL FROM:<first@x>\r\nRCPT TO:<r@y>\r\nDATA\r\n"};
const std::string before = "From: s@x\r\nSubject: a\r\n\r\nbody";
const std::string after =
    "MAIL FROM:<smuggled@evil.test>\r\nRCPT TO:<victim@local.test>\r\nDATA\r\nFrom: admin@local.test\r\n\r\nX\r\n.\r\n";

// The reference: where the body ends, and what it is.
struct truth {
  std::size_t end = 0;  // behind the CRLF.CRLF
  std::string content;
  bool has_bare = false;
};
truth scan(const std::string& stream) {
  truth t;
  t.end = ("\r\n" + stream).find("\r\n.\r\n") + 3;
  std::string lines = "\r\n" + stream.substr(0, t.end - 3);
  for (auto dot = lines.find("\r\n."); dot != std::string::npos; dot = lines.find("\r\n.", dot + 2))
    lines.erase(dot + 2, 1);
  t.content = lines.substr(2);
  for (std::size_t i = 0; i < t.content.size(); ++i) {
    const char c = t.content[i];
    const bool follows_cr = i > 0 && t.content[i - 1] == '\r';
    const bool precedes_lf = i + 1 < t.content.size() && t.content[i + 1] == '\n';
    if (c == '\0' || (c == '\n' && !follows_cr) || (c == '\r' && !precedes_lf)) t.has_bare = true;
  }
  return t;
}

std::size_t count_of(const std::string& text, std::string_view part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

// Sends the stream as the body, in one piece or octet by octet with the client reading after each, and judges.
void judge(const std::string& stream, taking when) {
  auto dialogue = opening;
  dialogue.push_back(stream);
  reception there({"mx.test", 100'000, false, false});
  const auto cuts = when == taking::each_piece ? every_octet(dialogue) : std::vector<std::size_t>{};
  const auto seen = there.talk(dialogue, cuts, when);
  const auto t = scan(stream);
  const auto rest = stream.substr(t.end);

  const auto& mails = there.mails();
  ASSERT_EQ(count_of(seen, "550 5.6.0 "), t.has_bare ? 1u : 0u) << seen;
  ASSERT_EQ(
      std::count_if(mails.begin(), mails.end(), [](const auto& m) { return m.mail.reverse_path->local == "first"; }),
      t.has_bare ? 0 : 1);
  if (!t.has_bare) {
    EXPECT_EQ(mails.front().body, t.content);
  }
  // What follows the true end is legal only where the client could have read the replies; then it is a mail of its own.
  const bool follows_legally = rest.starts_with("MAIL FROM:<smuggled@") && when == taking::each_piece;
  EXPECT_EQ(mails.size(), (t.has_bare ? 0u : 1u) + (follows_legally ? 1u : 0u)) << seen;
  if (!rest.starts_with("MAIL FROM:<smuggled@")) {
    EXPECT_EQ(count_of(seen, "250 2.1.0 "), 1u) << seen;
  }
}

void judge(const std::string& stream) {
  judge(stream, taking::each_turn);
  judge(stream, taking::each_piece);
}

TEST(SmtpSmuggling, NoneOf1176FalseEndsIsOne) {
  const std::array edges = {"\r\n"s,   "\n"s, "\r"s, "\r\r\n"s, "\n\r"s,         "\0\r\n"s, "\r\0\n"s,
                            "\r\n\0"s, " "s,  ""s,   "\x85"s,   "\xe2\x80\xa8"s, "\x0b"s,   "\x0c"s};
  const std::array bodies = {"."s, ".."s, ".\0"s, ". "s, " ."s, ".\t"s};
  std::size_t cases = 0, real_ends = 0;
  for (const auto& prefix : edges) {
    for (const auto& body : bodies) {
      for (const auto& suffix : edges) {
        const auto stream = before + prefix + body + suffix + after + "\r\n.\r\n";
        SCOPED_TRACE(to_hex(prefix + body + suffix));
        judge(stream);
        ++cases;
        real_ends += scan(stream).end < stream.find("MAIL FROM") + 1 ? 1 : 0;
      }
    }
  }
  EXPECT_EQ(cases, 1176u);
  // Only prefixes that end in CRLF, the body ".", and suffixes that begin with CRLF.
  EXPECT_EQ(real_ends, 3u * 1u * 2u);
}

TEST(SmtpSmuggling, PublishedSequences) {
  std::ifstream file(std::string(TEST_DATA) + "/smtp/smuggling_sequences.txt");
  ASSERT_TRUE(file);
  std::size_t cases = 0;
  for (std::string text; std::getline(file, text);) {
    if (text.starts_with('#')) continue;
    SCOPED_TRACE(text);
    std::string hex;
    std::istringstream(text) >> hex;
    judge(before + from_hex(hex) + after);
    judge(before + from_hex(hex) + after + "\r\n.\r\n");
    ++cases;
  }
  EXPECT_EQ(cases, 26u);
}

struct row {
  const char* name;
  std::string stream;
  std::string reply;    // to the body, the session goes on behind it
  std::string content;  // when it is accepted
};
const row rows[] = {
    {"LF . LF", "a: b\n.\nMAIL\r\n.\r\n", "550 5.6.0 Message contains bare CR, bare LF or NUL\r\n", ""},
    {"LF . CRLF", "a: b\n.\r\nMAIL\r\n.\r\n", "550 5.6.0 Message contains bare CR, bare LF or NUL\r\n", ""},
    {"CRLF . CR", "a: b\r\n.\rMAIL\r\n.\r\n", "550 5.6.0 Message contains bare CR, bare LF or NUL\r\n", ""},
    {"NUL before the dot", "a: b\r\n\0.\r\n.\r\n"s, "550 5.6.0 Message contains bare CR, bare LF or NUL\r\n", ""},
    {"NUL behind the dot", "a: b\r\n.\0\r\n.\r\n"s, "550 5.6.0 Message contains bare CR, bare LF or NUL\r\n", ""},
    {"bare LF in the header", "From: a\nTo: b\r\n\r\nc\r\n.\r\n",
     "550 5.6.0 Message contains bare CR, bare LF or NUL\r\n", ""},
    {"CR at the very end", "a: b\r\r\n.\r\n", "550 5.6.0 Message contains bare CR, bare LF or NUL\r\n", ""},
    {"LF at the very start", "\n.\r\n\r\n.\r\n", "550 5.6.0 Message contains bare CR, bare LF or NUL\r\n", ""},
    {"dot is doubled", "a: b\r\n..\r\n.\r\n", "250 2.0.0 Delivered t1\r\n", "a: b\r\n.\r\n"},
    {"dot before other octets", "a: b\r\n.a\r\n.\r\n", "250 2.0.0 Delivered t1\r\n", "a: b\r\na\r\n"},
    {"dots of the first line", "..a\r\n.\r\n", "250 2.0.0 Delivered t1\r\n", ".a\r\n"},
    {"space before the dot", "a: b\r\n .\r\n.\r\n", "250 2.0.0 Delivered t1\r\n", "a: b\r\n .\r\n"},
    {"space behind the dot", "a: b\r\n. \r\n.\r\n", "250 2.0.0 Delivered t1\r\n", "a: b\r\n \r\n"},
    {"tab behind the dot", "a: b\r\n.\t\r\n.\r\n", "250 2.0.0 Delivered t1\r\n", "a: b\r\n\t\r\n"},
    {"8-bit octets", "a: b\r\n\r\n\xff\xc3\xa9\r\n.\r\n", "250 2.0.0 Delivered t1\r\n", "a: b\r\n\r\n\xff\xc3\xa9\r\n"},
    {"at once", ".\r\n", "550 5.6.0 Message is empty\r\n", ""},
};

TEST(SmtpSmuggling, BodiesAtEveryCut) {
  for (const auto& r : rows) {
    SCOPED_TRACE(r.name);
    auto dialogue = opening;
    dialogue.push_back(r.stream + "NOOP\r\n");
    const auto first = opening[0].size() + opening[1].size();
    for (std::size_t cut = first; cut < octets_of(dialogue); ++cut) {
      for (std::size_t second = cut; second < octets_of(dialogue); ++second) {
        reception there({"mx.test", 100'000, false, false});
        const auto seen = there.talk(dialogue, {cut, second}, taking::each_piece);
        ASSERT_TRUE(seen.ends_with("<CRLF>.<CRLF>\r\n" + r.reply + "250 2.0.0 OK\r\n")) << seen;
        if (r.reply.starts_with("250")) {
          ASSERT_EQ(there.mails().front().body, r.content);
        }
        ASSERT_EQ(there.mails().empty(), !r.reply.starts_with("250"));
      }
    }
  }
}

// The end at the edge of a read buffer of any usual size.
TEST(SmtpSmuggling, EndAtTheEdgeOfABuffer) {
  for (const std::size_t edge : {4096u, 8192u, 16384u, 65536u}) {
    for (std::size_t shift = 0; shift < 7; ++shift) {
      auto dialogue = opening;
      const std::string head = "a: b\r\n\r\n";
      const std::string content = head + std::string(edge - shift - head.size(), 'x') + "\r\n";
      dialogue.push_back(content + ".\r\n");
      reception there({"mx.test", 100'000, false, false});
      const auto first = opening[0].size() + opening[1].size();
      (void)there.talk(dialogue, {first + edge}, taking::each_piece);
      ASSERT_EQ(there.mails().size(), 1u);
      EXPECT_EQ(there.mails().front().body, content);
    }
  }
}

}  // namespace
}  // namespace stagecoach::smtp

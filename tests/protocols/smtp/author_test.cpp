#include "protocols/smtp/author.hpp"

#include <gtest/gtest.h>

#include <string>

#include "protocols/smtp/limits.hpp"
#include "protocols/text/base64.hpp"
#include "tests/support/smtp_reception.hpp"

namespace stagecoach::smtp {
namespace {

using namespace std::string_literals;

// The addresses with spaces between; "none" where there is no answer.
std::string read_authors(const header_watch& watch) {
  const auto authors = authors_of(watch);
  if (!authors) return "none";
  std::string text;
  for (const auto& one : *authors) text += (text.empty() ? "" : " ") + write_mailbox(one);
  return text;
}

struct row {
  const char* name;
  std::string header;
  const char* authors;
};
const row rows[] = {
    {"a plain one", "From: a@b.c\r\n", "a@b.c"},
    {"with a name", "To: x@y\r\nfrom: \"A, B\" <a@b.c>\r\nDate: z\r\n", "a@b.c"},
    {"folded", "From: A\r\n B\r\n\t<a@b.c>\r\nX: y\r\n", "a@b.c"},
    {"a space before the colon", "From : a@b.c\r\n", "a@b.c"},
    {"several authors", "From: a@b.c, D <d@e.f>\r\nSender: a@b.c\r\n", "a@b.c d@e.f"},
    {"a domain in capitals", "From: A@B.C\r\n", "A@b.c"},
    {"a quoted local part", "From: \"a b\"@c.d\r\n", "\"a b\"@c.d"},
    {"comments", "From: (x) a@b.c (y@z)\r\n", "a@b.c"},
    {"an encoded word is only a name", "From: =?utf-8?q?x=40y=2Ez?= <a@b.c>\r\n", "a@b.c"},
    {"an internationalised domain", "From: a@b\xc3\xbc.c\r\n", "a@xn--b-eha.c"},
    {"no From", "To: a@b.c\r\n", "none"},
    {"no header", "", "none"},
    {"only in the body", "To: x@y\r\n\r\nFrom: a@b.c\r\n", "none"},
    {"two of them", "From: a@b.c\r\nFROM: d@e.f\r\n", "none"},
    {"the same twice", "From: a@b.c\r\nFrom: a@b.c\r\n", "none"},
    {"an empty one", "From:\r\nTo: x@y\r\n", "none"},
    {"a name only", "From: ada\r\n", "none"},
    {"a group", "From: g: a@b.c;\r\n", "none"},
    {"an empty group", "From: nobody:;\r\n", "none"},
    {"two addresses without a comma", "From: a@b.c d@e.f\r\n", "none"},
    {"an address as a name", "From: a@b.c <d@e.f>\r\n", "d@e.f"},
    {"an open bracket", "From: A <a@b.c\r\n", "none"},
    {"something behind it", "From: <a@b.c> x\r\n", "none"},
    {"an address behind it", "From: <a@b.c> <d@e.f>\r\n", "none"},
    {"an address behind it without brackets", "From: <a@b.c> d@e.f\r\n", "none"},
    {"a domain of spaces", "From: a@b c\r\n", "none"},
    {"an octet before the name",
     "\x80"
     "From: a@b.c\r\n",
     "none"},
    {"a line that only looks like it", "X: y\r\n From: a@b.c\r\n", "none"},
    {"more than anybody writes", "From: a@b" + std::string(limits::author_bytes_max, 'x') + "\r\n", "none"},
    {"eleven authors", "From: a@b,a@b,a@b,a@b,a@b,a@b,a@b,a@b,a@b,a@b,a@b\r\n", "none"},
};

TEST(SmtpAuthor, IsReadFromTheHeaderWhateverTheCut) {
  for (const auto& r : rows) {
    SCOPED_TRACE(r.name);
    for (std::size_t cut = 0; cut <= std::min<std::size_t>(r.header.size(), 200); ++cut) {
      header_watch watch;
      watch.read(std::string_view(r.header).substr(0, cut));
      watch.read(std::string_view(r.header).substr(cut));
      watch.read("\r\nFrom: body@x\r\n");
      EXPECT_EQ(read_authors(watch), r.authors) << "cut at " << cut;
    }
  }
}

struct submission {
  const char* name;
  const char* mail_from;
  const char* header;
  const char* reply;
};
constexpr auto taken = "250 2.0.0 Delivered t1\r\n";
constexpr auto not_yours = "550 5.7.1 The address of the From field is not yours\r\n";
constexpr auto needed = "550 5.7.1 The header needs one From field, with an address of yours\r\n";
const submission submissions[] = {
    {"of MAIL", "<a@b>", "From: a@b", taken},
    {"another of the account", "<a@b>", "From: c@d", taken},
    {"a bounce's", "<>", "From: c@d", taken},
    {"of somebody else", "<a@b>", "From: unknown@d", not_yours},
    {"of somebody else, in a bounce", "<>", "From: unknown@d", not_yours},
    {"also of somebody else", "<a@b>", "From: a@b, c@d, unknown@d", not_yours},
    {"nobody can tell", "<a@b>", "From: later@d", "451 4.3.0 Temporary failure, try again\r\n"},
    {"none", "<a@b>", "To: x@y", needed},
    {"two", "<a@b>", "From: a@b\r\nFrom: a@b", needed},
};

session_options of(service kind) {
  session_options options;
  options.host = "mx.test";
  options.kind = kind;
  options.login_needs_tls = false;
  return options;
}

TEST(SmtpAuthor, HasToBeTheAccountOfWhoSubmits) {
  const std::string sign_in = "AUTH PLAIN " + to_base64("\0ada\0stagecoach"s) + "\r\n";
  for (const auto& r : submissions) {
    const std::string header = r.header;
    const std::string size = std::to_string(header.size() + 5);
    const std::string envelope = "MAIL FROM:" + std::string(r.mail_from) + "\r\nRCPT TO:<r@y>\r\n";
    const turns by_data{"EHLO a\r\n", sign_in, envelope + "DATA\r\n", header + "\r\n\r\nb\r\n.\r\nNOOP\r\n"};
    const turns by_chunks{"EHLO a\r\n", sign_in, envelope, "BDAT " + size + " LAST\r\n" + header + "\r\n\r\nbNOOP\r\n"};
    for (const auto& dialogue : {by_data, by_chunks}) {
      SCOPED_TRACE(r.name);
      reception there(of(service::submission));
      const auto seen = there.talk(dialogue, {}, taking::each_turn);
      EXPECT_TRUE(seen.ends_with(r.reply + "250 2.0.0 OK\r\n"s)) << seen;
      EXPECT_EQ(there.mails().size(), r.reply == taken ? 1U : 0U);
      EXPECT_EQ(there.aborted(), r.reply == taken ? 0U : 1U);
      EXPECT_FALSE(there.is_open());
    }
  }
}

TEST(SmtpAuthor, IsNobodysBusinessAtReception) {
  reception there(of(service::reception));
  const auto seen = there.talk({"EHLO a\r\n", "MAIL FROM:<a@b>\r\nRCPT TO:<r@y>\r\nDATA\r\n",
                                "From: unknown@d\r\nFrom: unknown@e\r\n\r\nb\r\n.\r\n"},
                               {}, taking::each_turn);
  EXPECT_TRUE(seen.ends_with(taken)) << seen;
}

}  // namespace
}  // namespace stagecoach::smtp

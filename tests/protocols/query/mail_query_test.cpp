#include "protocols/query/mail_query.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/imap/search_chunk.hpp"
#include "protocols/mime/part_scanner.hpp"

namespace stagecoach::query {
namespace {

constexpr std::int64_t today = std::chrono::sys_days(std::chrono::year(2026) / 11 / 27).time_since_epoch().count();

struct letter {
  std::string octets;
  std::int64_t day = today;
  message_flags flags;
};

bool finds(const imap::search_program& program, const letter& one) {
  imap::message_facts facts;
  facts.id = uid{1};
  facts.size = one.octets.size();
  facts.header_bytes = static_cast<std::uint32_t>(one.octets.find("\r\n\r\n") + 4);
  facts.received = unix_ms{one.day * 86'400'000};
  facts.flags = one.flags;
  uid_set uids;
  uids.add(uid{1});
  const imap::uid_map map(uids);
  imap::search_chunk chunk(program, map, {facts});
  while (const auto need = chunk.next_need()) {
    if (std::holds_alternative<imap::need_structures>(*need)) {
      mime::part_scanner scanner;
      scanner.received(one.octets);
      EXPECT_TRUE(chunk.answered(imap::structures{{{uid{1}, 0, scanner.finished()}}, uid{1}}));
    } else {
      const auto& piece = std::get<imap::need_octets>(*need);
      imap::message_octets answer{one.octets.substr(piece.offset, piece.length), {}};
      for (const auto& ahead : piece.ahead) answer.ahead.emplace_back(one.octets.substr(ahead.offset, ahead.length));
      EXPECT_TRUE(chunk.answered(std::move(answer)));
    }
  }
  return !chunk.matches().empty();
}

bool finds(std::string_view line, const letter& one) {
  const auto program = parse_query(line, today);
  EXPECT_TRUE(bool(program)) << line;
  return program && finds(*program, one);
}

letter invitation() {
  letter made;
  made.octets =
      "From: Ada Lovelace <ada@example.org>\r\nTo: grace@localhost\r\nCc: Alan <alan@example.net>\r\n"
      "Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?= from OR to London\r\nMessage-ID: <1@example.org>\r\nX-Trace: kept here\r\n"
      "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nLet us \"meet\" on (Friday): bring -cake.\r\n--b\r\n"
      "Content-Type: application/pdf; name=map.pdf\r\n\r\nx\r\n--b--\r\n";
  made.day = today - 10;
  made.flags.set(flag::flagged);
  made.flags.add_keyword("travel");
  return made;
}

// "a ; b" in lines.
std::vector<std::string> each_of(std::string_view table) {
  std::vector<std::string> all;
  for (std::size_t at = 0; at < table.size();) {
    const auto end = std::min(table.find(';', at), table.size());
    const auto one = table.substr(at, end - at);
    const auto begin = one.find_first_not_of(" \n");
    if (begin != std::string_view::npos) all.emplace_back(one.substr(begin, one.find_last_not_of(" \n") - begin + 1));
    at = end + 1;
  }
  return all;
}

constexpr std::string_view what_finds = R"(
ada ; LOVELACE ; grüsse ; friday ; ada friday ; "let us" ; from:ada ; f:ada ; from:"ada l" ;
to:grace ; t:alan ; cc:alan ; addr:alan ; subject:london ; s:GRÜẞE ; body:friday ;
msgid:1@example.org ; header:x-trace:kept ; h:x-trace ; is:unread ; is:flagged ; is:starred ;
label:travel ; l:\flagged ; has:attachment ; a:any ; start:2026-11-17 ; after:2026/11/17 ;
end:2026-11-17 ; until:2026-11-17 ; before:2026-11-18 ; on:2026-11-17 ; date:2026-11-17 ;
newer_than:10d ; newer:2w ; older:9d ; minsize:100 ; larger:0k ; maxsize:1m ; smaller:1GB ;
from:ada to:grace is:flagged)";

constexpr std::string_view what_does_not = R"(
nobody ; ada nobody ; "us let" ; from:grace ; to:ada ; cc:ada ; addr:nobody ; subject:ada ;
body:london ; msgid:2@example.org ; header:x-trace:gone ; h:x-other ; is:read ; is:unflagged ;
is:answered ; is:draft ; is:junk ; is:notjunk ; is:forwarded ; is:deleted ; label:work ;
attachments:none ; start:2026-11-18 ; end:2026-11-16 ; before:2026-11-17 ; on:yesterday ; date:today ;
newer_than:9d ; older:10d ; minsize:1k ; maxsize:100 ; kept)";

TEST(MailQuery, FindsByWordAndTag) {
  EXPECT_TRUE(finds("", invitation()) && finds("  ", invitation()));
  for (const auto& line : each_of(what_finds)) EXPECT_TRUE(finds(line, invitation())) << line;
  for (const auto& line : each_of(what_does_not)) EXPECT_FALSE(finds(line, invitation())) << line;
}

TEST(MailQuery, CombinesWhatItLooksFor) {
  for (const auto* line :
       {"-nobody", "NOT nobody", "--ada", "NOT -ada", "-is:read", "-attachments:none", "nobody OR ada", "ada OR nobody",
        "nobody OR from:ada friday", "(nobody OR ada) friday", "-(nobody OR alone)", "NOT (ada nobody)", "((ada))",
        "-(nobody)friday", "ada -(nobody OR (alone friday))"})
    EXPECT_TRUE(finds(line, invitation())) << line;
  for (const auto* line : {"-ada", "NOT ada", "ada -friday", "nobody OR alone", "ada nobody OR alone friday",
                           "(nobody OR ada) alone", "-(nobody OR ada)", "ada NOT (from:ada OR nobody)"})
    EXPECT_FALSE(finds(line, invitation())) << line;
}

// What is being typed is no error, and finds what can be meant.
TEST(MailQuery, EveryLineMeansSomething) {
  for (const auto* line : {"\"let us", "(ada", "ada OR", "OR ada", "OR", "ada NOT", "ada (", "ada ()", "NOT",
                           "- -nobody", "\"\"\"meet\"\"\"", "(friday)", "-", "from:ada\"", "\t ada\r\n"})
    EXPECT_TRUE(finds(line, invitation())) << line;
  // No known tag, or not its value: a word.
  for (const auto* line : {"(friday):", "on:(friday):", "is:friday", "color:red", "from:", ":", "::", "date:2026-13-45",
                           "newer:9", "minsize:big", "has:wings", "h::x", ")"}) {
    letter one = invitation();
    one.octets.replace(one.octets.find("Let us"), 6, std::string("<") + line + ">");
    EXPECT_TRUE(finds(line, one)) << line;
  }
}

TEST(MailQuery, IsLimited) {
  EXPECT_EQ(parse_query(std::string(line_bytes_max + 1, 'x'), today).error().code, fault_code::too_long);
  EXPECT_TRUE(bool(parse_query(std::string(line_bytes_max, 'x'), today)));
  EXPECT_FALSE(finds(std::string(line_bytes_max, '('), invitation()));
  EXPECT_FALSE(finds(std::string(500, '-') + "nobody", invitation()));
  EXPECT_TRUE(finds(std::string(501, '-') + "nobody", invitation()));
  std::string many;
  for (std::size_t i = 0; i < terms_max; ++i) many += "a ";
  EXPECT_TRUE(finds(many, invitation()));
  EXPECT_EQ(parse_query(many + "a", today).error().code, fault_code::too_long);
}

TEST(MailQuery, FlagsCanOnlyMatterWhereTheyAreAskedFor) {
  for (const auto* line : {"is:unread", "ada OR is:flagged", "label:work", "-l:\\Seen"})
    EXPECT_TRUE(parse_query(line, today)->looks_at_flags()) << line;
  for (const auto* line : {"ada", "from:ada", "has:attachment", "on:today", "larger:1"})
    EXPECT_FALSE(parse_query(line, today)->looks_at_flags()) << line;
}

}  // namespace
}  // namespace stagecoach::query

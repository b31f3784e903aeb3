#include "protocols/imap/search_chunk.hpp"

#include <gtest/gtest.h>

#include <map>

#include "protocols/imap/limits.hpp"
#include "protocols/mime/part_scanner.hpp"

namespace stagecoach::imap {
namespace {

const std::string plain =
    "From: =?utf-8?q?J=C3=BCrgen?= <j@example.org>\r\nSubject: =?iso-8859-1?q?Gr=FC=DFe?= aus\r\n"
    "Date: Tue, 2 Jan 2024 23:30:00 -0500\r\nMessage-ID: <1@example.org>\r\n\r\nHello World\r\n";
const std::string encoded =
    "Subject: two\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n"
    "Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    "Caf=E9 cr=\r\n=E8me\r\n--x\r\nContent-Type: application/octet-stream\r\n\r\nhidden needle\r\n--x\r\n"
    "Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    "PGI+ZXN0cmVsbGE8L2I+\r\n--x--\r\n";

// The messages of a mailbox, and how much was read of them.
struct shelf {
  std::map<uid, std::string> messages;
  std::size_t structures = 0;
  std::size_t questions = 0;
  std::size_t octets = 0;
  std::uint32_t prefix_bytes = 0;
  std::size_t answers_ahead = SIZE_MAX;

  [[nodiscard]] mime::part_index parts_of(const std::string& message) const {
    mime::part_scanner scanner;
    scanner.received(std::string_view(message).substr(prefix_bytes));
    return scanner.finished();
  }
  [[nodiscard]] std::vector<message_facts> facts() const {
    std::vector<message_facts> all;
    for (const auto& [id, octets_of] : messages) {
      auto& one = all.emplace_back();
      one.id = id;
      one.size = octets_of.size();
      one.header_bytes = static_cast<std::uint32_t>(octets_of.find("\r\n\r\n") + 4);
    }
    return all;
  }
  std::string read(const octet_piece& piece) {
    octets += piece.length;
    return messages.at(piece.message).substr(piece.offset, piece.length);
  }

  std::vector<uid> search(std::string_view text) {
    reader in(text);
    auto program = take_search_program(in);
    EXPECT_TRUE(in.ok() && in.at_end()) << text;
    uid_set uids;
    for (const auto& [id, octets_of] : messages) uids.add(id);
    const uid_map map(uids);
    program.bind(map, {});
    search_chunk chunk(program, map, facts());
    while (auto need = chunk.next_need()) {
      if (const auto* wanted = std::get_if<need_structures>(&*need)) {
        imap::structures found;
        found.up_to = wanted->uids.ranges().back().last;
        wanted->uids.for_each([&](uid id) {
          ++structures;
          found.messages.push_back({id, prefix_bytes, parts_of(messages.at(id))});
          if (wanted->envelopes_only) found.messages.back().parts.parts.clear();
        });
        EXPECT_TRUE(chunk.answered(std::move(found)));
      } else {
        const auto& octets_wanted = std::get<need_octets>(*need);
        ++questions;
        message_octets found{read(octets_wanted)};
        for (std::size_t i = 0; i < std::min(answers_ahead, octets_wanted.ahead.size()); ++i)
          found.ahead.emplace_back(read(octets_wanted.ahead[i]));
        EXPECT_TRUE(chunk.answered(std::move(found)));
      }
    }
    std::vector<uid> all;
    for (const auto& one : chunk.matches()) all.push_back(one.id);
    return all;
  }
};

// A text with 8-bit octets is a literal.
std::string literal(std::string_view text) { return "{" + std::to_string(text.size()) + "}\r\n" + std::string(text); }

struct row {
  std::string text;
  std::vector<uid> found;
};

TEST(SearchChunk, LooksThroughWhatPeopleRead) {
  shelf on{{{uid{1}, plain}, {uid{2}, encoded}}};
  const row rows[] = {
      {"SUBJECT " + literal("gr\u00fc\u00dfe aus"), {uid{1}}},
      {"SUBJECT " + literal("GR\u00dcSSE"), {uid{1}}},
      {"FROM " + literal("j\u00dcRGEN <J@example"), {uid{1}}},
      {"HEADER subject " + literal("gr\u00fc"), {uid{1}}},
      {"HEADER message-id 1@EXAMPLE", {uid{1}}},
      {"HEADER message-id \"\"", {uid{1}}},
      {"HEADER date \"\"", {uid{1}}},
      {"BODY \"hello w\"", {uid{1}}},
      {"BODY " + literal("caf\u00e9 cr\u00e8me"), {uid{2}}},
      {"BODY ESTRELLA", {uid{2}}},
      {"BODY needle", {}},  // no text
      {"TEXT two", {uid{2}}},
      {"BODY two", {}},
      {"TEXT \"Message-ID: <1\"", {uid{1}}},
      {"SENTON 2-Jan-2024", {uid{1}}},  // the day that the sender wrote, whatever the zone
      {"SENTBEFORE 3-Jan-2024", {uid{1}}},
      {"SENTSINCE 3-Jan-2024", {}},
      {"NOT BODY hello", {uid{2}}},
      {"OR SUBJECT two BODY hello", {uid{1}, uid{2}}},
      {"SUBJECT two BODY hello", {}},
  };
  for (const auto& r : rows) EXPECT_EQ(on.search(r.text), r.found) << r.text;
}

TEST(SearchChunk, ReadsNoMoreThanDecides) {
  shelf on{{{uid{1}, plain}, {uid{2}, encoded}}};
  EXPECT_TRUE(on.search("SEEN BODY hello").empty());  // nobody is
  EXPECT_EQ(on.structures, 0U);
  EXPECT_EQ(on.search("SUBJECT two BODY estrella"), std::vector<uid>{uid{2}});
  EXPECT_EQ(on.structures, 2U);
  EXPECT_LT(on.octets, encoded.size());  // the other message is not read, nor is the attachment
}

TEST(SearchChunk, ReadsSmallMessagesWithOneQuestion) {
  shelf on;
  for (std::uint32_t i = 1; i <= 50; ++i) on.messages[uid{i}] = plain;
  EXPECT_EQ(on.search("BODY world").size(), 50U);
  EXPECT_EQ(on.questions, 1U);
  on.questions = 0;
  on.answers_ahead = 3;  // no more is given: the rest is asked for again
  EXPECT_EQ(on.search("BODY world").size(), 50U);
  EXPECT_EQ(on.questions, 13U);
}

TEST(SearchChunk, FindsWhatStandsAcrossPieces) {
  const std::string header = "Subject: large\r\n\r\n";
  for (const std::size_t before : {octets_chunk - 3U, octets_chunk - 1U, octets_chunk * 2 - 2U}) {
    shelf on{{{uid{1}, header + std::string(before, 'x') + "Needle" + std::string(1000, 'y')}}};
    EXPECT_EQ(on.search("BODY xneedley").size(), 1U) << before;
    EXPECT_EQ(on.search("BODY needlex").size(), 0U) << before;
  }
}

TEST(SearchChunk, CountsFromTheBodyBehindAPrefix) {
  shelf on{{{uid{1}, "Return-Path: <>\r\n" + encoded}}};
  on.prefix_bytes = 17;
  EXPECT_EQ(on.search("BODY estrella").size(), 1U);
  EXPECT_EQ(on.search("HEADER return-path \"\"").size(), 1U);
}

TEST(SearchChunk, PassesOverWhatHasGone) {
  reader in("BODY x");
  auto program = take_search_program(in);
  uid_set uids;
  uids.add(uid{1});
  uids.add(uid{2});
  const uid_map map(uids);
  shelf on{{{uid{1}, plain}, {uid{2}, plain}}};
  search_chunk chunk(program, map, on.facts());
  ASSERT_TRUE(std::holds_alternative<need_structures>(*chunk.next_need()));
  structures found;
  found.up_to = uid{2};
  found.messages.push_back({uid{2}, 0, on.parts_of(plain)});
  ASSERT_TRUE(chunk.answered(std::move(found)));
  EXPECT_EQ(std::get<need_octets>(*chunk.next_need()).message, uid{2});
  EXPECT_FALSE(chunk.answered(refused{fault_code::disk}));
  EXPECT_TRUE(chunk.answered(refused{fault_code::not_found}));
  EXPECT_FALSE(chunk.next_need());
  EXPECT_TRUE(chunk.matches().empty());
}

TEST(SearchChunk, RefusesAnswersThatCannotBe) {
  reader in("BODY x");
  auto program = take_search_program(in);
  uid_set uids;
  uids.add(uid{1});
  const uid_map map(uids);
  shelf on{{{uid{1}, plain}}};
  search_chunk chunk(program, map, on.facts());
  (void)chunk.next_need();
  EXPECT_FALSE(chunk.answered(structures{}));  // it goes nowhere
  ASSERT_TRUE(chunk.answered(structures{{{uid{1}, 0, on.parts_of(plain)}}, uid{1}}));
  (void)chunk.next_need();
  EXPECT_FALSE(chunk.answered(message_octets{"short"}));
}

}  // namespace
}  // namespace stagecoach::imap

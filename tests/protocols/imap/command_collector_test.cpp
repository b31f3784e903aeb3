#include "protocols/imap/command_collector.hpp"

#include <gtest/gtest.h>

namespace stagecoach::imap {
namespace {

// Feeds in two pieces and accepts every literal; the text of the first whole command, or why there is none.
std::string collect(std::string_view in, std::size_t cut, std::string_view& rest) {
  command_collector one;
  std::string bytes(in);
  for (std::string_view part : {in.substr(0, cut), in.substr(cut)}) {
    while (!part.empty()) {
      const auto event = one.take(part, 100);
      if (const auto* broken = std::get_if<command_collector::broken>(&event)) return std::string(broken->why.what);
      if (const auto* literal = std::get_if<command_collector::literal_announced>(&event))
        one.take_literal(literal->head.bytes);
      if (std::holds_alternative<command_collector::complete>(event)) {
        rest = part;
        return std::string(one.text());
      }
    }
  }
  return "more";
}

struct row {
  const char* name;
  std::string_view in;
  std::string_view out;
};

TEST(CommandCollector, CollectsOneCommandAtEveryCut) {
  const row rows[] = {
      {"a line", "a NOOP\r\n", "a NOOP"},
      {"an empty line", "\r\n", ""},
      {"not yet", "a NOOP\r", "more"},
      {"a literal", "a LOGIN {3}\r\nada x\r\n", "a LOGIN {3}\r\nada x"},
      {"a literal of lines", "a x {6+}\r\n\r\nb\r\n\n {0}\r\n\r\n", "a x {6+}\r\n\r\nb\r\n\n {0}\r\n"},
      {"a literal holds anything", std::string_view("a x {2}\r\n\0\n\r\n", 13),
       std::string_view("a x {2}\r\n\0\n", 11)},
      {"no literal", "a x {3} \r\n", "a x {3} "},
      {"quotes", "a x \"{3}\"\r\n", "a x \"{3}\""},
      {"bare LF", "a\n", "lines end with CRLF"},
      {"LF first", "\n", "lines end with CRLF"},
      {"LF after a literal", "a {1}\r\nx\n", "lines end with CRLF"},
      {"bare CR", "a\rb\r\n", "a CR that no LF follows"},
      {"CR CR LF", "a\r\r\n", "a CR that no LF follows"},
      {"open quotes", "a \"x\r\n", "a quoted string that does not end"},
      {"an escaped quote", "a \"x\\\"\r\n", "a quoted string that does not end"},
  };
  for (const auto& r : rows) {
    for (std::size_t cut = 0; cut <= r.in.size(); ++cut) {
      SCOPED_TRACE(r.name);
      std::string_view rest;
      EXPECT_EQ(collect(r.in, cut, rest), r.out) << "cut at " << cut;
    }
  }
}

TEST(CommandCollector, CountsTheLineWithoutItsLiterals) {
  std::string_view rest;
  EXPECT_EQ(collect(std::string(99, 'x') + "\r\n", 0, rest), "the command is too long");
  EXPECT_EQ(collect(std::string(98, 'x') + "\r\n", 0, rest), std::string(98, 'x'));
  const auto with_literal = "a {500}\r\n" + std::string(500, 'y');
  EXPECT_EQ(collect(with_literal + std::string(80, 'x') + "\r\n", 3, rest), with_literal + std::string(80, 'x'));
}

TEST(CommandCollector, FindsLiteralHeads) {
  EXPECT_FALSE(find_literal_head("a {}"));
  EXPECT_FALSE(find_literal_head("a {-1}"));
  EXPECT_FALSE(find_literal_head("a {+}"));
  EXPECT_FALSE(find_literal_head("12}"));
  const auto head = find_literal_head("a {12+}");
  ASSERT_TRUE(head);
  EXPECT_EQ(head->bytes, 12U);
  EXPECT_FALSE(head->is_sync);
  EXPECT_EQ(head->at, 2U);
  EXPECT_EQ(find_literal_head("{99999999999999999999999}")->bytes, UINT64_MAX);
}

}  // namespace
}  // namespace stagecoach::imap

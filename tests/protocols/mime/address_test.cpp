#include "protocols/mime/address.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <set>

namespace stagecoach::mime {
namespace {

// "name|route|mailbox|host" in brackets; "{name" and "}" around a group; "!" behind all: there were defects.
std::string list_text(std::string_view value) {
  const auto list = parse_addresses(value, 100);
  std::string text;
  for (const auto& one : list.entries) {
    if (one.kind == address_kind::group_start) {
      text += "{" + one.mailbox;
    } else if (one.kind == address_kind::group_end) {
      text += "}";
    } else {
      text += "[" + one.name + "|" + one.route + "|" + one.mailbox + "|" + one.host + "]";
    }
  }
  return text + (list.has_defects ? "!" : "");
}

struct row {
  const char* name;
  std::string_view in;
  std::string_view out;
};

constexpr row rows[] = {
    // RFC 5322 A.1, A.5, A.6
    {"plain", "jdoe@example.org", "[||jdoe|example.org]"},
    {"name", "John Doe <jdoe@machine.example>", "[John Doe||jdoe|machine.example]"},
    {"quoted name", "\"Giant; \\\"Big\\\" Box\" <s@example.net>, <boss@nil.test>",
     "[Giant; \"Big\" Box||s|example.net][||boss|nil.test]"},
    {"dot in a name", "Joe Q. Public <j@x>", "[Joe Q. Public||j|x]"},
    {"groups", "A Group:Ed Jones <c@a.test>,joe@where.test;, Undisclosed:;",
     "{A Group[Ed Jones||c|a.test][||joe|where.test]}{Undisclosed}"},
    {"comments and folds", "Pete(A nice \\) chap) <pete(his\r\n account)@silly.test(his host)>",
     "[Pete||pete|silly.test]"},
    {"group with comments", "A Group(Some people)\r\n :Chris <c@(host.)public.example>; (the end)",
     "{A Group[Chris||c|public.example]}"},
    {"a route has domains only", "<@\"a\\\n\",@b:mary@example.net>", "[|@a\n,@b|mary|example.net]!"},
    {"route and empty entries", "Mary <@node.test,@b:mary@example.net>, , jdoe@test  . example",
     "[Mary|@node.test,@b|mary|example.net][||jdoe|test.example]"},
    {"comment as name", "gray@cac (Terry Gray)", "[Terry Gray||gray|cac]"},
    {"quoted local part", "\"a b\\\"\".c@x, N <\"d@e\"@x>", "[||a b\".c|x][N||d@e|x]"},
    {"domain literal", "a@[192.0.2.1], b@[IPv6: ::1 ]", "[||a|[192.0.2.1]][||b|[IPv6:::1]]"},
    {"UTF-8", "J\xc3\xb6rg <j\xc3\xb6rg@b\xc3\xbc.example>", "[J\xc3\xb6rg||j\xc3\xb6rg|b\xc3\xbc.example]"},
    {"encoded words stay", "=?utf-8?q?J=C3=B6rg?= <a@x>", "[=?utf-8?q?J=C3=B6rg?=||a|x]"},
    {"nothing", " (nobody) ", ""},
    // What is not of the grammar.
    {"address as name", "ceo@bank.test <x@evil.test>", "[ceo@bank.test||x|evil.test]"},
    {"name in front of a bare address", "John Doe j@x", "[John Doe||j|x]!"},
    {"no address", "nobody", "[||nobody|]!"},
    {"empty brackets", "N <>", "[N|||]!"},
    {"text behind the brackets", "<ceo@bank.test>x@evil.test", "[x@evil.test||ceo|bank.test]!"},
    {"two in brackets", "<a@x> <b@x>", "[||a|x][||b|x]!"},
    {"bracket missing", "A <a@x, B <b@x>", "[A||a|x][B||b|x]!"},
    {"bracket too much", "A <a@x>>, <<b@x>", "[A||a|x][||b|x]!"},
    {"two at", "<a@b@x>", "[||a@b|x]!"},
    {"semicolons between", "a@x; b@x", "[||a|x][||b|x]!"},
    {"group that never ends", "g: a@x", "{g[||a|x]}"},
    {"open quote", "\"A <a@x>", "[\"A||a|x]!"},
    {"open comment", "(A <a@x>, b@x", "[(A||a|x][||b|x]!"},
    {"dots", "a..b@x, .c@x", "[||a..b|x][||.c|x]!"},
    {"comma in an encoded word separates", "=?utf-8?q?a,b?= <a@x>", "[||=?utf-8?q?a|][b?=||a|x]!"},
};

TEST(MimeAddress, ReadsLists) {
  for (const auto& r : rows) EXPECT_EQ(list_text(r.in), r.out) << r.name;
}

TEST(MimeAddress, EndsAGroupThatIsCut) {
  const auto list = parse_addresses("g: a@x, b@x, c@x;", 2);
  EXPECT_TRUE(list.is_cut);
  ASSERT_EQ(list.entries.size(), 3U);
  EXPECT_EQ(list.entries.back().kind, address_kind::group_end);
}

std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i, 2) == "\\x") {
      out += static_cast<char>(std::stoi(std::string(text.substr(i + 2, 2)), nullptr, 16));
      i += 3;
    } else {
      out += text[i];
    }
  }
  return out;
}

// The public suite of address syntax. In a header field everything but its errors is an address without defects.
TEST(MimeAddress, AgreesWithIsemail) {
  const std::map<std::string_view, std::set<std::string>> ours = {
      {"the grammar of a header knows no host names: hyphens may stand anywhere", {"30", "31", "102"}},
      {"a NUL or any other octet is kept in a quoted string (RFC 5322 4.1)", {"57", "133", "160"}},
      {"a domain literal has no escapes (RFC 5321 4.1.3)", {"115", "116", "117"}},
      {"a line end is white space: folds are seen to where fields are cut",
       {"99",  "127", "128", "129", "130", "131", "132", "135", "141", "142",
        "143", "145", "146", "147", "150", "151", "152", "154", "155", "156"}},
  };
  std::set<std::string> disagreements;
  for (const auto& [reason, ids] : ours) disagreements.insert(ids.begin(), ids.end());
  std::ifstream file(std::string(TEST_DATA) + "/smtp/isemail.txt");
  ASSERT_TRUE(file);
  std::size_t count = 0;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with('#')) continue;
    std::vector<std::string> columns(1);
    for (const char c : line) {
      if (c == '\t') {
        columns.emplace_back();
      } else {
        columns.back() += c;
      }
    }
    ASSERT_EQ(columns.size(), 4U) << line;
    const auto list = parse_addresses(unescaped(columns[3]), 10);
    const bool is_address = !list.has_defects && list.entries.size() == 1;
    const bool expected = columns[1] != "ERR";
    EXPECT_EQ(is_address == expected, !disagreements.contains(columns[0])) << line;
    ++count;
  }
  EXPECT_EQ(count, 164U);
}

}  // namespace
}  // namespace stagecoach::mime

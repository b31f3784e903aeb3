#include "protocols/smtp/path.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <set>

#include "protocols/base/ids.hpp"

namespace stagecoach::smtp {
namespace {

using namespace std::string_view_literals;

// What the path is, spelled as we spell it; or the fault.
std::string forward(std::string_view text) {
  reader in(text);
  const auto a = read_forward_path(in);
  if (!in.ok()) return std::string(fault_name(in.error().code));
  return write_path(a) + std::string(in.rest());
}
std::string reverse(std::string_view text) {
  reader in(text);
  const auto a = read_reverse_path(in);
  if (!in.ok()) return std::string(fault_name(in.error().code));
  return write_path(a) + std::string(in.rest());
}

const std::string local_64(64, 'l');
const std::string label_63(63, 'd');
const std::string domain_255 = label_63 + "." + label_63 + "." + label_63 + "." + label_63;

struct row {
  std::string in;
  std::string out;
};
const row rows[] = {
    {"<a@b>", "<a@b>"},
    {"<Ada.Lovelace@Example.ORG>", "<Ada.Lovelace@example.org>"},
    {"<!#$%&'*+-/=?^_`{|}~@x.y>", "<!#$%&'*+-/=?^_`{|}~@x.y>"},
    {"<a@b> SIZE=1", "<a@b> SIZE=1"},
    {"<\"a b\"@c>", "<\"a b\"@c>"},
    {"<\"plain\"@c>", "<plain@c>"},
    {"<\"a\\\\\"@c>", "<\"a\\\\\"@c>"},
    {"<\"a\\\"b\"@c>", "<\"a\\\"b\"@c>"},
    {"<\"\\a\"@c>", "<a@c>"},
    {"<\"a@b\"@c>", "<\"a@b\"@c>"},
    {"<\"a>b\"@c>", "<\"a>b\"@c>"},
    {"<\"\"@c>", "syntax"},
    {"<\"a\\\"@c>", "truncated"},
    {"<\"a\"b@c>", "syntax"},
    {"<\"a\".b@c>", "syntax"},
    {"<a b@c>", "syntax"},
    {"<@>", "syntax"},
    {"<>", "syntax"},
    {"<a>", "syntax"},
    {"<a@>", "syntax"},
    {"<@b>", "syntax"},
    {"<a@b@c>", "syntax"},
    {"<a@b", "syntax"},
    {"a@b>", "syntax"},
    {"a@b", "syntax"},
    {"", "syntax"},
    {"<", "syntax"},
    {"< a@b>", "syntax"},
    {"<a@b >", "syntax"},
    {"<.a@b>", "syntax"},
    {"<a.@b>", "syntax"},
    {"<a..b@c>", "syntax"},
    {"<a@.b>", "syntax"},
    {"<a@b.>", "syntax"},
    {"<a@b..c>", "syntax"},
    {"<a@-b>", "syntax"},
    {"<a@b->", "syntax"},
    {"<a@b_c>", "syntax"},
    {"<a@b,c@d>", "syntax"},
    {"<a@b\tc>", "syntax"},
    {"<a\x7f@c>", "syntax"},
    {"<\"a\x7f\"@c>", "syntax"},
    {std::string("<\"a\0\"@c>"sv), "syntax"},
    {std::string("<a@b\0.c>"sv), "syntax"},
    {"<\"\xff\"@c>", "not_utf8"},
    // RFC 6531 3.3: UTF-8, and domains by their A-labels.
    {"<\xc3\xa9@c>", "<\xc3\xa9@c>"},
    {"<\"\xc3\xa9 \"@c>", "<\"\xc3\xa9 \"@c>"},
    {"<u@ext\xe3\x80\x82test>", "<u@ext.test>"},
    {"<u@B\xc3\xbc"
     "cher.example>",
     "<u@xn--bcher-kva.example>"},
    {"<u@xn--bcher-kva.example>", "<u@xn--bcher-kva.example>"},
    {"<u@fa\xc3\x9f.de>", "<u@xn--fa-hia.de>"},
    {"<u@\xe2\x98\x83.\xe2\x80\xae>", "syntax"},
    {"<u@\xef\xbc\x8f>", "syntax"},  // a full-width "/" would become one
    {"<u@[\xc3\xa9]>", "syntax"},
    {"<\xc3@c>", "not_utf8"},
    {"<\xc0\x80@c>", "not_utf8"},
    {"<\xed\xa0\x80@c>", "not_utf8"},
    {"<\xc2\x85@c>", "not_utf8"},  // NEL
    // Source routes mean nothing (RFC 5321 appendix C).
    {"<@relay:u@ext.test>", "<u@ext.test>"},
    {"<@relay,@[192.0.2.1],@x.y:u@ext.test>", "<u@ext.test>"},
    {"<@relay,u@ext.test>", "syntax"},
    {"<@relay:>", "syntax"},
    {"<@:u@ext.test>", "syntax"},
    {"<@relay@x:u@ext.test>", "syntax"},
    // Postmaster needs no domain (RFC 5321 4.1.1.3).
    {"<postmaster>", "<postmaster@>"},
    {"<POSTmaster>", "<postmaster@>"},
    {"<postmaster@b>", "<postmaster@b>"},
    // Address literals.
    {"<a@[127.0.0.1]>", "<a@[127.0.0.1]>"},
    {"<a@[255.255.255.255]>", "<a@[255.255.255.255]>"},
    {"<a@[256.0.0.1]>", "syntax"},
    {"<a@[1.2.3]>", "syntax"},
    {"<a@[1.2.3.4.5]>", "syntax"},
    {"<a@[1.2.3.04]>", "syntax"},
    {"<a@[1.2.3.4>", "syntax"},
    {"<a@[]>", "syntax"},
    {"<a@[x]>", "syntax"},
    {"<a@[X-tag:x]>", "syntax"},
    {"<a@[IPv6:2001:DB8:0:0:0:0:0:1]>", "<a@[ipv6:2001:db8::1]>"},
    {"<a@[ipv6:2001:db8::1]>", "<a@[ipv6:2001:db8::1]>"},
    {"<a@[IPv6:::]>", "<a@[ipv6:::]>"},
    {"<a@[IPv6:::1]>", "<a@[ipv6:::1]>"},
    {"<a@[IPv6:1::]>", "<a@[ipv6:1::]>"},
    {"<a@[IPv6:1:0:0:2:0:0:0:3]>", "<a@[ipv6:1:0:0:2::3]>"},
    {"<a@[IPv6:1:2:3:4:5:6:7:8]>", "<a@[ipv6:1:2:3:4:5:6:7:8]>"},
    {"<a@[IPv6:::ffff:192.0.2.1]>", "<a@[ipv6:::ffff:c000:201]>"},
    {"<a@[IPv6:1:2:3:4:5:6:1.2.3.4]>", "<a@[ipv6:1:2:3:4:5:6:102:304]>"},
    {"<a@[IPv6:1:2:3:4:5:6:7:1.2.3.4]>", "syntax"},
    {"<a@[IPv6::::::::]>", "syntax"},
    {"<a@[IPv6:]>", "syntax"},
    {"<a@[IPv6:1::2::3]>", "syntax"},
    {"<a@[IPv6:12345::]>", "syntax"},
    {"<a@[IPv6:1:2:3:4:5:6:7]>", "syntax"},
    {"<a@[IPv6:1:2:3:4:5:6:7:8:9]>", "syntax"},
    {"<a@[IPv6:1:2:3:4:5:6:7:]>", "syntax"},
    {"<a@[IPv6:1.2.3.4]>", "syntax"},
    // Lengths.
    {"<" + local_64 + "@b>", "<" + local_64 + "@b>"},
    {"<" + local_64 + "l@b>", "too_long"},
    {"<\"" + local_64 + "\"@b>", "too_long"},
    {"<a@" + label_63 + ">", "<a@" + label_63 + ">"},
    {"<a@" + label_63 + "d>", "too_long"},
    {"<a@" + domain_255.substr(4) + ">", "<a@" + domain_255.substr(4) + ">"},
    {"<aa@" + domain_255.substr(4) + ">", "<aa@" + domain_255.substr(4) + ">"},
    {"<aaa@" + domain_255.substr(4) + ">", "too_long"},
    {"<a@" + domain_255 + "d>", "too_long"},
    // No character has a meaning of its own (CVE-2020-7247, CVE-2019-10149).
    {"<;id;@local>", "syntax"},
    {"<${run{id}}@local>", "<${run{id}}@local>"},
    {"<|id@local>", "<|id@local>"},
    {"<\"/../../etc/passwd\"@local>", "<\"/../../etc/passwd\"@local>"},
    {"<%s%n@local>", "<%s%n@local>"},
    {"<../../x@local>", "syntax"},
    {"<u%ext.test@relay>", "<u%ext.test@relay>"},
    {"<\"u@ext.test\"@relay>", "<\"u@ext.test\"@relay>"},
    {"<ext.test!u@relay>", "<ext.test!u@relay>"},
};

TEST(Path, ReadsWhatRfc5321Allows) {
  for (const auto& r : rows) EXPECT_EQ(forward(r.in), r.out) << r.in;
}

TEST(Path, ReverseIsTheSameButForNullAndPostmaster) {
  for (const auto& r : rows) {
    if (r.in == "<>" || r.in.size() == 12) continue;
    EXPECT_EQ(reverse(r.in), r.out) << r.in;
  }
  EXPECT_EQ(reverse("<>"), "<>");
  EXPECT_EQ(reverse("<> SIZE=1"), "<> SIZE=1");
  EXPECT_EQ(reverse("<postmaster>"), "syntax");
  EXPECT_EQ(reverse("< >"), "syntax");
}

TEST(Path, WhatIsWrittenIsReadBack) {
  for (const auto& r : rows) {
    if (!r.out.ends_with('>') || r.out == "<postmaster@>") continue;
    const auto inner = std::string_view(r.out).substr(1, r.out.size() - 2);
    const auto a = parse_mailbox(inner);
    ASSERT_TRUE(a) << r.out;
    EXPECT_EQ(write_mailbox(*a), inner);
  }
}

std::string unescape(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i, 2) == "\\x") {
      out += from_hex(text.substr(i + 2, 2));
      i += 3;
    } else {
      out += text[i];
    }
  }
  return out;
}

// The public test suite of address syntax; what is only valid in header fields, or obsolete, is no SMTP address.
TEST(Path, AgreesWithIsemail) {
  const std::set<std::string> ours = {
      "43",  // ""@iana.org: we want a name
  };
  std::ifstream file(std::string(TEST_DATA) + "/smtp/isemail.txt");
  ASSERT_TRUE(file);
  std::size_t count = 0;
  for (std::string text; std::getline(file, text);) {
    if (text.starts_with('#')) continue;
    std::vector<std::string> columns(1);
    for (const char c : text) {
      if (c == '\t') {
        columns.emplace_back();
      } else {
        columns.back() += c;
      }
    }
    ASSERT_EQ(columns.size(), 4u) << text;
    const bool is_valid = columns[1] == "VALID_CATEGORY" || columns[1] == "DNSWARN" || columns[1] == "RFC5321";
    const auto a = parse_mailbox(unescape(columns[3]));
    EXPECT_EQ(bool(a), is_valid && !ours.contains(columns[0])) << text;
    ++count;
  }
  EXPECT_EQ(count, 164u);
}

TEST(Path, GreetingNames) {
  for (const auto* good : {"a", "localhost", "mail.example.org", "mail.example.org.", "my_pc", "[127.0.0.1]", "1.2.3.4",
                           "[IPv6:::1]", "x-y.z"})
    EXPECT_TRUE(is_greeting_name(good)) << good;
  for (const auto* bad : {"", ".", "a..b", "a b", "a\tb", "<script>", "[IPv6:::::::]", "[1.2.3.4", "-a", "a-", "a/b",
                          "caf\xc3\xa9", "a.b..", "[]"})
    EXPECT_FALSE(is_greeting_name(bad)) << bad;
  EXPECT_FALSE(is_greeting_name(std::string(256, 'a')));
}

}  // namespace
}  // namespace stagecoach::smtp

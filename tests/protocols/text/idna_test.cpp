#include "protocols/text/idna.hpp"

#include <gtest/gtest.h>

namespace stagecoach {
namespace {

struct row {
  const char* name;
  std::string_view in;
  std::string_view out;  // empty: none
};
constexpr row rows[] = {
    {"plain", "Example.ORG", "example.org"},
    {"one label",
     "b\xc3\xbc"
     "cher.example",
     "xn--bcher-kva.example"},
    {"in upper case",
     "B\xc3\x9c"
     "CHER.example",
     "xn--bcher-kva.example"},
    {"decomposed",
     "bu\xcc\x88"
     "cher.example",
     "xn--bcher-kva.example"},
    {"nontransitional", "fa\xc3\x9f.de", "xn--fa-hia.de"},
    {"A-labels stay", "xn--bcher-kva.example", "xn--bcher-kva.example"},
    {"ideographic full stop",
     "a\xe3\x80\x82"
     "b",
     "a.b"},
    {"right-to-left override", "a\xe2\x80\xae.example", ""},
    {"snowman", "\xe2\x98\x83.example", ""},
    {"not UTF-8", "\xff.example", ""},
    {"NUL", std::string_view("a\0b", 3), ""},
};

TEST(Idna, TranslatesDomains) {
  for (const auto& r : rows) EXPECT_EQ(domain_to_ascii(r.in).value_or(""), r.out) << r.name;
}

}  // namespace
}  // namespace stagecoach

#include "protocols/text/slug.hpp"

#include <gtest/gtest.h>

namespace stagecoach {
namespace {

TEST(Slug, IsMadeOfTheWordsOfAText) {
  const struct {
    std::string_view text;
    std::string_view wanted;
  } all[] = {
      {"Re: Your mail!", "re-your-mail"},
      {"", ""},
      {"../../etc/passwd", "etc-passwd"},
      {"\xe2\x80\xae\r\n\"%<>", ""},
      {"Gr\xc3\xbc\xc3\x9f"
       "e",
       "gr\xc3\xbcsse"},
      {"\xe6\x97\xa5\xe6\x9c\xac 2026", "\xe6\x97\xa5\xe6\x9c\xac-2026"},
      {"a\xff\xff\xff z", "a-z"},
      {"one two three four five six", "one-two-three-four-f"},
      {"aaaaaaaaaaaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaaaaaa"},
  };
  for (const auto& one : all) EXPECT_EQ(slug(one.text, 20), one.wanted) << one.text;
  EXPECT_EQ(slug("\xe6\x97\xa5\xe6\x9c\xac", 5), "\xe6\x97\xa5") << "no part of a character";
}

}  // namespace
}  // namespace stagecoach

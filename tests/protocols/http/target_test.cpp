// Targets of requests: what is read, and what two readers could understand differently (security.md WB05).
#include "protocols/http/target.hpp"

#include <gtest/gtest.h>

namespace stagecoach::http {
namespace {

using segments = std::vector<std::string>;

TEST(Target, IsTakenApart) {
  const struct {
    std::string_view text;
    segments wanted;
  } all[] = {
      {"/", {""}},
      {"/mail/", {"mail", ""}},
      {"/mail/msg/1/7/view/1.2", {"mail", "msg", "1", "7", "view", "1.2"}},
      {"/a%20b/%C3%A4", {"a b", "\xc3\xa4"}},
      {"/a+b", {"a+b"}},
      {"/a?b/../c", {"a"}},
      {"/...", {"..."}},
  };
  for (const auto& one : all) {
    const auto found = parse_target(one.text);
    ASSERT_TRUE(found) << one.text;
    EXPECT_EQ(found->segments, one.wanted) << one.text;
  }
}

TEST(Target, HasParameters) {
  const auto found = parse_target("/x?a=1&b=two+words&&c&a=2&d=%26");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->find("a"), "1");
  EXPECT_EQ(found->find("b"), "two words");
  EXPECT_EQ(found->find("c"), "");
  EXPECT_EQ(found->find("d"), "&");
  EXPECT_FALSE(found->find("e"));
  // They are no paths.
  const auto query = parse_target("/x?mailbox=Lists%2Factors&query=label%3A%5CSeen");
  ASSERT_TRUE(query);
  EXPECT_EQ(query->find("mailbox"), "Lists/actors");
  EXPECT_EQ(query->find("query"), "label:\\Seen");
}

TEST(Target, IsBelowAPath) {
  const auto below = [](std::string_view text, std::string_view path) {
    return segments_below(*parse_target(text), path);
  };
  EXPECT_EQ(below("/mail/msg/1", "/mail/"), (segments{"msg", "1"}));
  EXPECT_EQ(below("/post/office/msg?x=1", "/post/office/"), segments{"msg"});
  EXPECT_EQ(below("/mail/", "/mail/"), segments{""});
  EXPECT_EQ(below("/a", "/"), segments{"a"});
  for (const std::string_view text : {"/mail", "/", "/mailbox/1", "/post/1", "/post", "/office/post/1"}) {
    EXPECT_FALSE(below(text, "/mail/")) << text;
    EXPECT_FALSE(below(text, "/post/office/")) << text;
  }
}

TEST(Target, IsRefusedWhenItCouldMeanTwoThings) {
  for (const std::string_view text :
       {"",       "*",      "a",         "//etc/passwd", "/a//b",      "/../etc/passwd", "/%2e%2e/", "/a/.",
        "/a/./b", "/..%2f", "/a%2Fb",    "/..\\",        "/x%5c..%5c", "/%00.html",      "/%c0%ae/", "/%",
        "/%4",    "/%zz",   "/a%0d%0ab", "/%7f",         "/a?x=%0a",   "/a?%ff"})
    EXPECT_FALSE(parse_target(text)) << text;
  std::string deep;
  for (int i = 0; i < 101; ++i) deep += "/a";
  EXPECT_FALSE(parse_target(deep));
  // Decoded once: what is left of a second escape is text.
  EXPECT_EQ(parse_target("/%252e%252e")->segments, segments{"%2e%2e"});
}

}  // namespace
}  // namespace stagecoach::http

// The text of a mail on a page of its own (security.md WX06): links are what the sender wrote, and nothing else is
// HTML.
#include "protocols/html/linked.hpp"

#include <gtest/gtest.h>

namespace stagecoach::html {
namespace {

std::string link(const std::string& to, const std::string& text) {
  return "<a href=\"" + to + "\" rel=\"noopener noreferrer\" target=\"_blank\">" + text + "</a>";
}

TEST(Linked, EscapesAllAndLinksSome) {
  const auto shop = link("https://example.org/a?b=c&amp;d", "https://example.org/a?b=c&amp;d");
  const struct {
    const char* what;
    std::string_view text;
    std::string wanted;
  } rows[] = {
      {"nothing", "", ""},
      {"text", "a < b & \"c\" > d\n\n\te", "a &lt; b &amp; &quot;c&quot; &gt; d\n\n\te"},
      {"a link in a sentence", "See https://example.org/a?b=c&d, and go.", "See " + shop + ", and go."},
      {"in brackets", "(https://example.org/a?b=c&d).", "(" + shop + ")."},
      {"in angle brackets", "<https://example.org/a?b=c&d>", "&lt;" + shop + "&gt;"},
      {"with brackets of its own", "http://a.example/B_(c)", link("http://a.example/B_(c)", "http://a.example/B_(c)")},
      {"mail", "mailto:a@example.org", link("mailto:a@example.org", "mailto:a@example.org")},
      {"without case", "HTTP://a.example/", link("http://a.example/", "HTTP://a.example/")},
      {"a script", "javascript:alert(1)", "javascript:alert(1)"},
      {"data", "data:text/html,x", "data:text/html,x"},
      {"a longer word", "xhttp://a.example/", "xhttp://a.example/"},
      {"a scheme alone", "http:// https:// mailto:", "http:// https:// mailto:"},
      {"markup behind it", "https://example.org/\"onmouseover=alert(1)",
       link("https://example.org/", "https://example.org/") + "&quot;onmouseover=alert(1)"},
      {"an element", "<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"},
      {"a control inside", "java\x01script:alert(1)", "javascript:alert(1)"},
      {"no UTF-8",
       "a\xff"
       "b",
       "a\xef\xbf\xbd"
       "b"},
  };
  for (const auto& one : rows) {
    SCOPED_TRACE(one.what);
    EXPECT_EQ(linked(one.text), one.wanted);
  }
}

TEST(Linked, TakesTimeThatGrowsWithTheText) {
  std::string text;
  for (int i = 0; i < 100'000; ++i) text += "(http://";
  EXPECT_GE(linked(text).size(), text.size());
  EXPECT_EQ(linked("https://a.example/" + std::string(5000, 'x')), "https://a.example/" + std::string(5000, 'x'));
}

}  // namespace
}  // namespace stagecoach::html

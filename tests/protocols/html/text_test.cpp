// HTML as plain text.
#include "protocols/html/text.hpp"

#include <gtest/gtest.h>

namespace stagecoach::html {
namespace {

struct row {
  std::string_view in;
  std::string_view out;
};

void expect_rows(std::initializer_list<row> rows) {
  for (const auto& one : rows) EXPECT_EQ(text_of(one.in), one.out) << one.in;
}

TEST(HtmlText, BreaksLines) {
  expect_rows({
      {"", ""},
      {"  \n ", ""},
      {"a  b\n\tc", "a b c\n"},
      {"<p>a</p><p>b</p>", "a\n\nb\n"},
      {"<div>a</div><div>b</div>c", "a\nb\nc\n"},
      {"a<br>b<br><br>c<br>", "a\nb\n\nc\n"},
      {"<div>a<br></div><div>b</div>", "a\nb\n"},
      {"<h1>a</h1>b", "a\n\nb\n"},
      {"a<hr>b", "a\n---\nb\n"},
      {"<b> a </b> <i>b</i>c", "a bc\n"},
      {"<p> a<br> b </p>", "a\nb\n"},
      {"<pre>\n a\n  b\n\n\tc</pre>d", " a\n  b\n\n\tc\n\nd\n"},
      {"a&nbsp;&nbsp;b", "a b\n"},
  });
}

TEST(HtmlText, HasOnlyWhatIsRead) {
  expect_rows({
      {"<head><title>t</title><style>s</style></head>a<script>b</script><!-- c --><svg>d</svg>e", "ae\n"},
      {"&lt;b&gt; &amp;amp; &euro;&#65;&unknown;",
       "<b> &amp; \xe2\x82\xac"
       "A&unknown;\n"},
      {"a&#0;b&#7;c&#13;d\x01",
       "a\xef\xbf\xbd"
       "bc d\xef\xbf\xbd\n"},
      {"<img src=x alt=' a  picture '>b<img src=y>", "a picture b\n"},
      {"<form><input value=x>a</form>", "a\n"},
      {"\xff", "\xef\xbf\xbd\n"},
  });
}

TEST(HtmlText, ListsAndTables) {
  expect_rows({
      {"a<ul><li>b<li>c<ol><li>d<li>e</ol></ul>f", "a\n\n- b\n- c\n  1. d\n  2. e\n\nf\n"},
      {"<ul><li><p>a</p><p>b</p><li>c</ul>", "- a\n\n  b\n\n- c\n"},
      {"<li>a", "- a\n"},
      {"<table><tr><td>a<td>b<tr><td>c<td></table>d", "a b\nc\nd\n"},
      {"<table><caption>x</caption><tr><th>a</th><td><div>b</div><div>c</div></td><td>d</td></tr></table>",
       "x\na\nb\nc\nd\n"},
      {"<dl><dt>a<dd>b</dl>", "a\nb\n"},
  });
}

TEST(HtmlText, Quotes) {
  expect_rows({
      {"a<blockquote>b<br>c<blockquote>d</blockquote></blockquote>e", "a\n\n> b\n> c\n>\n> > d\n\ne\n"},
      {"<blockquote><p>a</p><p>b</p></blockquote>", "> a\n>\n> b\n"},
  });
}

TEST(HtmlText, LinksSayWhereTheyGo) {
  expect_rows({
      {"<a href=http://a.de/b>here</a>.", "here <http://a.de/b>.\n"},
      {"<a href=http://a.de/>http://a.de</a> <a href=https://a.de>a.de</a> <a href=mailto:x@a.de>x@a.de</a>",
       "http://a.de a.de x@a.de\n"},
      {"<a href=http://evil/>a.de</a>", "a.de <http://evil/>\n"},
      {"<a href=javascript:x>a</a><a href=#x>b</a><a name=y>c</a>", "abc\n"},
      {"<a href=http://a.de/><img></a>", "<http://a.de/>\n"},
      {"<a href=http://a.de/><p>b</p></a>c", "b <http://a.de/>\n\nc\n"},
  });
}

TEST(HtmlText, IsBounded) {
  std::string deep;
  for (int left = 0; left < 1000; ++left) deep += "<blockquote><ul><li>";
  for (int left = 0; left < 100'000; ++left) deep += "x<br>";
  EXPECT_LT(text_of(deep).size(), 5U << 20);
  EXPECT_LT(text_of(std::string(4u << 20, 'x')).size(), 3U << 20);
}

}  // namespace
}  // namespace stagecoach::html

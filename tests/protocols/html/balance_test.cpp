// Well nested, and small: what a tree is built of.
#include "protocols/html/balance.hpp"

#include <gtest/gtest.h>

#include <iterator>

#include "protocols/html/safe_page.hpp"
#include "protocols/html/text.hpp"
#include "tests/protocols/html/page_checker.hpp"

namespace stagecoach::html {
namespace {

struct row {
  std::string_view in;
  std::string_view out;
};

TEST(Balance, EndsWhatTheStandardEnds) {
  constexpr row rows[] = {
      {"<p>a<p>b", "<p>a</p><p>b</p>"},
      {"<p>a<div>b</p>c", "<p>a</p><div>bc</div>"},
      {"<p><b>a<ul>b", "<p><b>a</b></p><ul>b</ul>"},
      {"<b>1<i>2</b>3</i>4", "<b>1<i>2</i></b><i>3</i>4"},
      {"<b><p>1</b>2</p>", "<b><p>1</p></b><p>2</p>"},
      {"<a>1<a>2", "<a>1</a><a>2</a>"},
      {"<a><b>1<a>2", "<a><b>1</b></a><b><a>2</a></b>"},
      {"<h1>1<h2>2</h3>3", "<h1>1</h1><h2>2</h2>3"},
      {"<h1><b><h2>1</b>2", "<h1><b><h2>1</h2></b></h1><h2>2</h2>"},
      {"<ul><li>1<li>2<ul><li>3</ul>4</ul>5", "<ul><li>1</li><li>2<ul><li>3</li></ul>4</li></ul>5"},
      {"<li>1<div><li>2", "<li>1<div></div></li><li>2</li>"},
      {"<dl><dt>1<dd>2<dt>3", "<dl><dt>1</dt><dd>2</dd><dt>3</dt></dl>"},
      {"<span><div>1</span>2</div>3", "<span><div>12</div>3</span>"},
      {"</p></div></b>x</td>", "x"},
      {"<div>1</div></div></div>2", "<div>1</div>2"},
      {"<br>1<img>2<wbr>3<hr>", "<br>1<img>2<wbr>3<hr>"},
      {"<p>1<hr>2", "<p>1</p><hr>2"},
  };
  for (const auto& one : rows) {
    EXPECT_EQ(balance(one.in).html, one.out) << one.in;
    EXPECT_EQ(balance(one.out).html, one.out);
  }
}

TEST(Balance, TablesHaveSectionsAndRows) {
  constexpr row rows[] = {
      {"<table><td>1", "<table><tbody><tr><td>1</td></tr></tbody></table>"},
      {"<table> <tr>\n<td>1<td>2<tr><th>3",
       "<table><tbody><tr><td>1</td><td>2</td></tr><tr><th>3</th></tr></tbody></table>"},
      {"<table>1<b>2</b><tr>3", "<table><tbody><tr><td>1<b>2</b></td></tr><tr><td>3</td></tr></tbody></table>"},
      {"<table><table>1", "<table></table><table><tbody><tr><td>1</td></tr></tbody></table>"},
      {"<table><td><table><td>1</table>2</table>3",
       "<table><tbody><tr><td><table><tbody><tr><td>1</td></tr></tbody></table>2</td></tr></tbody></table>3"},
      {"<table><caption>1<td>2", "<table><caption>1</caption><tbody><tr><td>2</td></tr></tbody></table>"},
      {"<table><col><col><tr>", "<table><colgroup><col><col></colgroup><tbody><tr></tr></tbody></table>"},
      {"<table><colgroup>x", "<table><colgroup></colgroup><tbody><tr><td>x</td></tr></tbody></table>"},
      {"<table><thead><tr><tfoot><td>1", "<table><thead><tr></tr></thead><tfoot><tr><td>1</td></tr></tfoot></table>"},
      {"<table><td><b>1</td><td>2</b>3", "<table><tbody><tr><td><b>1</b></td><td>23</td></tr></tbody></table>"},
      {"<b><table><td></b>1</table>2", "<b><table><tbody><tr><td>1</td></tr></tbody></table>2</b>"},
      {"<tr><td>1", "1"},
      {"<table></div><td></p></table></tr>x", "<table><tbody><tr><td></td></tr></tbody></table>x"},
      {"<p><table><td>1", "<p></p><table><tbody><tr><td>1</td></tr></tbody></table>"},
  };
  for (const auto& one : rows) {
    EXPECT_EQ(balance(one.in).html, one.out) << one.in;
    EXPECT_EQ(balance(one.out).html, one.out);
  }
}

TEST(Balance, KeepsAnAttributeOnce) {
  EXPECT_EQ(balance("<p id=a ID='b' x=y onclick=z title='\"'lang = c align>1").html,
            "<p id=\"a\" title=\"&quot;\" lang=\"c\" align=\"\">1</p>");
  EXPECT_EQ(balance("<body background=a style=b background=c text=d>x<body style=e>y").html,
            "<div style=\"color:d;b\" background=\"a\">xy</div>");
  EXPECT_EQ(balance("<a href = 'x\ny'/title=1/>").html, "<a href=\"x\ny\" title=\"1/\"></a>");
}

TEST(Balance, UnfinishedTagsEndTheInput) {
  for (const std::string_view one :
       {"x<p", "x<p ", "x<p id", "x<p id=", "x<p id='>y", "x<p id=a", "x</p", "x<!--", "x<!-- -", "x<?", "x<svg>y"})
    EXPECT_EQ(balance(one).html, "x") << one;
}

std::string many(std::string_view one, std::size_t bytes) {
  std::string out;
  while (out.size() < bytes) out += one;
  return out;
}

constexpr std::string_view hostile[] = {"<b>",
                                        "<a href=http://a/>",
                                        "<font size=1><p>",
                                        "<table>",
                                        "<table><td>",
                                        "<b><i><u><s><p><div></b></i></u></s>",
                                        "x<br>",
                                        "<blockquote>x",
                                        "<ul><li>",
                                        "<",
                                        "</b></p>",
                                        "<p style=color:red>",
                                        "<a><i><b><tt><u>",
                                        "<p id=a title=b lang=c dir=d>",
                                        "<svg>",
                                        "<!--",
                                        "<script></s",
                                        "<title></",
                                        "&amp;",
                                        "\xff"};

TEST(HtmlLimits, HostileInputIsSafe) {
  for (const auto one : hostile) {
    for (const std::string_view before : {"", "<table>", "<pre>", "<p style='", "<p title=\"", "<p "}) {
      const auto page = safe_page_of(std::string(before) + many(one, 20'000), {false, nullptr, 0});
      EXPECT_EQ(complaints_about(page.html), "") << before << one;
      EXPECT_EQ(safe_page_of(page.html, {false, nullptr, 0}).html, page.html) << before << one;
    }
  }
}

// None of them may take square time: it would be hours.
TEST(HtmlLimits, HostileInputIsCut) {
  for (std::size_t at = 0; at < std::size(hostile); at += 2) {
    const auto one = hostile[at];
    const auto page = safe_page_of(many(one, input_bytes_max + 1), {false, nullptr, 0});
    EXPECT_TRUE(page.is_cut) << one;
    EXPECT_LE(page.html.size(), input_bytes_max);
    EXPECT_EQ(page.html.find("<pre>"), std::string::npos) << one;
  }
}

TEST(HtmlLimits, DepthElementsAndOctets) {
  EXPECT_EQ(balance(many("<b>", 3 * 500)).html, many("<b>", 3 * depth_max) + many("</b>", 4 * depth_max));
  const auto tables = balance(many("<table><td>", 11 * 500)).html;
  EXPECT_EQ(tables, balance(tables).html);
  EXPECT_FALSE(balance(many("<br>", 4 * elements_max)).is_cut);
  EXPECT_TRUE(balance(many("<br>", 4 * elements_max + 4)).is_cut);
  EXPECT_FALSE(balance(std::string(input_bytes_max, 'x')).is_cut);
  EXPECT_TRUE(balance(std::string(input_bytes_max + 1, 'x')).is_cut);
}

TEST(HtmlLimits, WhatIsCutIsCutOnce) {
  for (const std::string_view one : {"<b><i><u><s><p><div></b></i></u></s>", "<table>x<tr>", "<table><td>"}) {
    const auto first = balance(many(one, input_bytes_max));
    EXPECT_TRUE(first.is_cut);
    EXPECT_EQ(balance(first.html).html, first.html) << one;
    EXPECT_FALSE(balance(first.html).is_cut);
  }
}

TEST(HtmlLimits, LongTextsAreCutNotDropped) {
  const auto page = safe_page_of(std::string(input_bytes_max - 10, '&') + "\xe2\x82\xac", {false, nullptr, 0});
  EXPECT_TRUE(page.is_cut);
  EXPECT_GT(page.html.size(), input_bytes_max - 10);
  EXPECT_TRUE(page.html.ends_with("&amp;"));
}

}  // namespace
}  // namespace stagecoach::html

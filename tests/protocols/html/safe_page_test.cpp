// What of a mail's HTML is shown (security.md WX02 to WX05, WX09 to WX11).
#include "protocols/html/safe_page.hpp"

#include <gtest/gtest.h>

#include <map>
#include <span>

#include "tests/protocols/html/page_checker.hpp"

namespace stagecoach::html {
namespace {

struct row {
  std::string_view in;
  std::string_view out;
};

safe_options without_anything() { return {false, nullptr, 0}; }

void expect_rows(std::span<const row> rows) {
  for (const auto& one : rows) {
    const auto page = safe_page_of(one.in, without_anything());
    EXPECT_EQ(page.html, one.out) << one.in;
    EXPECT_EQ(complaints_about(page.html), "") << one.in;
    EXPECT_EQ(safe_page_of(page.html, without_anything()).html, page.html) << one.in;
    EXPECT_FALSE(page.is_cut);
  }
}

TEST(SafePage, KeepsWhatIsListed) {
  constexpr row rows[] = {
      {"", ""},
      {"plain & simple", "plain &amp; simple"},
      {"&lt;b&gt; &quot;x&quot; &euro; &#x41;", "&lt;b&gt; &quot;x&quot; \xe2\x82\xac A"},
      {"<!doctype html><html><head><title>no</title></head><body><p>yes</body></html>", "<p>yes</p>"},
      {"<body bgcolor=#112233 text=red style='margin:0'>x",
       "<div style=\"background-color:#112233;color:red;margin:0\">x</div>"},
      {"<P ALIGN=Center>x", "<p align=\"Center\">x</p>"},
      {"<font color=red face=\"Arial, 'Times New Roman'\" size=+1>x</font>",
       "<font color=\"red\" face=\"Arial, 'Times New Roman'\" size=\"+1\">x</font>"},
      {"<ul><li>a<li>b</ul>", "<ul><li>a</li><li>b</li></ul>"},
      {"<o:p>x</o:p><blink>y</blink><form action=http://t><label>z", "xyz"},
      {"<table width=100% cellpadding=0 bgcolor=#fff><tr><td colspan=2 nowrap>x",
       "<table width=\"100%\" cellpadding=\"0\" bgcolor=\"#fff\"><tbody><tr><td colspan=\"2\" "
       "nowrap=\"\">x</td></tr></tbody></table>"},
      {"<pre>\n\n a\n</pre>", "<pre>\n\n a\n</pre>"},
      {"<img alt='a \"b\"' width=10 height=5px>", "<img alt=\"a &quot;b&quot;\" width=\"10\" height=\"5px\">"},
      {"<td>no table</td>", "no table"},
      {"a<br/>b</br>c<hr>", "a<br>b<br>c<hr>"},
      {"<p lang=de dir=rtl title='<b>'>x", "<p lang=\"de\" dir=\"rtl\" title=\"&lt;b&gt;\">x</p>"},
      {"<!--[if mso]><b>x</b><![endif]-->y<![if !mso]>z<![endif]>", "yz"},
      {"1 < 2 <3 </ 4> <", "1 &lt; 2 &lt;3  &lt;"},
  };
  expect_rows(rows);
}

TEST(SafePage, DropsWithTheirContents) {
  for (const std::string_view name :
       {"svg",      "math",   "style",  "script",   "noscript", "iframe",   "object", "video",
        "audio",    "xmp",    "select", "template", "button",   "textarea", "title",  "noembed",
        "noframes", "canvas", "applet", "frameset", "datalist", "option"}) {
    const std::string tag(name);
    const auto in = "a<" + tag + " onload=alert(1) x=y>b<b>c</b></" + tag + ">d";
    EXPECT_EQ(safe_page_of(in, without_anything()).html, "ad") << in;
  }
  constexpr row rows[] = {
      {"a<plaintext>b</plaintext>c", "a"},
      {"a<link rel=stylesheet href=http://t><meta http-equiv=refresh content='0;url=http://t'><base href=http://t>b",
       "ab"},
      {"a<input value=x><embed src=x><frame src=x><bgsound src=x><source src=x>b", "ab"},
      {"a<!-- b --><!b><?b?><![CDATA[b]]>c", "ac"},
      {"a<!-->b<!--->c<!-- d --!>e", "abce"},
      {"a<svg><svg></svg>b</svg>c", "ac"},
      {"a<svg/>b", "ab"},
      {"a<script>b</scriptx></SCRIPT >c", "ac"},
      {"a<style>b", "a"},
  };
  expect_rows(rows);
}

TEST(SafePage, MutationsAreGone) {  // WX02
  constexpr row rows[] = {
      {"<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">", ""},
      {"<svg></p><style><a id=\"</style><img src=1 onerror=alert(1)>\">", ""},
      {"<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">", ""},
      {"<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>", ""},
      {"x<b title='</b><script>alert(1)</script>'>y",
       "x<b title=\"&lt;/b&gt;&lt;script&gt;alert(1)&lt;/script&gt;\">y</b>"},
      {"<p id=\"x\" onclick=alert(1)//\"onmouseover=alert(1)>y", "<p id=\"m-x\">y</p>"},
      {"<img/src/onerror=alert(1)>x<img src=\"x\"onerror=alert(1)>", "<img>x<img>"},
      {"<scr<script>ipt>alert(1)</script>", "ipt&gt;alert(1)"},
      {"<a href=x onclick=\"x\"><b <i onclick=1>y", "<a><b>y</b></a>"},
  };
  expect_rows(rows);
}

TEST(SafePage, SvgIsGone) {  // WX03
  for (const std::string_view inner :
       {"<animate attributeName=href values=javascript:alert(1)>",
        "<animate attributeName=\"href \" to=javascript:alert(1) />", "<set attributeName=href to=javascript:alert(1)>",
        "<use href=data:image/svg+xml,x>", "<feImage href=https://t>", "<image href=https://t>",
        "<rect fill=url(https://t>", "<foreignObject><p>x</p></foreignObject>",
        "<desc><img src=x onerror=alert(1)></desc>", "<style><![CDATA[</style>]]>"}) {
    const auto page = safe_page_of("a<svg><a>" + std::string(inner) + "</a></svg>b", without_anything());
    EXPECT_EQ(page.html, "ab") << inner;
    EXPECT_FALSE(page.has_external);
  }
}

TEST(SafePage, LoadsNothingUnasked) {  // WX05
  for (const std::string_view in :
       {"<body background=http://t/x>", "<table background=http://t/x>", "<td background=http://t/x>",
        "<img srcset='http://t/x 2x'>", "<img src=http://t/x>", "<img src=' HT\nTPS://t/x '>", "<image src=http://t/x>",
        "<img lowsrc=http://t/x>", "<img dynsrc=http://t/x>", "<p style='background:url(http://t/x)'>",
        "<p style='background-image:image-set(\"http://t/x\" 1x)'>",
        "<video poster=http://t/x></video><img src=http://t>",
        "<link rel=preload href=http://t/x><link rel=dns-prefetch href=//t><img src=http://t>"}) {
    auto page = safe_page_of(in, without_anything());
    EXPECT_TRUE(page.has_external || in.starts_with("<body") || in.starts_with("<td")) << in;
    EXPECT_EQ(page.html.find("://"), std::string::npos) << page.html;
    page = safe_page_of(in, {true, nullptr, 0});
    EXPECT_EQ(complaints_about(page.html), "") << in;
  }
  for (const std::string_view in :
       {"<img src=//t/x>", "<img src=file:///x>", "<img src=ftp://t/x>", "<img longdesc=http://t>",
        "<a ping=http://t>x</a>", "<img src=data:image/svg+xml;base64,AAAA>", "<img src=x.png>",
        "<bgsound src=http://t>", "<meta http-equiv=refresh content='0;url=http://t'>"}) {
    const auto page = safe_page_of(in, {true, nullptr, 0});
    EXPECT_EQ(page.html.find("t/x"), std::string::npos) << page.html;
    EXPECT_EQ(page.html.find("src"), std::string::npos) << page.html;
    EXPECT_FALSE(page.has_external) << in;
  }
}

TEST(SafePage, LoadsPicturesThatAreAllowed) {
  const auto page = safe_page_of("<img src='http://t/a b.gif?x=1&y=2' alt=x srcset=u><table background=http://t/>",
                                 {true, nullptr, 0});
  EXPECT_EQ(page.html, "<img src=\"http://t/a%20b.gif?x=1&amp;y=2\" alt=\"x\"><table></table>");
  EXPECT_TRUE(page.has_external);
  const auto held_back = safe_page_of("<img src=http://t/a width=1 height=2 alt=x>", without_anything());
  EXPECT_EQ(held_back.html, "<img width=\"1\" height=\"2\" alt=\"x\">");
}

TEST(SafePage, PicturesOfTheSameMessage) {  // WX09
  const std::map<std::string, std::string, std::less<>> parts = {
      {"a@b", "data:image/png;base64,AAAA"},
      {"page@b", "data:text/html;base64,AAAA"},
      {"svg@b", "data:image/svg+xml;base64,AAAA"},
      {"url@b", "https://t/x.png"},
  };
  const safe_options options{true,
                             [&parts](std::string_view id) -> std::optional<std::string> {
                               const auto found = parts.find(id);
                               return found == parts.end() ? std::nullopt : std::optional(found->second);
                             },
                             60};
  constexpr row rows[] = {
      {"<img src=cid:a@b alt=x>", "<img src=\"data:image/png;base64,AAAA\" alt=\"x\">"},
      {"<img src=' CID:a%40b '>", "<img src=\"data:image/png;base64,AAAA\">"},
      {"<img src=cid:A@b>", "<img>"},
      {"<img src=cid:page@b><img src=cid:svg@b><img src=cid:url@b><img src=cid:other@b><img src=cid:>",
       "<img><img><img><img><img>"},
      {"<a href=cid:a@b>x</a><iframe src=cid:a@b></iframe>", "<a>x</a>"},
      {"<table background=cid:a@b></table>", "<table></table>"},
      {"<img src=DATA:image/PNG;base64,AA+/>", "<img src=\"data:image/png;base64,AA+/\">"},
      {"<img src=data:image/jpg;base64,AAAA>", "<img src=\"data:image/jpeg;base64,AAAA\">"},
      {"<img src='data:image/png,x'><img src='data:image/png;base64,<b>'><img src='data:,x'>", "<img><img><img>"},
  };
  for (const auto& one : rows) {
    const auto page = safe_page_of(one.in, options);
    EXPECT_EQ(page.html, one.out) << one.in;
    EXPECT_EQ(complaints_about(page.html), "");
    EXPECT_FALSE(page.is_cut);
  }
  const auto three = safe_page_of("<img src=cid:a@b><img src=cid:a@b><img src=cid:a@b>y", options);
  EXPECT_EQ(three.html, "<img src=\"data:image/png;base64,AAAA\"><img src=\"data:image/png;base64,AAAA\"><img>y");
  EXPECT_TRUE(three.is_cut);
  EXPECT_EQ(safe_page_of("<img src=cid:a@b>", without_anything()).html, "<img>");
}

TEST(SafePage, NamesAreTheMailsOwn) {  // WX10
  constexpr row rows[] = {
      {"<img name=body><form id=x></form>", "<img>"},
      {"<p id=__proto__>x", "<p id=\"m-__proto__\">x</p>"},
      {"<a id=config name=location class=x>y", "<a id=\"m-config\" name=\"m-location\">y</a>"},
      {"<p id=m-x>y", "<p id=\"m-x\">y</p>"},
      {"<p id='a b'>x<p id=''>y<p id='\"'>z", "<p>x</p><p>y</p><p>z</p>"},
      {"<a href=#x>y</a><a href=#m-x>y</a><a href=#>z</a>", "<a href=\"#m-x\">y</a><a href=\"#m-x\">y</a><a>z</a>"},
  };
  expect_rows(rows);
}

TEST(SafePage, LinksOpenElsewhere) {  // WX11
  constexpr row rows[] = {
      {"<a href=http://a.de/ target=_top rel=opener onclick=x>y</a>",
       "<a href=\"http://a.de/\" rel=\"noopener noreferrer\" target=\"_blank\">y</a>"},
      {"<a href=javascript:alert(1)>y</a>", "<a>y</a>"},
      {"<a href='&#106;avascript&colon;alert(1)'>y</a>", "<a>y</a>"},
      {"<a href=/mail/>y</a><a href=//evil>y</a>", "<a>y</a><a>y</a>"},
      {"<b href=http://a.de>y</b>", "<b>y</b>"},
  };
  expect_rows(rows);
}

}  // namespace
}  // namespace stagecoach::html

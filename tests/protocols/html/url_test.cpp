// Links and pictures (security.md WX09, WX11): schemes are those that a browser would read.
#include "protocols/html/url.hpp"

#include <gtest/gtest.h>

namespace stagecoach::html {
namespace {

using namespace std::string_view_literals;

TEST(Url, KeepsListedSchemes) {
  const struct {
    std::string_view in;
    std::string_view out;
  } rows[] = {
      {"http://a.de", "http://a.de"},
      {" \x01 HTTPS://a.de/b?c#d \n", "https://a.de/b?c#d"},
      {"ht\ntp:\t//a.de/x\r\ny", "http://a.de/xy"},
      {"http://a.de/a b\"<c>\\", "http://a.de/a%20b%22%3Cc%3E%5C"},
      {"http://a.de:8080/x@y", "http://a.de:8080/x@y"},
      {"https://b\xc3\xbc"
       "cher.de/%20",
       "https://b\xc3\xbc"
       "cher.de/%20"},
      {"mailto:a@b.de?subject=x y", "mailto:a@b.de?subject=x%20y"},
      {"tel:+49-30", "tel:+49-30"},
  };
  for (const auto& one : rows) {
    EXPECT_EQ(safe_link(one.in), one.out);
    EXPECT_EQ(safe_link(one.out), one.out);
  }
}

TEST(Url, RefusesAllOthers) {
  for (const auto one : {"javascript:alert(1)"sv,
                         "\x01javascript:alert(1)"sv,
                         "java\nscript:alert(1)"sv,
                         "JAVASCRIPT:x"sv,
                         "data:text/html,x"sv,
                         "vbscript:x"sv,
                         "file:///etc"sv,
                         "//evil"sv,
                         "/\\evil"sv,
                         "x"sv,
                         ""sv,
                         ":"sv,
                         "://"sv,
                         "http:"sv,
                         "http:evil"sv,
                         "http:/evil"sv,
                         "http://"sv,
                         "http:///x"sv,
                         "http:\\\\evil"sv,
                         "http://user@evil"sv,
                         "http://good.de\\@evil"sv,
                         "http://a b/"sv,
                         "http://%65vil/"sv,
                         "http://:80/"sv,
                         "http://a\x7f.de/"sv,
                         "java\0script:x"sv,
                         "blob:http://x"sv,
                         "about:blank"sv,
                         "cid:x"sv,
                         "feed:javascript:x"sv,
                         "ht-tp://x"sv,
                         "http\xef\xbc\x9a//x"sv,
                         "ftp://x/"sv,
                         "\xc2\xa0javascript:x"sv})
    EXPECT_EQ(safe_link(one), std::nullopt) << one;
  EXPECT_EQ(safe_link("http://a/" + std::string(10'000, 'x')), std::nullopt);
  EXPECT_EQ(external_image("mailto:a@b"), std::nullopt);
}

TEST(Url, ReadsContentIds) {
  EXPECT_EQ(content_id_of("cid:a@b"), "a@b");
  EXPECT_EQ(content_id_of("CID:%61%40b%"), "a@b%");
  EXPECT_EQ(content_id_of("cid:"), std::nullopt);
  EXPECT_EQ(content_id_of("mid:a@b"), std::nullopt);
  for (int octet = 1; octet < 256; ++octet) {
    const auto id = "a" + std::string(1, static_cast<char>(octet)) + "40";
    EXPECT_EQ(content_id_of(cid_url(id)), id) << octet;
  }
}

TEST(Url, TakesPicturesOnly) {
  EXPECT_EQ(image_data("data:image/gif;base64,QUJD"), "data:image/gif;base64,QUJD");
  EXPECT_EQ(image_data("data:image/webp;base64,QU JD\n"), "data:image/webp;base64,QUJD");
  for (const std::string_view one :
       {"data:image/svg+xml;base64,QUJD", "data:image/gif,abc", "data:;base64,QUJD", "data:image/gif;base64",
        "data:image/gif;base64,a\"b", "data:text/html;image/gif;base64,QUJD", "http://a/x.gif"})
    EXPECT_EQ(image_data(one), std::nullopt) << one;
}

}  // namespace
}  // namespace stagecoach::html

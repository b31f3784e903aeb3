#include "protocols/http/fixed_site.hpp"

#include <gtest/gtest.h>

namespace stagecoach::http {
namespace {

const fixed_site& site() {
  static const fixed_site made({{"/", "text/html; charset=utf-8", "<p>front"}, {"/mail/", "text/html", "mail"}});
  return made;
}

request_head asking(std::string method, std::string target, std::string condition) {
  request_head head;
  head.method = std::move(method);
  head.target = std::move(target);
  if (!condition.empty()) head.fields.push_back({"if-none-match", std::move(condition)});
  return head;
}

std::string value_of(const site_answer& from, std::string_view name) {
  for (const auto& one : from.head.fields)
    if (one.name == name) return one.value;
  return "";
}

TEST(FixedSite, Answers) {
  struct row {
    const char* method;
    const char* target;
    std::uint16_t status;
    std::string_view body;
  };
  const row rows[] = {
      {"GET", "/", 200, "<p>front"},
      {"HEAD", "/", 200, "<p>front"},  // which the connection leaves out
      {"GET", "/?a=b", 200, "<p>front"},
      {"GET", "/mail/", 200, "mail"},
      {"GET", "/mail", 303, ""},
      {"GET", "/Mail/", 404, "Not found\n"},
      {"GET", "/mail//", 404, "Not found\n"},
      {"GET", "/../mail/", 404, "Not found\n"},
      {"GET", "/%6dail/", 404, "Not found\n"},
      {"GET", "*", 404, "Not found\n"},
      {"POST", "/", 405, "Only GET and HEAD are possible here\n"},
      {"get", "/", 405, "Only GET and HEAD are possible here\n"},
      {"POST", "/none", 404, "Not found\n"},
  };
  for (const auto& r : rows) {
    SCOPED_TRACE(std::string(r.method) + " " + r.target);
    const auto got = site().answer(asking(r.method, r.target, ""));
    EXPECT_EQ(got.head.status, r.status);
    EXPECT_EQ(got.body, r.body);
    EXPECT_EQ(value_of(got, "X-Content-Type-Options"), "nosniff");
    EXPECT_EQ(value_of(got, "Location"), r.status == 303 ? "/mail/" : "");
    EXPECT_EQ(value_of(got, "Allow"), r.status == 405 ? "GET, HEAD" : "");
  }
}

TEST(FixedSite, KnowsWhoHasAPage) {
  const auto tag = value_of(site().answer(asking("GET", "/", "")), "ETag");
  ASSERT_EQ(tag.size(), 26U);
  EXPECT_NE(tag, value_of(site().answer(asking("GET", "/mail/", "")), "ETag"));
  const auto status = [](const std::string& condition) {
    return site().answer(asking("GET", "/", condition)).head.status;
  };
  EXPECT_EQ(status(tag), 304);
  EXPECT_EQ(status("W/" + tag), 304);
  EXPECT_EQ(status("\"other\" ,\t" + tag), 304);
  EXPECT_EQ(status("*"), 304);
  EXPECT_EQ(status("\"other\""), 200);
  EXPECT_EQ(status(tag.substr(1)), 200);
  EXPECT_EQ(status(","), 200);
}

TEST(FixedSite, GivesAPart) {
  const auto tag = value_of(site().answer(asking("GET", "/", "")), "ETag");
  const auto part = [](const std::string& method, const std::string& range, const std::string& if_range) {
    auto asked = asking(method, "/", "");
    asked.fields = {{"range", range}};
    if (!if_range.empty()) asked.fields.push_back({"if-range", if_range});
    return site().answer(asked);
  };
  const auto some = part("GET", "bytes=3-5", tag);
  EXPECT_EQ(some.head.status, 206);
  EXPECT_EQ(some.body, "fro");
  EXPECT_EQ(value_of(some, "Content-Range"), "bytes 3-5/8");
  EXPECT_EQ(value_of(some, "ETag"), tag);
  EXPECT_EQ(value_of(some, "Content-Type"), "text/html; charset=utf-8");
  const auto none = part("GET", "bytes=8-", "");
  EXPECT_EQ(none.head.status, 416);
  EXPECT_EQ(value_of(none, "Content-Range"), "bytes */8");
  EXPECT_EQ(value_of(none, "ETag"), "");
  EXPECT_EQ(part("GET", "bytes=3-5", "\"other\"").body, "<p>front");
  EXPECT_EQ(part("HEAD", "bytes=3-5", "").head.status, 200);
  EXPECT_EQ(value_of(part("GET", "", ""), "Accept-Ranges"), "bytes");
}

TEST(FixedSite, CompressesWhatGetsSmallerForWhoWantsThat) {
  const std::string large(5000, 'a');
  const fixed_site site({{"/large", "text/html", large, "default-src 'self'"},
                         {"/small", "text/html", "small"},
                         {"/picture", "image/png", large}});
  const auto value_of = [](const site_answer& from, std::string_view name) {
    for (const auto& one : from.head.fields)
      if (one.name == name) return one.value;
    return std::string();
  };
  request_head asked;
  asked.method = "GET";
  asked.target = "/large";
  const auto plain = site.answer(asked);
  EXPECT_EQ(plain.body, large);
  EXPECT_EQ(value_of(plain, "Content-Encoding"), "");
  EXPECT_EQ(value_of(plain, "Vary"), "Accept-Encoding");
  EXPECT_EQ(value_of(plain, "Content-Security-Policy"), "default-src 'self'");
  asked.fields = {{"accept-encoding", "gzip"}};
  const auto zipped = site.answer(asked);
  EXPECT_LT(zipped.body.size(), 100U);
  EXPECT_EQ(zipped.plain_bytes, large.size());
  EXPECT_EQ(value_of(zipped, "Content-Encoding"), "gzip");
  EXPECT_NE(value_of(zipped, "ETag"), value_of(plain, "ETag"));
  asked.fields.push_back({"if-none-match", value_of(zipped, "ETag")});
  const auto again = site.answer(asked);
  EXPECT_EQ(again.head.status, 304);
  EXPECT_EQ(value_of(again, "Content-Encoding"), "");
  EXPECT_EQ(value_of(again, "ETag"), value_of(zipped, "ETag"));
  for (const char* path : {"/small", "/picture"}) {
    asked = {};
    asked.method = "GET";
    asked.target = path;
    asked.fields = {{"accept-encoding", "gzip"}};
    EXPECT_EQ(value_of(site.answer(asked), "Content-Encoding"), "") << path;
  }
  EXPECT_TRUE(site.has("/large?x"));
  EXPECT_FALSE(site.has("/none"));
}

}  // namespace
}  // namespace stagecoach::http

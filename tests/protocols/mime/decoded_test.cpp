#include "protocols/mime/decoded.hpp"

#include <gtest/gtest.h>

#include "protocols/mime/header.hpp"
#include "tests/protocols/mime/part_text.hpp"

namespace stagecoach::mime {
namespace {

TEST(Decoded, TextOfHeaders) {
  EXPECT_EQ(decoded_text("=?utf-8?q?a?=\r\n =?utf-8?q?b?=\r\n\tc"), "ab c");
  EXPECT_EQ(decoded_text("a\n b"), "a b");
}

std::string name_of(std::string_view fields) {
  return file_name(scan(std::string(fields) + "\r\n\r\n").parts.at(0)).value_or("none");
}

TEST(Decoded, NamesOfFiles) {  // RFC 2231, MI02
  const std::pair<const char*, const char*> rows[] = {
      {"Content-Disposition: attachment", "none"},
      {"Content-Disposition: attachment; filename=\"a b.txt\"", "a b.txt"},
      {"Content-Disposition: attachment; filename=a b.txt; size=3", "a b.txt"},
      {"Content-Type: a/b; name=x", "x"},
      {"Content-Type: a/b; name=x\r\nContent-Disposition: attachment; filename=y", "y"},
      {"Content-Disposition: a; filename*=utf-8'en'%C3%A4%2Fb", "\xc3\xa4/b"},
      {"Content-Disposition: a; filename*=iso-8859-1''%e4", "\xc3\xa4"},
      {"Content-Disposition: a; filename=old; filename*=utf-8''new", "new"},
      {"Content-Disposition: a; filename*0=a; filename*1=b; filename*2*=%63", "abc"},
      {"Content-Disposition: a; filename*1=b; filename*0*=utf-8''%C3; filename*2=c",
       "\xef\xbf\xbd"
       "bc"},
      {"Content-Disposition: a; filename*0*=utf-8''%C3; filename*1*=%A4", "\xc3\xa4"},
      {"Content-Disposition: a; filename*0=a; filename*2=c", "a"},
      {"Content-Disposition: a; filename*1=b; filename=plain", "plain"},
      {"Content-Disposition: a; filename=first; filename=second", "first"},
      {"Content-Disposition: a; filename*00=a", "none"},
      {"Content-Disposition: a; filename*=utf-8''%zz%4", "%zz%4"},
      {"Content-Disposition: a; filename*=utf-8''a%0D%0Ab%00",
       "a\xef\xbf\xbd\xef\xbf\xbd"
       "b\xef\xbf\xbd"},
      {"Content-Disposition: a; filename=\"=?utf-8?q?=C3=A4?=.txt\"", "\xc3\xa4.txt"},
  };
  for (const auto& [fields, name] : rows) EXPECT_EQ(name_of(fields), name) << fields;
}

std::string body_text(std::string_view message, std::size_t cut) {
  const auto index = scan(message);
  const auto& one = index.parts.at(0);
  const auto body = message.substr(one.body_offset(), one.body_bytes);
  std::string text;
  text_decoder decoder(one);
  decoder.decode(text, body.substr(0, cut));
  decoder.decode(text, body.substr(std::min(cut, body.size())));
  decoder.finish(text);
  return text;
}

TEST(Decoded, TextOfBodiesAtEveryCut) {
  const std::pair<std::string_view, std::string_view> rows[] = {
      {"\r\nfoo\r\n", "foo\r\n"},
      {"\r\n\xc3\xa4", "\xc3\xa4"},
      {"Content-Type: text/plain; charset=iso-8859-1\r\n\r\n\xe4", "\xc3\xa4"},
      {"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=C3=\r\n=A4 b",
       "\xc3\xa4 b"},
      {"Content-Type: text/plain; charset=euc-jp\r\nContent-Transfer-Encoding: base64\r\n\r\nxvzL\r\n3A==\r\n",
       "\xe6\x97\xa5\xe6\x9c\xac"},
      {"Content-Transfer-Encoding: x-uuencode\r\n\r\nfoo", "foo"},
  };
  for (const auto& [message, text] : rows)
    for (std::size_t cut = 0; cut < 30; ++cut) EXPECT_EQ(body_text(message, cut), text) << message;
}

TEST(Decoded, KnowsWhichEncodingsItKnows) {
  for (const auto* known : {"7bit", "8bit", "binary", "base64", "quoted-printable"})
    EXPECT_TRUE(transfer_decoder(known).is_known()) << known;
  EXPECT_FALSE(transfer_decoder("x-uuencode").is_known());
}

TEST(Decoded, SearchesTextAndReports) {
  const auto is_text = [](std::string_view type) {
    return is_searched(scan("Content-Type: " + std::string(type) + "\r\n\r\n").parts.at(0));
  };
  EXPECT_TRUE(is_text("text/html"));
  EXPECT_TRUE(is_text("message/delivery-status"));
  EXPECT_FALSE(is_text("message/rfc822"));
  EXPECT_FALSE(is_text("image/png"));
}

TEST(Header, HasFieldsInTheirOrder) {
  constexpr std::string_view header =
      "A: 1\r\n B\r\nno field\r\n\tof it\r\nC :2\r\nD:\r\n: none\r\nE: \xc3\xa4\r\n\r\nF: body";
  header_fields fields(header);
  std::string text;
  while (const auto field = fields.next()) text += std::string(field->name) + "=" + unfolded(field->value) + ";";
  EXPECT_EQ(text, "A=1 B;C=2;D=;E=\xc3\xa4;");
  EXPECT_EQ(first_field(header, "c"), "2");
  EXPECT_FALSE(first_field(header, "f"));
}

}  // namespace
}  // namespace stagecoach::mime

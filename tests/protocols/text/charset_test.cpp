#include "protocols/text/charset.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "protocols/base/utf8.hpp"

namespace stagecoach {
namespace {

std::string file_text(const std::string& name) {
  std::ifstream file(std::string(TEST_DATA) + "/charsets/" + name, std::ios::binary);
  EXPECT_TRUE(file) << name;
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string decode_in_pieces(std::string_view octets, std::string_view charset, std::size_t bytes) {
  charset_decoder decoder(charset);
  std::string out;
  for (std::size_t at = 0; at < octets.size(); at += bytes) decoder.decode(out, octets.substr(at, bytes));
  decoder.finish(out);
  return out;
}

TEST(Charset, ReadsTheSameTextInEach) {
  struct row {
    const char* file;
    const char* charset;
    const char* utf8_file;
  };
  const row rows[] = {
      {"candide-gb18030.txt", "gb18030", "candide-utf-8.txt"},
      {"candide-utf-16le.txt", "UTF-16LE", "candide-utf-8.txt"},
      {"candide-utf-32be.txt", "utf-32be", "candide-utf-8.txt"},
      {"candide-windows-1252.txt", "Windows-1252", "candide-utf-8.txt"},
      {"candide-windows-1252.txt", "iso-8859-1", "candide-utf-8.txt"},
      {"rashomon-euc-jp.txt", "euc-jp", "rashomon-utf-8.txt"},
      {"rashomon-iso-2022-jp.txt", "ISO-2022-JP", "rashomon-utf-8.txt"},
      {"rashomon-shift-jis.txt", "shift_jis", "rashomon-utf-8.txt"},
      {"sunzi-bingfa-gb-levels-1-and-2-hz-gb2312.txt", "hz-gb-2312", "sunzi-bingfa-gb-levels-1-and-2-utf-8.txt"},
      {"sunzi-bingfa-simplified-gbk.txt", "gbk", "sunzi-bingfa-simplified-utf-8.txt"},
      {"sunzi-bingfa-traditional-big5.txt", "big5", "sunzi-bingfa-traditional-utf-8.txt"},
      {"unsu-joh-eun-nal-euc-kr.txt", "euc-kr", "unsu-joh-eun-nal-utf-8.txt"},
      {"rashomon-utf-8.txt", "", "rashomon-utf-8.txt"},
  };
  for (const auto& r : rows) {
    SCOPED_TRACE(std::string(r.file) + " " + r.charset);
    const auto octets = file_text(r.file);
    const auto expected = file_text(r.utf8_file);
    EXPECT_EQ(to_utf8(octets, r.charset), expected);
    for (const std::size_t bytes : {1, 3, 1000}) EXPECT_EQ(decode_in_pieces(octets, r.charset, bytes), expected);
  }
}

TEST(Charset, ReplacesWhatItCannotRead) {
  struct row {
    const char* name;
    const char* charset;
    std::string_view in;
    std::string_view out;
  };
  const row rows[] = {
      {"unknown", "x-nobody", "a\xe4\xf6", "a\xef\xbf\xbd\xef\xbf\xbd"},
      {"a path is no charset", "../../etc/passwd", "a\xe4", "a\xef\xbf\xbd"},
      {"UTF-7 is none", "utf-7", "+AGE-", "+AGE-"},
      {"ICU's other names are none", "ibm-1047", "\x81", "\xef\xbf\xbd"},
      {"half a character", "utf-8", "a\xe2\x82", "a\xef\xbf\xbd"},
      {"no UTF-8", "us-ascii", "\xff\xe4z", "\xef\xbf\xbd\xef\xbf\xbdz"},
      {"a surrogate", "utf-8", "\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
      {"odd UTF-16", "utf-16le", std::string_view("a\0b", 3), "a\xef\xbf\xbd"},
      {"lone surrogate in UTF-16", "utf-16be", std::string_view("\xd8\x00\0a", 4),
       "\xef\xbf\xbd"
       "a"},
      {"pair in UTF-16", "utf-16be", "\xd8\x3d\xdc\xec", "\xf0\x9f\x93\xac"},
      {"half a GB18030", "gb18030", "a\x81", "a\xef\xbf\xbd"},
  };
  for (const auto& r : rows) {
    EXPECT_EQ(to_utf8(r.in, r.charset), r.out) << r.name;
    EXPECT_EQ(decode_in_pieces(r.in, r.charset, 1), r.out) << r.name;
  }
}

TEST(Charset, KnowsAClosedList) {
  for (const auto* known : {"UTF-8", "iso-8859-15", "KOI8-R", "ks_c_5601-1987", "Big5-HKSCS", "iso-2022-kr"}) {
    EXPECT_TRUE(is_known_charset(known)) << known;
    charset_decoder decoder(known);  // and ICU has it
    std::string out;
    decoder.decode(out, "abc");
    decoder.finish(out);
    EXPECT_EQ(out, "abc") << known;
  }
  for (const auto* unknown : {"", "utf-7", "scsu", "x-nobody", "utf-8 "})
    EXPECT_FALSE(is_known_charset(unknown)) << unknown;
}

}  // namespace
}  // namespace stagecoach

#include "protocols/text/encoded_word.hpp"

#include <gtest/gtest.h>

#include "protocols/text/base64.hpp"

namespace stagecoach {
namespace {

struct row {
  const char* name;
  std::string_view in;
  std::string_view out;
};

constexpr row rows[] = {
    // RFC 2047 8
    {"plain", "Saying Hello", "Saying Hello"},
    {"Q", "=?ISO-8859-1?Q?Keld_J=F8rn_Simonsen?=", "Keld J\xc3\xb8rn Simonsen"},
    {"B", "=?ISO-8859-1?B?SWYgeW91IGNhbiByZWFkIHRoaXMgeW8=?= =?ISO-8859-2?B?dSB1bmRlcnN0YW5kIHRoZSBleGFtcGxlLg==?=",
     "If you can read this you understand the example."},
    {"a", "=?ISO-8859-1?Q?a?=", "a"},
    {"a b", "=?ISO-8859-1?Q?a?= b", "a b"},
    {"ab", "=?ISO-8859-1?Q?a?=  =?ISO-8859-1?Q?b?=", "ab"},
    {"a_b", "=?ISO-8859-1?Q?a_b?=", "a b"},
    {"a _b", "=?ISO-8859-1?Q?a?= =?ISO-8859-2?Q?_b?=", "a b"},
    {"language", "=?US-ASCII*EN?Q?Keith_Moore?=", "Keith Moore"},  // RFC 2231 5
    {"a character over two words", "=?utf-8?q?=E2=82?= =?UTF-8?b?rA==?=", "\xe2\x82\xac"},
    {"a character over two charsets is two errors", "=?utf-8?q?=E2=82?= =?utf8?q?=AC?=", "\xef\xbf\xbd\xef\xbf\xbd"},
    {"shift states", "=?iso-2022-jp?b?GyRCRnxLXBsoQg==?=", "\xe6\x97\xa5\xe6\x9c\xac"},
    {"beside text", "a=?utf-8?q?b?=c", "abc"},
    {"space in a word", "=?utf-8?q?a b?=", "a b"},
    {"white space at the end stays", "=?utf-8?q?a?= ", "a "},
    {"a tab at the end is a space", "=?utf-8?q?a?=\t \t", "a   "},
    {"raw UTF-8", "\xc3\xa4 \xe4", "\xc3\xa4 \xef\xbf\xbd"},
    {"no word", "=?utf-8?x?a?= =?utf-8?q?a =? =?? =?q?a?= =?a b?q?c?=", "=?utf-8?x?a?= a =? =?? =?q?a =?a b?q?c?="},
    {"open word", "=?utf-8?q?abc", "=?utf-8?q?abc"},
    {"no escape in Q", "=?utf-8?q?a=GGb=?=", "a=GGb="},
    {"broken base64", "=?utf-8?b?Zm9v!YmFy?= =?utf-8?b?Zg?=", "foobarf"},
    {"unknown charset", "=?x-none?q?a=E4?=", "a\xef\xbf\xbd"},
    // MI03
    {"control characters", "=?utf-8?q?a=0D=0Ab=00c=7F=C2=85?=",
     "a\xef\xbf\xbd\xef\xbf\xbd"
     "b\xef\xbf\xbd"
     "c\xef\xbf\xbd\xef\xbf\xbd"},
    {"raw control characters", "a\tb\x01", "a b\xef\xbf\xbd"},
    {"what is decoded is not read again", "=?utf-8?q?=3D=3Futf-8=3Fq=3Fa=3F=3D?=", "=?utf-8?q?a?="},
    {"UTF-7", "=?utf-7?q?+ADw-?=", "+ADw-"},
};

TEST(EncodedWord, Decodes) {
  for (const auto& r : rows) EXPECT_EQ(decode_words(r.in), r.out) << r.name;
}

TEST(EncodedWord, IsLinear) {
  std::string starts;
  for (int i = 0; i < 200'000; ++i) starts += "=?utf-8?q?a ";
  EXPECT_TRUE(decode_words(starts) == starts);
  std::string words;
  for (int i = 0; i < 100'000; ++i) words += "=?utf-8?q?a?= ";
  EXPECT_EQ(decode_words(words).size(), 100'001U);
}

}  // namespace
}  // namespace stagecoach

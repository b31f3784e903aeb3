#include "protocols/text/base64.hpp"

#include <gtest/gtest.h>

namespace stagecoach {
namespace {

TEST(Base64, SpellsTheExamplesOfTheRfc) {
  const std::pair<const char*, const char*> rows[] = {{"", ""},
                                                      {"f", "Zg=="},
                                                      {"fo", "Zm8="},
                                                      {"foo", "Zm9v"},
                                                      {"foob", "Zm9vYg=="},
                                                      {"fooba", "Zm9vYmE="},
                                                      {"foobar", "Zm9vYmFy"}};  // RFC 4648 10
  for (const auto& [bytes, text] : rows) {
    EXPECT_EQ(to_base64(bytes), text);
    const auto back = from_base64(text);
    ASSERT_TRUE(back) << text;
    EXPECT_EQ(*back, bytes);
  }
}

TEST(Base64, KeepsEveryByte) {
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  const auto back = from_base64(to_base64(all));
  ASSERT_TRUE(back);
  EXPECT_EQ(*back, all);
}

TEST(Base64, TakesOneSpellingOnly) {
  for (const char* text : {"Zg", "Zg=", "Zh==", "Zm9=", "====", "Z===", "Zg==Zg==", "Zm9v\n", "Zm 9", "Zm-_", "Zg=a"})
    EXPECT_FALSE(from_base64(text)) << text;
}

TEST(Base64, DecodesWhatComesAtEveryCut) {
  struct row {
    const char* name;
    std::string_view in;
    std::string_view out;
    bool has_defects;
  };
  const row rows[] = {
      {"lines", "Zm9v\r\nYmFy\n Zg==\r\n", "foobarf", false},
      {"padding is missing", "Zm8", "fo", true},
      {"six bits are nothing", "Zm9vY", "foo", true},
      {"other characters", "Zm-9!v", "foo", true},
      {"joined texts", "Zg==Zg==", "ff", true},
      {"left-over bits", "Zh==", "f", false},
      {"padding only", "====", "", false},
  };
  for (const auto& r : rows) {
    for (std::size_t cut = 0; cut <= r.in.size(); ++cut) {
      base64_decoder decoder;
      std::string out;
      decoder.decode(out, r.in.substr(0, cut));
      decoder.decode(out, r.in.substr(cut));
      decoder.finish(out);
      EXPECT_EQ(out, r.out) << r.name;
      EXPECT_EQ(decoder.has_defects(), r.has_defects) << r.name;
    }
  }
}

}  // namespace
}  // namespace stagecoach

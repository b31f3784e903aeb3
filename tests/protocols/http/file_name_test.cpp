// Names of downloads (security.md WX08): whatever a sender calls a part, it is one parameter of one field.
#include "protocols/http/file_name.hpp"

#include <gtest/gtest.h>

#include "protocols/http/head.hpp"

namespace stagecoach::http {
namespace {

TEST(FileName, IsOneParameter) {
  const struct {
    std::string_view name;
    std::string_view wanted;
  } all[] = {
      {"a.txt", "attachment; filename=a.txt"},
      {"a b.txt", "attachment; filename=\"a b.txt\"; filename*=UTF-8''a%20b.txt"},
      {"\xc3\xa4.txt", "attachment; filename=\"__.txt\"; filename*=UTF-8''%C3%A4.txt"},
      {"/etc/passwd", "attachment; filename=passwd"},
      {"..\\..\\a.exe", "attachment; filename=a.exe"},
      {"..", "attachment; filename=attachment.bin"},
      {"", "attachment; filename=attachment.bin"},
      {"a\"; filename*=x", "attachment; filename=\"a_; filename*=x\"; filename*=UTF-8''a%22%3B%20filename%2A%3Dx"},
      {"a.html\r\nSet-Cookie: x",
       "attachment; filename=\"a.html__Set-Cookie: x\"; "
       "filename*=UTF-8''a.html__Set-Cookie%3A%20x"},
  };
  for (const auto& one : all) {
    EXPECT_EQ(content_disposition(false, one.name), one.wanted);
    EXPECT_TRUE(is_field_value(content_disposition(true, one.name)));
  }
  EXPECT_TRUE(content_disposition(true, "a").starts_with("inline"));
  EXPECT_LT(content_disposition(false, std::string(5000, 'x')).size(), 1000U);
}

TEST(FileName, OfAnyOctetsIsAFieldValue) {
  for (int octet = 0; octet < 256; ++octet)
    EXPECT_TRUE(is_field_value(content_disposition(false, std::string(3, static_cast<char>(octet))))) << octet;
  EXPECT_EQ(quoted_or_token("utf-8"), "utf-8");
  EXPECT_EQ(quoted_or_token("utf-8\r\nX: y"), "\"utf-8__X: y\"");
  EXPECT_EQ(quoted_or_token(""), "\"\"");
}

}  // namespace
}  // namespace stagecoach::http

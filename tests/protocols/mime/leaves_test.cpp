#include "protocols/mime/leaves.hpp"

#include <gtest/gtest.h>

#include "protocols/mime/part_scanner.hpp"
#include "protocols/mime/structure.hpp"

namespace stagecoach::mime {
namespace {

part_index index_of(std::string_view text) {
  part_scanner scanner;
  scanner.received(text);
  return scanner.finished();
}

std::string shown(const part_index& index) {
  std::string out;
  for (const auto& one : leaves_of(index)) {
    const auto& part = index.parts[one.part];
    out += one.path + " " + part.type + "/" + part.subtype + (one.is_text ? " text; " : "; ");
  }
  return out;
}

TEST(Leaves, HaveTheirImapNumbers) {
  EXPECT_EQ(shown(index_of("Subject: x\r\n\r\nhello")), "1 text/plain text; ");
  const auto nested = index_of(
      "Content-Type: multipart/mixed; boundary=a\r\n\r\n"
      "--a\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n"
      "--b\r\n\r\nplain\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>x\r\n--b--\r\n"
      "--a\r\nContent-Type: message/rfc822\r\n\r\n"
      "Content-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\n\r\ninner\r\n--c--\r\n\r\n"
      "--a\r\nContent-Type: text/plain; name=a.txt\r\n\r\nfile\r\n--a--\r\n");
  EXPECT_EQ(shown(nested), "1.1 text/plain text; 1.2 text/html text; 2 message/rfc822; 3 text/plain; ");
  for (const auto& one : leaves_of(nested)) {
    for (const auto& spelled : {one.path, "0." + one.path}) {
      const auto numbers = parse_part_path(spelled);
      ASSERT_TRUE(numbers) << spelled;
      const auto found = find_part(nested, *numbers);
      ASSERT_TRUE(found) << spelled;
      EXPECT_EQ(found->number, one.part) << spelled;
    }
  }
}

TEST(Leaves, PathsAreNumbersWithDots) {
  EXPECT_EQ(parse_part_path("1.2.30"), (std::vector<std::uint32_t>{1, 2, 30}));
  EXPECT_EQ(parse_part_path("0.1.2"), (std::vector<std::uint32_t>{1, 2}));
  EXPECT_EQ(parse_part_path("0"), std::vector<std::uint32_t>()) << "the whole message";
  std::string deep = "1";
  for (int i = 0; i < 200; ++i) deep += ".1";
  for (const std::string_view text :
       {std::string_view(""), std::string_view("00"), std::string_view("0."), std::string_view("0.0"),
        std::string_view("1.0"), std::string_view("01"), std::string_view("1.02"), std::string_view("0x1"),
        std::string_view("1."), std::string_view(".1"), std::string_view("1..2"), std::string_view("a"),
        std::string_view("1.a"), std::string_view("+1"), std::string_view("4294967296"), std::string_view(deep)})
    EXPECT_EQ(parse_part_path(text), std::nullopt) << text;
}

}  // namespace
}  // namespace stagecoach::mime

#include "protocols/base/reader.hpp"

#include <gtest/gtest.h>

#include <functional>

namespace stagecoach {
namespace {

struct malformed {
  const char* name;
  std::string_view in;
  std::function<void(reader&)> read;
  fault_code code;
  std::size_t offset;
};

TEST(Reader, RefusesMalformedInput) {
  using namespace std::string_view_literals;
  const malformed rows[] = {
      {"no digits", "x", [](reader& r) { r.number(9, "n"); }, fault_code::syntax, 0},
      {"empty number", "", [](reader& r) { r.number(9, "n"); }, fault_code::syntax, 0},
      {"one above max", "10", [](reader& r) { r.number(9, "n"); }, fault_code::out_of_range, 2},
      {"digit above max", "7", [](reader& r) { r.number(3, "n"); }, fault_code::out_of_range, 1},
      {"above 2^32", "4294967296", [](reader& r) { r.number(4294967295U, "n"); }, fault_code::out_of_range, 10},
      {"above 2^64", "18446744073709551616", [](reader& r) { r.number(~0ULL, "n"); }, fault_code::out_of_range, 20},
      {"far above 2^64", "99999999999999999999999", [](reader& r) { r.number(~0ULL, "n"); }, fault_code::out_of_range,
       23},
      {"other character", "b", [](reader& r) { r.expect('a', "a"); }, fault_code::syntax, 0},
      {"end for a character", "", [](reader& r) { r.expect('a', "a"); }, fault_code::syntax, 0},
      {"no byte", "", [](reader& r) { r.byte("b"); }, fault_code::truncated, 0},
      {"take beyond the end", "abc", [](reader& r) { (void)r.take(4, "t"); }, fault_code::truncated, 0},
      {"take of 2^64 - 1", "abc", [](reader& r) { (void)r.skip('a'), (void)r.take(~0ULL, "t"); }, fault_code::truncated,
       1},
      {"part beyond the end", "abc", [](reader& r) { (void)r.part(4, "p"); }, fault_code::truncated, 0},
      {"short fixed32", "abc", [](reader& r) { r.fixed32("f"); }, fault_code::truncated, 0},
      {"short fixed64", "abcdefg", [](reader& r) { r.fixed64("f"); }, fault_code::truncated, 0},
      {"varint without end", "\xff\xff", [](reader& r) { r.varint("v"); }, fault_code::truncated, 2},
      {"varint of 65 bits", "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", [](reader& r) { r.varint("v"); },
       fault_code::out_of_range, 10},
      {"varint of 11 bytes", "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01", [](reader& r) { r.varint("v"); },
       fault_code::out_of_range, 10},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    reader in(row.in);
    row.read(in);
    ASSERT_FALSE(in.ok());
    EXPECT_EQ(fault_name(in.error().code), fault_name(row.code));
    EXPECT_EQ(in.error().offset, row.offset);
  }
}

TEST(Reader, YieldsNothingAfterItsFirstFailure) {
  reader in("abc 12");
  EXPECT_FALSE(in.expect('x', "first"));
  EXPECT_FALSE(in.expect('a', "second"));
  EXPECT_FALSE(in.skip('a'));
  EXPECT_FALSE(in.skip("ab"));
  EXPECT_FALSE(in.skip_nocase("ab"));
  EXPECT_EQ(in.peek(), '\0');
  EXPECT_EQ(in.rest(), "");
  EXPECT_TRUE(in.at_end());
  EXPECT_EQ(in.take_while([](char) { return true; }), "");
  EXPECT_EQ(in.take(1, "third"), "");
  EXPECT_EQ(in.fixed32("fourth"), 0U);
  EXPECT_EQ(in.varint("fifth"), 0U);
  EXPECT_FALSE(in.part(1, "sixth").ok());
  EXPECT_EQ(in.error().what, "first");
}

TEST(Reader, ReadsText) {
  reader in("A1 fetch 0042 rest");
  EXPECT_EQ(in.take_while([](char c) { return c != ' '; }), "A1");
  EXPECT_TRUE(in.skip(' '));
  EXPECT_FALSE(in.skip("FETCH"));
  EXPECT_TRUE(in.skip_nocase("FETCH"));
  EXPECT_TRUE(in.expect(' ', "space"));
  EXPECT_EQ(in.number(42, "number"), 42U);
  EXPECT_EQ(in.offset(), 13U);
  EXPECT_EQ(in.rest(), " rest");
  EXPECT_TRUE(in.ok());
}

TEST(Reader, ReadsBackWhatIsPut) {
  for (const std::uint64_t value : {0ULL, 1ULL, 127ULL, 128ULL, 300ULL, 0xffffffffULL, 1ULL << 63, ~0ULL}) {
    std::string bytes;
    put_varint(bytes, value);
    put_fixed32(bytes, static_cast<std::uint32_t>(value));
    put_fixed64(bytes, value);
    reader in(bytes);
    EXPECT_EQ(in.varint("varint"), value);
    EXPECT_EQ(in.fixed32("fixed32"), static_cast<std::uint32_t>(value));
    EXPECT_EQ(in.fixed64("fixed64"), value);
    EXPECT_TRUE(in.ok() && in.at_end());
  }
}

TEST(Reader, GivesAPartThatCannotReadBeyondItsEnd) {
  reader in("abcdef");
  EXPECT_TRUE(in.skip('a'));
  reader part = in.part(2, "part");
  EXPECT_EQ(in.rest(), "def");
  EXPECT_EQ(part.rest(), "bc");
  EXPECT_TRUE(part.skip("bc"));
  EXPECT_TRUE(part.at_end());
  (void)part.byte("beyond");
  EXPECT_EQ(part.error(), (fault{fault_code::truncated, 3, "beyond"})) << "counted from the start of the whole input";
  EXPECT_TRUE(in.ok());
  in.join(part);
  EXPECT_EQ(in.error().what, "beyond");
}

TEST(Sized, PutsTheLengthBeforeTheContent) {
  for (const std::size_t size : {0U, 1U, 127U, 128U, 20'000U}) {
    std::string out = "before";
    const auto start = open_sized(out);
    out.append(size, 'x');
    close_sized(out, start);
    reader in(out);
    EXPECT_TRUE(in.skip("before"));
    EXPECT_EQ(in.varint("length"), size);
    EXPECT_EQ(in.rest(), std::string(size, 'x'));
  }
}

TEST(Ascii, FoldsLettersOnly) {
  EXPECT_TRUE(equal_nocase("Stagecoach-[1]", "sTAGECOACH-[1]"));
  EXPECT_FALSE(equal_nocase("[", "{"));
  EXPECT_FALSE(equal_nocase("a", "ab"));
  EXPECT_EQ(ascii_lower(std::string_view("A\xc3\x84Z[")), "a\xc3\x84z[");
  EXPECT_EQ(ascii_upper(std::string_view("a\xc3\xa4z{")), "A\xc3\xa4Z{");
}

}  // namespace
}  // namespace stagecoach

#include "protocols/base/record.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <fstream>

#include "protocols/base/flags.hpp"
#include "protocols/base/uid_set.hpp"

namespace stagecoach {
namespace {

using namespace std::string_view_literals;

enum class color : std::uint8_t { red = 0, green = 1 };
constexpr auto enum_names(color) { return std::array{named(color::red, "red"), named(color::green, "green")}; }

struct inner {
  std::uint32_t count = 3;
  std::string note;
  static constexpr auto fields = described(field(1, "count", &inner::count), field(2, "note", &inner::note));
  friend bool operator==(const inner&, const inner&) = default;
};

struct opened {
  std::int32_t at = 0;
  static constexpr auto fields = described(field(1, "at", &opened::at));
  friend bool operator==(const opened&, const opened&) = default;
};
struct closed {
  std::string why;
  static constexpr auto fields = described(field(1, "why", &closed::why));
  friend bool operator==(const closed&, const closed&) = default;
};

// One struct with a field of every shape, as version 1 and version 2 of the program have it.
struct version_1 {
  std::uint8_t small = 7;
  std::int64_t delta = 0;
  bool is_on = true;
  color shade = color::red;
  std::chrono::milliseconds wait_ms{250};
  std::string text = "default";
  std::array<std::uint8_t, 4> bytes{};
  inner nested{5, "outer default"};
  std::optional<std::string> maybe;
  std::vector<inner> list;
  std::variant<opened, closed> state;
  std::uint16_t dropped = 0;  // version 2 does not have it
  static constexpr auto fields = described(
      field(1, "small", &version_1::small), field(2, "delta", &version_1::delta), field(3, "is_on", &version_1::is_on),
      field(4, "shade", &version_1::shade), field(5, "wait_ms", &version_1::wait_ms),
      field(6, "text", &version_1::text), field(7, "bytes", &version_1::bytes), field(8, "nested", &version_1::nested),
      field(9, "maybe", &version_1::maybe), field(10, "list", &version_1::list), field(11, "state", &version_1::state),
      field(12, "dropped", &version_1::dropped));
  friend bool operator==(const version_1&, const version_1&) = default;
};

struct version_2 {
  std::string text = "default";
  std::uint32_t small = 7;  // wider: still a varint
  std::uint64_t new_number = 42;
  std::vector<std::uint32_t> new_list = {1};
  inner nested{5, "outer default"};
  static constexpr auto fields =
      described(field(6, "text", &version_2::text), field(1, "small", &version_2::small),
                field(100, "new_number", &version_2::new_number), field(2000, "new_list", &version_2::new_list),
                field(8, "nested", &version_2::nested));
  friend bool operator==(const version_2&, const version_2&) = default;
};

TEST(Record, AnOlderProgramSkipsWhatItDoesNotKnow) {
  version_2 sent;
  sent.text = "new";
  sent.small = 200;
  sent.new_number = 1;
  sent.new_list = {7, 8, 9};
  const auto read = read_record<version_1>(write_record(sent));
  ASSERT_TRUE(read);
  version_1 expected;
  expected.text = "new";
  expected.small = 200;
  EXPECT_EQ(*read, expected);
}

TEST(Record, ANewerProgramGivesDefaultsToWhatIsAbsent) {
  version_1 sent;
  sent.small = 9;
  sent.delta = -1;
  sent.list.resize(3);
  sent.state = closed{"gone"};
  sent.dropped = 12;
  const auto read = read_record<version_2>(write_record(sent));
  ASSERT_TRUE(read);
  version_2 expected;
  expected.small = 9;
  EXPECT_EQ(*read, expected);
}

TEST(Record, RefusesANumberThatDoesNotFitTheOlderType) {
  version_2 sent;
  sent.small = 256;
  const auto read = read_record<version_1>(write_record(sent));
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, fault_code::out_of_range);
}

TEST(Record, WritesDefaultsNowhere) {
  version_1 value;
  EXPECT_EQ(write_record(value), "");
  value.nested.count = 3;  // the default of `inner`, but not of this field
  value.nested.note = "";
  const auto bytes = write_record(value);
  EXPECT_EQ(bytes, "\x11\x00"sv) << "field 8, nothing in it";
  EXPECT_EQ(*read_record<version_1>(bytes), value);
}

TEST(Record, KeepsAnEmptyOptionalApartFromAnEmptyValue) {
  version_1 value;
  value.maybe = "";
  EXPECT_EQ(write_record(value), "\x13\x01\x00"sv);
  EXPECT_EQ(*read_record<version_1>(write_record(value)), value);
}

TEST(Record, WritesSmallNegativesShort) {
  version_1 value;
  value.delta = -1;
  EXPECT_EQ(write_record(value), "\x04\x01"sv);
  value.delta = std::numeric_limits<std::int64_t>::min();
  EXPECT_EQ(*read_record<version_1>(write_record(value)), value);
}

struct malformed {
  const char* name;
  std::string_view in;
  fault_code code;
  std::size_t offset;
};

TEST(Record, RefusesWhatIsMalformed) {
  const malformed rows[] = {
      {"key without end", "\x80", fault_code::truncated, 1},
      {"number without its varint", "\x02", fault_code::truncated, 1},
      {"text without its length", "\x0d", fault_code::truncated, 1},
      {"text shorter than its length", "\x0d\x05mail", fault_code::truncated, 2},
      {"length of 2^64 - 1", "\x0d\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", fault_code::truncated, 11},
      {"number where text is", "\x0c\x05", fault_code::wrong_type, 1},
      {"text where a number is", "\x03\x01z", fault_code::wrong_type, 1},
      {"256 in a byte", "\x02\x80\x02", fault_code::out_of_range, 3},
      {"2 in a bool", "\x06\x02", fault_code::out_of_range, 2},
      {"an enum's value without a name", "\x08\x02", fault_code::out_of_range, 2},
      {"same field twice", "\x02\x01\x02\x01", fault_code::duplicate, 3},
      {"zeros", "\x00\x00"sv, fault_code::syntax, 1},
      {"field 0 with a length", "\x01\x00"sv, fault_code::syntax, 1},
      {"bytes too few", "\x0f\x03\x01\x02\x03", fault_code::truncated, 2},
      {"bytes too many", "\x0f\x05\x01\x02\x03\x04\x05", fault_code::syntax, 6},
      {"nested beyond its length", "\x11\x02\x02\x80", fault_code::truncated, 4},
      {"nested text beyond its owner", "\x11\x02\x05\x02xx", fault_code::truncated, 4},
      {"optional with something after it", "\x13\x03\x01xy", fault_code::syntax, 4},
      {"list longer than its bytes", "\x15\x02\x05\x00"sv, fault_code::out_of_range, 3},
      {"list with something after it", "\x15\x03\x01\x00\x00"sv, fault_code::syntax, 4},
      {"list without its count", "\x15\x00"sv, fault_code::truncated, 2},
      {"alternative 2 of 2", "\x17\x02\x02\x00"sv, fault_code::out_of_range, 3},
      {"alternative without content", "\x17\x01\x01", fault_code::truncated, 3},
      {"unknown number without its varint", "\xc8\x01", fault_code::truncated, 2},
      {"unknown text shorter than its length", "\xc9\x01\x05zz", fault_code::truncated, 3},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    const auto read = read_record<version_1>(row.in);
    ASSERT_FALSE(read);
    EXPECT_EQ(fault_name(read.error().code), fault_name(row.code));
    EXPECT_EQ(read.error().offset, row.offset);
  }
}

struct list_holder {
  std::vector<uid> uids;
  static constexpr auto fields = described(field(1, "uids", &list_holder::uids));
};

TEST(Record, TakesNoMemoryForACountThatLies) {
  std::string bytes = "\x03\x09";
  put_varint(bytes, 1ULL << 62);
  ASSERT_EQ(bytes.size(), 11U);
  const auto read = read_record<list_holder>(bytes);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, fault_code::out_of_range);
}

TEST(Record, RefusesSetsAndFlagsThatBreakTheirRule) {
  // Two ranges in the wrong order: a search in them would not find what is there.
  const auto set = read_record<uid_set>("\x03\x0b\x02\x04\x02\x05\x04\x05\x04\x02\x01\x04\x01"sv);
  ASSERT_FALSE(set);
  EXPECT_EQ(set.error().code, fault_code::out_of_range);
  EXPECT_FALSE(
      read_record<message_flags>("\x05\x05\x02\x01z\x01"
                                 "a"sv));
  EXPECT_TRUE(
      read_record<message_flags>("\x05\x05\x02\x01"
                                 "a\x01z"sv));
}

TEST(Record, DoesNotWriteWhatItWouldNotRead) {
  EXPECT_THROW((void)write_record(message_flags{0, {"z", "a"}}), check_failed);
}

// The worked example of docs/formats/records.md: its hex column is what the writer writes.
TEST(Record, IsAsTheDocumentationShows) {
  std::ifstream in(STAGECOACH_SOURCES "/docs/formats/records.md");
  std::string documented;
  for (std::string line; std::getline(in, line);) {
    // "    05 02 ...  what it is": four blanks, hex, two blanks.
    if (line.rfind("    ", 0) != 0) continue;
    line = line.substr(4, line.find("  ", 4) - 4);
    std::erase(line, ' ');
    if (from_hex(line).empty()) continue;
    documented += line;
  }
  flag_delta delta;
  delta.change = flag_change::add;
  delta.flags.set(flag::seen);
  delta.flags.set(flag::junk);
  delta.flags.set(flag::not_junk);
  delta.flags.add_keyword("work");
  delta.flags.add_keyword("home");
  EXPECT_EQ(to_hex(write_record(delta)), documented);
  EXPECT_EQ(*read_record<flag_delta>(from_hex(documented)), delta);
}

}  // namespace
}  // namespace stagecoach

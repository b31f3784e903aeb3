#include "protocols/base/json_read.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "messages/changes.hpp"
#include "messages/mailbox.hpp"

namespace stagecoach {
namespace {

using namespace std::string_view_literals;
using messages::set_flags;

constexpr json_limits strict{10'000, unknown_members::refuse};
constexpr json_limits lenient{10'000, unknown_members::skip};

struct wide {
  std::uint64_t natural = 0;
  std::int64_t integer = 0;
  std::chrono::seconds wait_s{};
  std::chrono::duration<std::int8_t> short_s{};
  std::int8_t small = 0;
  bool is_on = false;
  std::optional<std::string> maybe = "set";
  std::vector<set_flags> rows;
  static constexpr auto fields =
      described(field(1, "natural", &wide::natural), field(2, "integer", &wide::integer),
                field(3, "wait_s", &wide::wait_s), field(4, "short_s", &wide::short_s), field(5, "small", &wide::small),
                field(6, "is_on", &wide::is_on), field(7, "maybe", &wide::maybe), field(8, "rows", &wide::rows));
};

struct refused {
  std::string_view in;
  fault_code code;
  std::string_view text;
};

template <class T, std::size_t N>
void expect_refused(const refused (&rows)[N]) {
  for (const auto& row : rows) {
    SCOPED_TRACE(row.in);
    const auto read = read_json<T>(row.in, strict);
    ASSERT_FALSE(read);
    EXPECT_EQ(fault_name(read.error().code), fault_name(row.code));
    EXPECT_EQ(fault_text(read.error()), row.text);
  }
}

TEST(ReadJson, NamesThePathOfWhatItRefuses) {
  constexpr refused rows[] = {
      {R"({"rows":[{},{"uids":{"ranges":[{"first":"x"}]}}]})", fault_code::wrong_type,
       "rows[1].uids.ranges[0].first: want number, got string (byte 40)"},
      {R"({"rows":[{"delta":{"flgs":{}}}]})", fault_code::unknown_field, "rows[0].delta.flgs: unknown field (byte 26)"},
      {R"({"rows":[{"mailbox":1,"mailbox":1}]})", fault_code::duplicate, "rows[0].mailbox: stands twice (byte 32)"},
      {R"({"rows":{}})", fault_code::wrong_type, "rows: want array, got object (byte 8)"},
      {R"({"rows":[[]]})", fault_code::wrong_type, "rows[0]: want object, got array (byte 9)"},
      {R"([])", fault_code::wrong_type, "want object, got array (byte 0)"},
      {R"("text")", fault_code::wrong_type, "want object, got string (byte 0)"},
      {R"(null)", fault_code::wrong_type, "want object, got null (byte 0)"},
      {R"({"is_on":1})", fault_code::wrong_type, "is_on: want boolean, got number (byte 9)"},
      {R"({"is_on":null})", fault_code::wrong_type, "is_on: want boolean, got null (byte 9)"},
      {R"({"maybe":7})", fault_code::wrong_type, "maybe: want string, got number (byte 9)"},
      {R"({"natural":7})", fault_code::wrong_type, "natural: want string, got number (byte 11)"},
      {R"({"natural":"-7"})", fault_code::syntax, "natural: want decimal digits in a string (byte 11)"},
      {R"({"natural":"007"})", fault_code::syntax, "natural: want decimal digits in a string (byte 11)"},
      {R"({"natural":""})", fault_code::syntax, "natural: want decimal digits in a string (byte 11)"},
      {R"({"natural":"7 "})", fault_code::syntax, "natural: want decimal digits in a string (byte 11)"},
      {R"({"natural":"+7"})", fault_code::syntax, "natural: want decimal digits in a string (byte 11)"},
      {R"({"natural":"18446744073709551616"})", fault_code::out_of_range, "natural: out of range (byte 11)"},
      {R"({"integer":"-9223372036854775809"})", fault_code::out_of_range, "integer: out of range (byte 11)"},
      {R"({"integer":"-0"})", fault_code::syntax, "integer: want decimal digits in a string (byte 11)"},
      {R"({"integer":"-"})", fault_code::syntax, "integer: want decimal digits in a string (byte 11)"},
      {R"({"small":128})", fault_code::out_of_range, "small: want a number from -128 to 127 (byte 9)"},
      {R"({"small":-129})", fault_code::out_of_range, "small: want a number from -128 to 127 (byte 9)"},
      {R"({"small":18446744073709551615})", fault_code::out_of_range, "small: want a number from -128 to 127 (byte 9)"},
      {R"({"small":1.0})", fault_code::wrong_type, "small: want a whole number (byte 9)"},
      {R"({"small":1e1})", fault_code::wrong_type, "small: want a whole number (byte 9)"},
      {R"({"small":01})", fault_code::syntax, "small: no number (byte 9)"},
      {R"({"wait_s":9007199254740992})", fault_code::out_of_range,
       "wait_s: want a number from -9007199254740991 to 9007199254740991 (byte 10)"},
      {R"({"short_s":128})", fault_code::out_of_range, "short_s: want a number from -128 to 127 (byte 11)"},
  };
  expect_refused<wide>(rows);
}

TEST(ReadJson, RefusesWhatIsNoJson) {
  constexpr refused rows[] = {
      {"", fault_code::truncated, "empty"},
      {"  ", fault_code::truncated, "empty"},
      {"{", fault_code::truncated, "an array or object without its end (byte 0)"},
      {R"({"rows":[)", fault_code::truncated, "an array or object without its end (byte 0)"},
      {R"({"small)", fault_code::truncated, "a string without its end"},
      {R"({} {})", fault_code::syntax, "something after the end (byte 3)"},
      {R"({},)", fault_code::truncated, "an array or object without its end (byte 0)"},
      {"{\"maybe\":\"a\nb\"}", fault_code::syntax, "a control character in a string"},
      {R"({"maybe":"\x"})", fault_code::syntax, "maybe: a wrong escape in a string (byte 9)"},
      {R"({"maybe":"\ud800"})", fault_code::syntax, "maybe: a wrong escape in a string (byte 9)"},
      {"{\"maybe\":\"\xff\"}", fault_code::not_utf8, "not UTF-8 (byte 10)"},
      {"{\"maybe\":\"\xed\xa0\x80\"}", fault_code::not_utf8, "not UTF-8 (byte 10)"},
  };
  expect_refused<wide>(rows);
}

TEST(ReadJson, RefusesValuesThatAreNoneOfTheirType) {
  constexpr refused rows[] = {
      {R"({"delta":{"change":"toggle"}})", fault_code::out_of_range,
       "delta.change: want one of replace add remove (byte 19)"},
      {R"({"trace":{"span":"00"}})", fault_code::syntax, "trace.span: want 16 hex digits in lower case (byte 17)"},
      {R"({"trace":{"span":"00112233445566XX"}})", fault_code::syntax,
       "trace.span: want 16 hex digits in lower case (byte 17)"},
      {R"({"trace":{"span":"00112233445566AA"}})", fault_code::syntax,
       "trace.span: want 16 hex digits in lower case (byte 17)"},
      {R"({"uids":{"ranges":[{"first":5,"last":6},{"first":1,"last":2}]}})", fault_code::out_of_range,
       "uids: a value that its type does not allow (byte 8)"},
      {R"({"uids":{"ranges":[{"first":0,"last":1}]}})", fault_code::out_of_range,
       "uids: a value that its type does not allow (byte 8)"},
      {R"({"uids":{"ranges":[{"first":4294967296}]}})", fault_code::out_of_range,
       "uids.ranges[0].first: want a number from 0 to 4294967295 (byte 28)"},
  };
  expect_refused<set_flags>(rows);
}

TEST(ReadJson, ReadsAlternativesByTheirKind) {
  const auto read = read_json<messages::changes>(
      R"({"entries":[{"changed":"4","uid":3,"kind":"expunged"},{"kind":"added","message":{"uid":8}}]})", strict);
  ASSERT_TRUE(read) << fault_text(read.error());
  ASSERT_EQ(read->entries.size(), 2U);
  EXPECT_EQ(std::get<messages::expunged>(read->entries[0]), (messages::expunged{uid{3}, modseq{4}}));
  EXPECT_EQ(std::get<messages::added>(read->entries[1]).message.id, uid{8});
}

TEST(ReadJson, RefusesAlternativesThatItDoesNotKnow) {
  constexpr refused rows[] = {
      {R"({"entries":[{"uid":3}]})", fault_code::not_found, "entries[0].kind: missing (byte 12)"},
      {R"({"entries":[{}]})", fault_code::not_found, "entries[0].kind: missing (byte 12)"},
      {R"({"entries":[{"kind":7}]})", fault_code::wrong_type, "entries[0].kind: want string, got number (byte 20)"},
      {R"({"entries":[{"kind":"added":{"x":1},"message":{}}]})", fault_code::syntax, "entries[0]: not JSON (byte 27)"},
      {R"({"entries":[{"kind":"expunged" "uid":1}]})", fault_code::syntax, "entries[0]: not JSON (byte 31)"},
      {R"({"entries":[{"kind":"moved"}]})", fault_code::out_of_range, "entries[0].kind: unknown kind (byte 12)"},
      {R"({"entries":[{"kind":"expunged","kind":"added"}]})", fault_code::duplicate,
       "entries[0].kind: stands twice (byte 38)"},
      {R"({"entries":[{"kind":"expunged","flags":{}}]})", fault_code::unknown_field,
       "entries[0].flags: unknown field (byte 39)"},
      {R"({"entries":[{"kind":"expunged","uid":1,"uid":1}]})", fault_code::duplicate,
       "entries[0].uid: stands twice (byte 45)"},
      {R"({"entries":[7]})", fault_code::wrong_type, "entries[0]: want object, got number (byte 12)"},
  };
  expect_refused<messages::changes>(rows);
}

struct new_account {
  std::string name;
  std::string password;
  std::uint64_t quota_bytes = 1000;
  static constexpr auto fields =
      described(field(1, "name", &new_account::name), field(2, "password", &new_account::password),
                field(3, "quota_bytes", &new_account::quota_bytes));
  static constexpr std::array<std::string_view, 2> required = {"name", "password"};
};

TEST(ReadJson, AsksForWhatIsRequiredAndGivesDefaultsToTheRest) {
  constexpr refused rows[] = {
      {R"({"name":"ada"})", fault_code::not_found, "password: missing (byte 0)"},
      {R"({})", fault_code::not_found, "name: missing (byte 0)"},
  };
  expect_refused<new_account>(rows);
  const auto read = read_json<new_account>(R"({"password":"","name":"ada"})", strict);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->name, "ada");
  EXPECT_EQ(read->quota_bytes, 1000U);
}

TEST(ReadJson, ResolvesEscapes) {
  const auto read = read_json<new_account>(R"({"n\u0061me":"\u00e4\ud83d\udcec\"\/\n\u0000","password":"x"})", strict);
  ASSERT_TRUE(read) << fault_text(read.error());
  EXPECT_EQ(read->name, "\xc3\xa4\xf0\x9f\x93\xac\"/\n\0"sv);
}

TEST(ReadJson, NullIsTheEmptyOptional) {
  EXPECT_EQ(read_json<wide>(R"({"maybe":null})", strict)->maybe, std::nullopt);
  EXPECT_EQ(read_json<wide>("{}", strict)->maybe, "set");
}

TEST(ReadJson, SkipsUnknownMembersWhenToldButStillChecksTheirSyntax) {
  const auto read = read_json<wide>(R"({"x":{"y":[1,2.5,"z",null,true]},"small":3,"z":"\u00e4"})", lenient);
  ASSERT_TRUE(read) << fault_text(read.error());
  EXPECT_EQ(read->small, 3);
  for (const auto* in : {R"({"x":[1,]})", R"({"x":nul})", R"({"x":[}})", R"({"x":tru})", R"({"x":"\x"})", R"({"x":1.})",
                         R"({"x":{"y"}})", R"({"x":{,}})", R"({"x" 1})", R"({"x":1 2})", R"({x:1})"})
    EXPECT_FALSE(read_json<wide>(in, lenient)) << in;
}

TEST(ReadJson, KeepsItsLimits) {
  const std::string text = R"({"small":3})";
  EXPECT_TRUE(read_json<wide>(text, (json_limits{text.size(), unknown_members::refuse})));
  const auto longer = read_json<wide>(text, (json_limits{text.size() - 1, unknown_members::refuse}));
  ASSERT_FALSE(longer);
  EXPECT_EQ(fault_text(longer.error()), "longer than 10 bytes (byte 10)");

  const auto nested = [](std::size_t depth) {
    return R"({"x":)" + std::string(depth - 1, '[') + std::string(depth - 1, ']') + "}";
  };
  EXPECT_TRUE(read_json<wide>(nested(json_depth_max), lenient));
  const auto deeper = read_json<wide>(nested(json_depth_max + 1), lenient);
  ASSERT_FALSE(deeper);
  EXPECT_EQ(deeper.error().code, fault_code::too_long);
  EXPECT_EQ(deeper.error().what, "nested too deep");
}

TEST(ReadJson, ShowsLongNamesCut) {
  const auto read = read_json<wide>("{\"" + std::string(63, 'x') + "\xc3\xa4 and more\":1}", strict);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().path, std::string(63, 'x') + "...");
}

// github.com/nst/JSONTestSuite: y_ is accepted, n_ is refused, i_ may be either and never crashes.
TEST(JsonSyntax, PassesJsonTestSuite) {
  std::size_t files = 0;
  for (const auto& file : std::filesystem::directory_iterator(TEST_DATA "/json/JSONTestSuite/test_parsing")) {
    const auto name = file.path().filename().string();
    std::ifstream in(file.path(), std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    const auto fault =
        visit_json(text.str(), json_limits{1 << 20, unknown_members::refuse}, [](json_cursor& root) { root.skip(); });
    const bool is_refused = fault.has_value();
    EXPECT_TRUE(name[0] == 'i' || is_refused == (name[0] == 'n')) << name << " " << (fault ? fault_text(*fault) : "");
    ++files;
  }
  EXPECT_EQ(files, 318U);
}

TEST(JsonSyntax, EndsARootScalarWhereItEnds) {
  const auto is_refused = [](std::string_view text) {
    return visit_json(text, strict, [](json_cursor& root) { root.skip(); }).has_value();
  };
  for (const auto text : {"false\x03"sv, "true\x03"sv, "null\x03"sv, "1\x03"sv}) EXPECT_TRUE(is_refused(text)) << text;
  for (const auto text : {"null \n"sv, " false "sv, "true\t"sv, "1.5e3\r\n"sv}) EXPECT_FALSE(is_refused(text)) << text;
}

TEST(JsonCursor, HandsOutAValueOnce) {
  EXPECT_THROW((void)visit_json(R"("twice")", strict,
                                [](json_cursor& root) {
                                  (void)root.text();
                                  (void)root.text();
                                }),
               check_failed);
}

TEST(JsonCursor, ChecksWhatAVisitorLeaves) {
  EXPECT_TRUE(visit_json(R"([1, {"a": tru}])", strict, [](json_cursor&) {}));
  EXPECT_TRUE(visit_json(R"([1, nul])", strict, [](json_cursor& root) { root.elements([](json_cursor&) {}); }));
  EXPECT_FALSE(visit_json(R"([1, null])", strict, [](json_cursor& root) { root.elements([](json_cursor&) {}); }));
}

}  // namespace
}  // namespace stagecoach

#include "protocols/base/json_write.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "messages/changes.hpp"

namespace stagecoach {
namespace {

using namespace std::string_view_literals;

struct row {
  const char* name;
  std::string_view in;
  std::string_view out;
};
constexpr row rows[] = {
    {"empty", "", R"("")"},
    {"plain", "Inbox/2024 </script>", R"("Inbox/2024 </script>")"},
    {"quote and backslash", "a\"b\\c", R"("a\"b\\c")"},
    {"line ends and tab", "\r\n\t", R"("\r\n\t")"},
    {"other control characters", "\0\b\x1f"sv, R"("\u0000\u0008\u001f")"},
    {"delete stands for itself", "\x7f", "\"\x7f\""},
    {"UTF-8", "\xc3\xa4\xe2\x82\xac\xf0\x9f\x93\xac", "\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x93\xac\""},
    {"Latin-1", "M\xfcller", "\"M\xef\xbf\xbdller\""},
    {"cut in a character", "\xe2\x82", "\"\xef\xbf\xbd\""},
    {"cut, then text", "\xf0\x9f\x93!", "\"\xef\xbf\xbd!\""},
    {"surrogate", "\xed\xa0\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""},
    {"overlong", "\xc0\xaf", "\"\xef\xbf\xbd\xef\xbf\xbd\""},
};

TEST(JsonText, IsAlwaysValidUtf8AndEscaped) {
  for (const auto& r : rows) {
    std::string out;
    append_json_text(out, r.in);
    EXPECT_EQ(out, r.out) << r.name;
  }
}

enum class color : std::uint8_t { red = 0, green = 1 };
constexpr auto enum_names(color) { return std::array{named(color::red, "red"), named(color::green, "green")}; }

struct everything {
  std::uint8_t small = 255;
  std::int32_t negative = std::numeric_limits<std::int32_t>::min();
  std::uint64_t wide = std::numeric_limits<std::uint64_t>::max();
  std::int64_t wide_negative = std::numeric_limits<std::int64_t>::min();
  uid narrow_id{7};
  modseq wide_id{9007199254740993ULL};
  bool is_on = true;
  color shade = color::green;
  std::chrono::milliseconds wait_ms{-250};
  std::array<std::uint8_t, 3> bytes{0, 171, 255};
  blob_hash hash;
  std::optional<std::string> none;
  std::optional<uid> some = uid{1};
  static constexpr auto fields = described(
      field(1, "small", &everything::small), field(2, "negative", &everything::negative),
      field(3, "wide", &everything::wide), field(4, "wide_negative", &everything::wide_negative),
      field(5, "narrow_id", &everything::narrow_id), field(6, "wide_id", &everything::wide_id),
      field(7, "is_on", &everything::is_on), field(8, "shade", &everything::shade),
      field(9, "wait_ms", &everything::wait_ms), field(10, "bytes", &everything::bytes),
      field(11, "hash", &everything::hash), field(12, "none", &everything::none), field(13, "some", &everything::some));
};

TEST(Json, HasOneFormForEveryShape) {
  EXPECT_EQ(write_json(everything{}),
            R"({"small":255,"negative":-2147483648,"wide":"18446744073709551615",)"
            R"("wide_negative":"-9223372036854775808","narrow_id":7,"wide_id":"9007199254740993","is_on":true,)"
            R"("shade":"green","wait_ms":-250,"bytes":"00abff",)"
            R"("hash":"0000000000000000000000000000000000000000000000000000000000000000","none":null,"some":1})");
}

TEST(Json, TagsAlternativesWithTheirKind) {
  messages::changes told;
  told.mailbox = mailbox_id{2};
  told.up_to = modseq{5};
  told.entries.push_back(messages::expunged{uid{3}, modseq{4}});
  messages::flags_changed changed{uid{9}, {}, modseq{5}};
  changed.flags.set(flag::seen);
  changed.flags.add_keyword("work");
  told.entries.push_back(changed);
  EXPECT_EQ(write_json(told),
            R"({"trace":{"trace":"00000000000000000000000000000000","span":"0000000000000000","flags":0},"mailbox":2,)"
            R"("up_to":"5","entries":[{"kind":"expunged","uid":3,"changed":"4"},)"
            R"({"kind":"flags_changed","uid":9,"flags":{"bits":1,"keywords":["work"]},"changed":"5"}]})");
}

}  // namespace
}  // namespace stagecoach

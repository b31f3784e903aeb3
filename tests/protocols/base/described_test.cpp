#include "protocols/base/described.hpp"

#include <gtest/gtest.h>

#include <string>

#include "protocols/base/json_rules.hpp"

namespace stagecoach {
namespace {

struct plain {
  int a = 0;
  int b = 0;
};

static_assert(described(field(1, "a", &plain::a), field(2, "b", &plain::b)).numbers_are_unique());
static_assert(!described(field(1, "a", &plain::a), field(1, "b", &plain::b)).numbers_are_unique());
static_assert(!described(field(0, "a", &plain::a), field(1, "b", &plain::b)).numbers_are_unique(), "0 is no number");
static_assert(described(field(1, "a", &plain::a), field(2, "b", &plain::b)).names_are_unique());
static_assert(!described(field(1, "a", &plain::a), field(2, "a", &plain::b)).names_are_unique());
static_assert(!described(field(1, "", &plain::a)).names_are_unique(), "a field has a name");

enum class color : std::uint8_t { red = 1, green = 4 };
constexpr auto enum_names(color) { return std::array{named(color::red, "red"), named(color::green, "green")}; }

static_assert(name_of(color::green) == "green");
static_assert(name_of(static_cast<color>(9)) == "unknown");
static_assert(has_name(color::red) && !has_name(static_cast<color>(9)));
static_assert(value_named<color>("green") == color::green);
static_assert(!value_named<color>("blue"));

struct with_unit {
  std::chrono::milliseconds wait_ms{};
  std::optional<std::chrono::seconds> idle_s;
  static constexpr auto fields =
      described(field(1, "wait_ms", &with_unit::wait_ms), field(2, "idle_s", &with_unit::idle_s));
};
struct without_unit {
  std::chrono::milliseconds wait{};
  static constexpr auto fields = described(field(1, "wait", &without_unit::wait));
};
static_assert(json_rules::units_are_named<with_unit>());
static_assert(!json_rules::units_are_named<without_unit>());

struct wrongly_required {
  int a = 0;
  static constexpr auto fields = described(field(1, "a", &wrongly_required::a));
  static constexpr std::array<std::string_view, 1> required = {"b"};
};
static_assert(!json_rules::required_fields_exist<wrongly_required>());

struct twin {
  static constexpr std::string_view kind = "twin";
  int a = 0;
  static constexpr auto fields = described(field(1, "a", &twin::a));
};
struct other_twin {
  static constexpr std::string_view kind = "twin";
  int a = 0;
  static constexpr auto fields = described(field(1, "a", &other_twin::a));
};
static_assert(json_rules::kinds_are_right(std::type_identity<std::variant<twin>>{}));
static_assert(!json_rules::kinds_are_right(std::type_identity<std::variant<twin, other_twin>>{}));

TEST(Described, VisitsItsFieldsInOrder) {
  std::string seen;
  for_each_field<with_unit>([&](const auto& f) { seen += std::to_string(f.number) + std::string(f.name) + " "; });
  EXPECT_EQ(seen, "1wait_ms 2idle_s ");
}

}  // namespace
}  // namespace stagecoach

// JSON into a described struct, for requests of the web API and for documents of other programs; the form is that of
// json_write.hpp. Strict: what is not understood is refused, with the path of the field
// ("rows[3].uids.ranges[0].first: want number, got string"). An absent field has its default, unless the struct lists
// it as required (json_rules.hpp); a member that no field has is refused, or skipped if the caller says so. simdjson
// does the syntax and is known to json_read.cpp only: the templates here see the input through json_cursor.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

#include "protocols/base/described.hpp"
#include "protocols/base/ids.hpp"
#include "protocols/base/json_rules.hpp"
#include "protocols/base/result.hpp"
#include "protocols/base/shapes.hpp"

namespace stagecoach {

inline constexpr std::size_t json_depth_max = 64;                       // arrays and objects in each other
inline constexpr std::int64_t json_number_max = 9'007'199'254'740'991;  // 2^53 - 1: JavaScript's exact integers

enum class unknown_members : std::uint8_t { refuse, skip };

struct json_limits {
  std::size_t bytes_max;
  unknown_members unknown;
};

// Why a text was refused. The path is empty where the text as a whole is meant.
struct json_fault {
  fault_code code = fault_code::none;
  std::optional<std::size_t> offset;  // of the value, in bytes; none: not known
  std::string path;
  std::string what;
  friend bool operator==(const json_fault&, const json_fault&) = default;
};

// For people: "delta.change: want string, got number (byte 17)".
[[nodiscard]] std::string fault_text(const json_fault& fault);

enum class json_kind : std::uint8_t { null, boolean, number, text, array, object };

struct json_source;  // the parser and the first fault; in json_read.cpp
struct json_place;   // where a value stands; in json_read.cpp

// One value of the input, handed to a visitor and valid during the visit. It is taken once, by one of the functions
// below; a wrong kind, wrong syntax or `fail` ends the whole reading, and every function yields nothing from then on.
class json_cursor {
 public:
  json_cursor(const json_cursor&) = delete;
  json_cursor& operator=(const json_cursor&) = delete;

  [[nodiscard]] bool ok() const;
  [[nodiscard]] bool skips_unknown() const;
  [[nodiscard]] json_kind kind();  // takes nothing

  bool take_null();  // whether it is null, which is then taken
  bool boolean();
  std::int64_t integer(std::int64_t min, std::int64_t max);  // no fraction, no exponent
  std::string_view text();                                   // escapes resolved; valid until the reading ends
  void skip();                                               // any value, of right syntax

  // visit(json_cursor&) for each element.
  template <class Visit>
  void elements(Visit visit) {
    each_element([](void* to, json_cursor& element) { (*static_cast<Visit*>(to))(element); }, &visit);
  }
  // visit(name, json_cursor&) for each member, also for one that stands twice.
  template <class Visit>
  void members(Visit visit) {
    each_member([](void* to, std::string_view name, json_cursor& member) { (*static_cast<Visit*>(to))(name, member); },
                &visit);
  }
  // First choose(text of the member "kind"), wherever that stands, then visit(name, json_cursor&) for every other
  // member.
  template <class Choose, class Visit>
  void tagged_members(Choose choose, Visit visit) {
    choose(find_kind());
    bool is_found = false;
    members([&](std::string_view name, json_cursor& member) {
      if (name != "kind") return visit(name, member);
      if (std::exchange(is_found, true)) return member.fail(fault_code::duplicate, "stands twice");
      member.pass_text();  // find_kind has read it
    });
  }

  void fail(fault_code code, std::string what);
  // Same, the path names a member of this object.
  void fail_member(std::string_view name, fault_code code, std::string what);

 private:
  friend struct json_source;
  using element_visit = void (*)(void* to, json_cursor& element);
  using member_visit = void (*)(void* to, std::string_view name, json_cursor& member);

  json_cursor(json_source& source, json_place& place, const json_cursor* parent);
  bool take(json_kind wanted);
  bool nest();  // refuses what is too deep
  std::string_view find_kind();
  void pass_text();  // without a look at its escapes
  void each_element(element_visit visit, void* to);
  void each_member(member_visit visit, void* to);
  [[nodiscard]] std::string path() const;

  json_source& source_;
  json_place& place_;
  const json_cursor* parent_;
  std::string_view name_;  // in an object
  std::size_t index_ = 0;  // in an array
  std::size_t depth_ = 0;
  bool is_taken_ = false;
};

namespace json_detail {

std::optional<json_fault> parse(std::string_view text, const json_limits& limits, void (*visit)(void*, json_cursor&),
                                void* to);

// The bytes of exactly that many pairs of hex digits in lower case, or none and a failure.
bool read_hex(json_cursor& in, std::uint8_t* bytes, std::size_t size);

template <class T>
void read(json_cursor& in, T& value);

template <class T>
void read_integer(json_cursor& in, T& value) {
  if constexpr (sizeof(T) < 8) {
    value = static_cast<T>(in.integer(std::numeric_limits<T>::min(), std::numeric_limits<T>::max()));
  } else {
    const auto text = in.text();
    if (!in.ok()) return;
    const auto end = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool is_whole = end.ptr == text.data() + text.size();
    if (is_whole && end.ec == std::errc::result_out_of_range) return in.fail(fault_code::out_of_range, "out of range");
    // One number has one spelling, so that it can be compared as text: no "+1", "007", "-0".
    if (!is_whole || end.ec != std::errc{} || text != std::to_string(value))
      in.fail(fault_code::syntax, "want decimal digits in a string");
  }
}

template <named_enum E>
void read_enum(json_cursor& in, E& value) {
  const auto name = in.text();
  if (!in.ok()) return;
  if (const auto named = value_named<E>(name)) {
    value = *named;
    return;
  }
  std::string wanted = "want one of";
  for (const auto& one : enum_names(E{})) wanted.append(" ").append(one.name);
  in.fail(fault_code::out_of_range, std::move(wanted));
}

template <described_struct T>
void read_member(std::string_view name, json_cursor& in, T& value, std::uint64_t& found) {
  std::uint64_t bit = 1;
  bool is_known = false;
  for_each_field<T>([&](const auto& f) {
    if (!is_known && f.name == name) {
      is_known = true;
      if ((found & bit) != 0) {
        in.fail(fault_code::duplicate, "stands twice");
      } else {
        read(in, value.*(f.member));
      }
      found |= bit;
    }
    bit <<= 1;
  });
  if (is_known) return;
  if (in.skips_unknown()) {
    in.skip();
  } else {
    in.fail(fault_code::unknown_field, "unknown field");
  }
}

// After the last member of `in`.
template <described_struct T>
void finish_struct(json_cursor& in, const T& value, std::uint64_t found) {
  static_assert(json_rules::units_are_named<T>(),
                "a duration's field name ends in its unit: _ns _us _ms _s _min _h _d");
  if constexpr (json_rules::has_required<T>) {
    static_assert(json_rules::required_fields_exist<T>(), "what is required is a field");
    std::uint64_t bit = 1;
    for_each_field<T>([&](const auto& f) {
      const bool is_required = std::find(T::required.begin(), T::required.end(), f.name) != T::required.end();
      if (is_required && (found & bit) == 0) in.fail_member(f.name, fault_code::not_found, "missing");
      bit <<= 1;
    });
  }
  if constexpr (checked_struct<T>) {
    if (in.ok() && !value.is_valid()) in.fail(fault_code::out_of_range, "a value that its type does not allow");
  }
}

template <class Variant, std::size_t I>
void choose_alternative(json_cursor& in, std::string_view kind, Variant& value) {
  if constexpr (I == std::variant_size_v<Variant>) {
    in.fail_member("kind", fault_code::out_of_range, "unknown kind");
  } else if (kind == std::variant_alternative_t<I, Variant>::kind) {
    value.template emplace<I>();
  } else {
    choose_alternative<Variant, I + 1>(in, kind, value);
  }
}

template <class Variant>
void read_variant(json_cursor& in, Variant& value) {
  static_assert(json_rules::kinds_are_right(std::type_identity<Variant>{}));
  std::uint64_t found = 0;
  in.tagged_members(
      [&](std::string_view kind) {
        if (in.ok()) choose_alternative<Variant, 0>(in, kind, value);
      },
      [&](std::string_view name, json_cursor& member) {
        std::visit([&](auto& alternative) { read_member(name, member, alternative, found); }, value);
      });
  std::visit([&](const auto& alternative) { finish_struct(in, alternative, found); }, value);
}

template <class T>
void read(json_cursor& in, T& value) {
  if constexpr (is_strong<T>) {
    read(in, value.value);
  } else if constexpr (std::is_same_v<T, bool>) {
    value = in.boolean();
  } else if constexpr (shapes::is_duration<T>) {
    using count = std::numeric_limits<typename T::rep>;
    value = T(static_cast<typename T::rep>(in.integer(std::max<std::int64_t>(count::min(), -json_number_max),
                                                      std::min<std::int64_t>(count::max(), json_number_max))));
  } else if constexpr (std::is_enum_v<T>) {
    static_assert(named_enum<T>, "an enum in JSON names its values: enum_names");
    read_enum(in, value);
  } else if constexpr (std::is_integral_v<T>) {
    read_integer(in, value);
  } else if constexpr (std::is_same_v<T, std::string>) {
    value = in.text();
  } else if constexpr (shapes::is_byte_array<T>) {
    read_hex(in, value.data(), value.size());
  } else if constexpr (std::is_same_v<T, blob_hash>) {
    read(in, value.bytes);
  } else if constexpr (shapes::is_optional<T>) {
    value.reset();
    if (!in.take_null()) read(in, value.emplace());
  } else if constexpr (shapes::is_vector<T>) {
    value.clear();
    in.elements([&](json_cursor& element) { read(element, value.emplace_back()); });
  } else if constexpr (shapes::is_variant<T>) {
    read_variant(in, value);
  } else {
    std::uint64_t found = 0;
    in.members([&](std::string_view name, json_cursor& member) { read_member(name, member, value, found); });
    finish_struct(in, value, found);
  }
}

}  // namespace json_detail

// Visits the root value of `text`, of whatever kind: for documents that no struct describes.
template <class Visit>
[[nodiscard]] std::optional<json_fault> visit_json(std::string_view text, const json_limits& limits, Visit visit) {
  return json_detail::parse(
      text, limits, [](void* to, json_cursor& root) { (*static_cast<Visit*>(to))(root); }, &visit);
}

template <described_struct T>
[[nodiscard]] result<T, json_fault> read_json(std::string_view text, const json_limits& limits) {
  T value{};
  auto fault = visit_json(text, limits, [&](json_cursor& root) { json_detail::read(root, value); });
  if (fault) return *std::move(fault);
  return value;
}

}  // namespace stagecoach

// What JSON asks of a described struct beyond shapes.hpp, checked where json_write.hpp and json_read.hpp are used: an
// alternative of a variant has a `kind`, the field of a duration says its unit, a required field exists.
#pragma once

#include <chrono>
#include <concepts>
#include <cstddef>
#include <optional>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <variant>
#include <vector>

#include "protocols/base/described.hpp"

namespace stagecoach::json_rules {

// A struct that is an alternative of a variant says what it is called: static constexpr std::string_view kind =
// "added".
template <class T>
concept tagged_struct = described_struct<T> && requires {
  { T::kind } -> std::convertible_to<std::string_view>;
};

template <described_struct T>
constexpr bool has_field(std::string_view name) {
  return std::apply([&](const auto&... f) { return ((f.name == name) || ...); }, T::fields.all);
}

template <class... Alternatives>
constexpr bool kinds_are_right(std::type_identity<std::variant<Alternatives...>>) {
  static_assert((tagged_struct<Alternatives> && ...),
                "an alternative of a variant is a described struct with a `kind`");
  static_assert((!has_field<Alternatives>("kind") && ...), "no field of an alternative is called \"kind\"");
  const std::string_view kinds[] = {Alternatives::kind...};
  for (std::size_t i = 0; i < sizeof...(Alternatives); ++i)
    for (std::size_t k = i + 1; k < sizeof...(Alternatives); ++k)
      if (kinds[i] == kinds[k]) return false;
  return true;
}

template <class T>
struct unit_of_duration : std::false_type {};
template <class T>
struct unit_of_duration<std::optional<T>> : unit_of_duration<T> {};
template <class T>
struct unit_of_duration<std::vector<T>> : unit_of_duration<T> {};
template <class Rep, class Period>
struct unit_of_duration<std::chrono::duration<Rep, Period>> : std::true_type {
  static constexpr std::string_view suffix() {
    if constexpr (std::is_same_v<Period, std::nano>) return "_ns";
    if constexpr (std::is_same_v<Period, std::micro>) return "_us";
    if constexpr (std::is_same_v<Period, std::milli>) return "_ms";
    if constexpr (std::is_same_v<Period, std::chrono::seconds::period>) return "_s";
    if constexpr (std::is_same_v<Period, std::chrono::minutes::period>) return "_min";
    if constexpr (std::is_same_v<Period, std::chrono::hours::period>) return "_h";
    if constexpr (std::is_same_v<Period, std::chrono::days::period>) return "_d";
  }
};

// Whether every duration of T says its unit in the name of its field.
template <described_struct T>
constexpr bool units_are_named() {
  bool all_named = true;
  for_each_field<T>([&](const auto& f) {
    using unit = unit_of_duration<typename std::remove_cvref_t<decltype(f)>::value>;
    if constexpr (unit::value) all_named = all_named && f.name.ends_with(unit::suffix());
  });
  return all_named;
}

// A field without which a request makes no sense is listed:
//   static constexpr std::array<std::string_view, 1> required = {"name"};
// Every other field may be absent from JSON and then has its default.
template <class T>
concept has_required = requires {
  T::required.size();
};

template <has_required T>
constexpr bool required_fields_exist() {
  for (const auto name : T::required)
    if (!has_field<T>(name)) return false;
  return true;
}

}  // namespace stagecoach::json_rules

// What a field's type can be, for the forms that are made from field lists (record.hpp, json_write.hpp, json_read.hpp):
// a number in one of its dresses, text, bytes, a list, an optional, one of several structs, a struct. Nothing else is a
// field: a type outside this list does not compile.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

#include "protocols/base/ids.hpp"

namespace stagecoach::shapes {

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;
template <class T>
inline constexpr bool is_vector = false;
template <class T>
inline constexpr bool is_vector<std::vector<T>> = true;
template <class T>
inline constexpr bool is_variant = false;
template <class... Ts>
inline constexpr bool is_variant<std::variant<Ts...>> = true;
template <class T>
inline constexpr bool is_byte_array = false;
template <std::size_t N>
inline constexpr bool is_byte_array<std::array<std::uint8_t, N>> = true;
template <class T>
inline constexpr bool is_duration = false;
template <class R, class P>
inline constexpr bool is_duration<std::chrono::duration<R, P>> = true;

// Integers, bool, enums, durations, and strong types of those.
template <class T>
constexpr bool is_number() {
  if constexpr (is_strong<T>) {
    return is_number<typename T::rep>();
  } else {
    return std::is_integral_v<T> || std::is_enum_v<T> || is_duration<T>;
  }
}

}  // namespace stagecoach::shapes

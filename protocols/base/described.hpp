// A struct lists its fields once:
//
//   struct flag_change {
//     mailbox_id mailbox;
//     static constexpr auto fields = described(field(2, "mailbox", &flag_change::mailbox, "where"));
//   };
//
// and from that list come the binary record (record.hpp), JSON (json_write.hpp, json_read.hpp), the actor wire form and
// the documentation. A number, once used, means that field for ever; numbers and names are unique within a struct.
// What the values of a field can be is in shapes.hpp.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace stagecoach {

template <class Owner, class Value>
struct field_of {
  using owner = Owner;
  using value = Value;
  std::uint32_t number;
  std::string_view name;
  Value Owner::*member;
  std::string_view help;
};

template <class Owner, class Value>
constexpr field_of<Owner, Value> field(std::uint32_t number, std::string_view name, Value Owner::*member,
                                       std::string_view help) {
  return {number, name, member, help};
}
template <class Owner, class Value>
constexpr field_of<Owner, Value> field(std::uint32_t number, std::string_view name, Value Owner::*member) {
  return {number, name, member, {}};
}

template <class... Fields>
struct field_list {
  std::tuple<Fields...> all;

  // Numbers start at 1.
  [[nodiscard]] constexpr bool numbers_are_unique() const {
    const auto numbers = std::apply(
        [](const auto&... f) {
          return std::array<std::uint32_t, sizeof...(f) + 1>{0, f.number...};
        },
        all);
    return all_different(numbers);
  }
  [[nodiscard]] constexpr bool names_are_unique() const {
    const auto names = std::apply(
        [](const auto&... f) {
          return std::array<std::string_view, sizeof...(f) + 1>{"", f.name...};
        },
        all);
    return all_different(names);
  }

 private:
  template <class List>
  static constexpr bool all_different(const List& list) {
    for (std::size_t i = 0; i < list.size(); ++i)
      for (std::size_t k = i + 1; k < list.size(); ++k)
        if (list[i] == list[k]) return false;
    return true;
  }
};

inline constexpr std::size_t fields_max = 64;  // of one struct: readers note in one word which they have seen

template <class... Fields>
constexpr field_list<Fields...> described(Fields... fields) {
  return {{fields...}};
}

template <class T>
concept described_struct = requires {
  T::fields.all;
};

// A described struct whose values obey a rule beyond their types, as a sorted list: what was read is refused if it does
// not hold.
template <class T>
concept checked_struct = described_struct<T> && requires(const T& value) {
  { value.is_valid() } -> std::same_as<bool>;
};

// visit(field) for each field in the order of the list.
template <described_struct T, class Visit>
constexpr void for_each_field(Visit&& visit) {
  static_assert(T::fields.numbers_are_unique(), "field numbers start at 1 and are unique within a struct");
  static_assert(T::fields.names_are_unique(), "field names are unique within a struct");
  static_assert(std::tuple_size_v<std::remove_cvref_t<decltype(T::fields.all)>> <= fields_max);
  std::apply([&](const auto&... f) { (visit(f), ...); }, T::fields.all);
}

// An enum that is spelled in JSON and TOML names its values once:
//   constexpr auto enum_names(color) { return std::array{named(color::red, "red"), ...}; }
template <class E>
struct enum_name {
  E value;
  std::string_view name;
};
template <class E>
constexpr enum_name<E> named(E value, std::string_view name) {
  return {value, name};
}
template <class E>
concept named_enum = std::is_enum_v<E> && requires(E e) {
  enum_names(e);
};

template <named_enum E>
[[nodiscard]] constexpr std::string_view name_of(E value) {
  for (const auto& one : enum_names(value))
    if (one.value == value) return one.name;
  return "unknown";
}
template <named_enum E>
[[nodiscard]] constexpr bool has_name(E value) {
  for (const auto& one : enum_names(value))
    if (one.value == value) return true;
  return false;
}
template <named_enum E>
[[nodiscard]] constexpr std::optional<E> value_named(std::string_view name) {
  for (const auto& one : enum_names(E{}))
    if (one.name == name) return one.value;
  return std::nullopt;
}

}  // namespace stagecoach

// A struct lists its fields once:
//
//   struct flag_change {
//     mailbox_id mailbox;
//     static constexpr auto fields = described(field(2, "mailbox", &flag_change::mailbox, "where"));
//   };
//
// and from that list come the binary record (record.hpp), JSON (json_write.hpp, json_read.hpp), the actor wire form and
// the documentation. A number, once used, means that field for ever; numbers are unique within a struct.
#pragma once

#include <concepts>
#include <cstdint>
#include <string_view>
#include <tuple>
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

  [[nodiscard]] constexpr bool numbers_are_unique() const {
    return std::apply(
        [](const auto&... f) {
          const std::uint32_t numbers[] = {f.number..., 0};
          for (std::size_t i = 0; i < sizeof...(f); ++i) {
            if (numbers[i] == 0) return false;
            for (std::size_t k = i + 1; k < sizeof...(f); ++k)
              if (numbers[i] == numbers[k]) return false;
          }
          return true;
        },
        all);
  }
};

template <class... Fields>
constexpr field_list<Fields...> described(Fields... fields) {
  return {{fields...}};
}

template <class T>
concept described_struct = requires { T::fields.all; };

// visit(field) for each field in the order of the list.
template <described_struct T, class Visit>
constexpr void for_each_field(Visit&& visit) {
  static_assert(T::fields.numbers_are_unique(), "field numbers start at 1 and are unique within a struct");
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
concept named_enum = std::is_enum_v<E> && requires(E e) { enum_names(e); };

template <named_enum E>
[[nodiscard]] constexpr std::string_view name_of(E value) {
  for (const auto& one : enum_names(value))
    if (one.value == value) return one.name;
  return "unknown";
}

}  // namespace stagecoach

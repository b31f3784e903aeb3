// Seeded values of any described struct, with their extremes, for round trips.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <random>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

#include "protocols/base/flags.hpp"
#include "protocols/base/json_read.hpp"
#include "protocols/base/shapes.hpp"
#include "protocols/base/uid_set.hpp"

namespace stagecoach {

class sampler {
 public:
  explicit sampler(unsigned seed) : random_(seed) {}

  template <class T>
  T make() {
    T value{};
    if constexpr (is_strong<T>) {
      value.value = make<typename T::rep>();
    } else if constexpr (std::is_same_v<T, bool>) {
      value = below(2) == 1;
    } else if constexpr (shapes::is_duration<T>) {
      value = T(static_cast<typename T::rep>(make<std::int64_t>() / 4096));  // exact in JSON
    } else if constexpr (std::is_enum_v<T>) {
      const auto names = enum_names(value);
      value = names[below(names.size())].value;
    } else if constexpr (std::is_integral_v<T>) {
      value = integer<T>();
    } else if constexpr (std::is_same_v<T, std::string>) {
      for (auto left = below(4); left > 0; --left) value += text_pieces[below(text_pieces.size())];
    } else if constexpr (shapes::is_byte_array<T>) {
      for (auto& byte : value) byte = static_cast<std::uint8_t>(below(256));
    } else if constexpr (std::is_same_v<T, blob_hash>) {
      value.bytes = make<decltype(value.bytes)>();
    } else if constexpr (shapes::is_optional<T>) {
      if (below(2) == 1) value = make<typename T::value_type>();
    } else if constexpr (shapes::is_vector<T>) {
      for (auto left = below(4); left > 0; --left) value.push_back(make<typename T::value_type>());
    } else if constexpr (shapes::is_variant<T>) {
      alternative<0>(value, below(std::variant_size_v<T>));
    } else if constexpr (std::is_same_v<T, uid_set>) {
      for (auto left = below(6); left > 0; --left) value.add(uid{make<std::uint32_t>()});
    } else if constexpr (std::is_same_v<T, message_flags>) {
      value.bits = make<std::uint16_t>();
      for (auto left = below(3); left > 0; --left) value.add_keyword("keyword" + std::to_string(below(5)));
    } else {
      for_each_field<T>([&](const auto& f) {
        if (below(4) == 0) return;  // its default
        value.*(f.member) = make<std::remove_cvref_t<decltype(value.*(f.member))>>();
      });
    }
    return value;
  }

 private:
  static constexpr std::array<std::string_view, 8> text_pieces = {
      "Inbox",        "\"\\/", "\x01\x1f\x7f\n", "\xc3\xa4\xe2\x82\xac", "\xf0\x9f\x93\xac", "</script>",
      "\xe2\x80\xa8", "a b"};

  std::size_t below(std::size_t limit) { return static_cast<std::size_t>(random_() % limit); }

  template <class T>
  T integer() {
    switch (below(5)) {
      case 0:
        return std::numeric_limits<T>::max();
      case 1:
        return std::numeric_limits<T>::min();
      case 2:
        return static_cast<T>(random_());
      default:
        return static_cast<T>(below(300));
    }
  }

  template <std::size_t I, class Variant>
  void alternative(Variant& value, std::size_t index) {
    if constexpr (I < std::variant_size_v<Variant>) {
      if (index == I) {
        value = make<std::variant_alternative_t<I, Variant>>();
      } else {
        alternative<I + 1>(value, index);
      }
    }
  }

  std::mt19937_64 random_;
};

}  // namespace stagecoach

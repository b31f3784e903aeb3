// The shape of a described struct as a value, for the generators: what json_write.hpp writes and json_read.hpp takes.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "protocols/base/described.hpp"
#include "protocols/base/json_rules.hpp"
#include "protocols/base/json_write.hpp"
#include "protocols/base/shapes.hpp"

namespace stagecoach::api {

enum class shape_kind { boolean, number, wide_number, text, choice, list, maybe, object, one_of };

struct shape {
  shape_kind kind = shape_kind::text;
  std::string name;                  // of an object
  std::vector<std::string> choices;  // names of an enum
  std::vector<shape> inner;          // element, or alternatives
  friend bool operator==(const shape&, const shape&) = default;
};

struct member {
  std::string_view name;
  std::string_view help;
  shape type;
  bool is_required = false;
};

struct object {
  std::string name;  // shown_mailbox
  std::string kind;  // of an alternative; empty: it is none
  std::vector<member> members;
};

// All objects that were met, each once, those first that others hold.
struct objects {
  std::vector<object> all;
  [[nodiscard]] bool has(std::string_view name) const {
    for (const auto& one : all)
      if (one.name == name) return true;
    return false;
  }
};

// stagecoach::api::list_item -> list_item
template <class T>
[[nodiscard]] std::string name_of_type() {
  const std::string_view text = __PRETTY_FUNCTION__;
  const auto from = text.find("T = ") + 4;
  auto name = text.substr(from, text.find_first_of(";]", from) - from);
  if (const auto colon = name.rfind(':'); colon != std::string_view::npos) name.remove_prefix(colon + 1);
  return std::string(name);
}

// Its kind is a name of the type, and not a field that is called so.
template <class T>
concept alternative = json_rules::tagged_struct<T> && std::is_pointer_v<decltype(&T::kind)>;

template <class T>
[[nodiscard]] shape shape_of(objects& met);

template <described_struct T>
void meet(objects& met) {
  const auto name = name_of_type<T>();
  if (met.has(name)) return;
  object made{name, {}, {}};
  if constexpr (alternative<T>) made.kind = T::kind;
  for_each_field<T>([&](const auto& f) {
    bool is_required = false;
    if constexpr (json_rules::has_required<T>)
      for (const auto one : T::required) is_required = is_required || one == f.name;
    using value = typename std::remove_cvref_t<decltype(f)>::value;
    made.members.push_back({f.name, f.help, shape_of<value>(met), is_required});
  });
  met.all.push_back(std::move(made));
}

template <class... Alternatives>
shape shape_of_variant(std::type_identity<std::variant<Alternatives...>>, objects& met) {
  return {shape_kind::one_of, {}, {}, {shape_of<Alternatives>(met)...}};
}

template <class T>
shape shape_of(objects& met) {
  if constexpr (is_strong<T>) {
    return shape_of<typename T::rep>(met);
  } else if constexpr (std::is_same_v<T, bool>) {
    return {shape_kind::boolean, {}, {}, {}};
  } else if constexpr (std::is_enum_v<T>) {
    shape made{shape_kind::choice, {}, {}, {}};
    for (const auto& one : enum_names(T{})) made.choices.emplace_back(one.name);
    return made;
  } else if constexpr (shapes::is_duration<T>) {
    return {shape_kind::number, {}, {}, {}};
  } else if constexpr (std::is_integral_v<T>) {
    return {sizeof(T) == 8 ? shape_kind::wide_number : shape_kind::number, {}, {}, {}};
  } else if constexpr (std::is_same_v<T, std::string> || shapes::is_byte_array<T> || std::is_same_v<T, blob_hash>) {
    return {shape_kind::text, {}, {}, {}};
  } else if constexpr (shapes::is_optional<T>) {
    return {shape_kind::maybe, {}, {}, {shape_of<typename T::value_type>(met)}};
  } else if constexpr (shapes::is_vector<T>) {
    return {shape_kind::list, {}, {}, {shape_of<typename T::value_type>(met)}};
  } else if constexpr (shapes::is_variant<T>) {
    return shape_of_variant(std::type_identity<T>{}, met);
  } else {
    meet<T>(met);
    return {shape_kind::object, name_of_type<T>(), {}, {}};
  }
}

}  // namespace stagecoach::api

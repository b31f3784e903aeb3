// A described struct as JSON (RFC 8259), for the web API, event streams and `--json`: compact, fields in the order of
// the list, every field there. json_read.hpp reads the same form:
//
//   struct, variant     an object; a variant has one member more, first: "kind", the alternative's own `kind`
//   optional            its value or null
//   std::vector         an array
//   std::string         a string; bytes that are not UTF-8 become U+FFFD
//   byte array, hash    a string of lower-case hex
//   enum                its name, from enum_names
//   64-bit integer, strong id of 64 bits     a string of decimal digits: JavaScript's numbers are exact up to 2^53 only
//   smaller integer, strong id, duration     a number; a duration's field name ends in its unit: `_s`, `_ms` ...
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

#include "protocols/base/described.hpp"
#include "protocols/base/ids.hpp"
#include "protocols/base/json_rules.hpp"
#include "protocols/base/shapes.hpp"

namespace stagecoach {

// With its quotes, escaped.
void append_json_text(std::string& out, std::string_view text);

namespace json_detail {

void append_number(std::string& out, std::int64_t value);
void append_number(std::string& out, std::uint64_t value);
void append_hex_text(std::string& out, const std::uint8_t* bytes, std::size_t size);

template <class T>
void append(std::string& out, const T& value);

template <described_struct T>
void append_members(std::string& out, const T& value, bool is_first) {
  static_assert(json_rules::units_are_named<T>(),
                "a duration's field name ends in its unit: _ns _us _ms _s _min _h _d");
  for_each_field<T>([&](const auto& f) {
    out += is_first ? "\"" : ",\"";
    is_first = false;
    out += f.name;
    out += "\":";
    append(out, value.*(f.member));
  });
}

template <class T>
void append_integer(std::string& out, T value) {
  using wide = std::conditional_t<std::is_signed_v<T>, std::int64_t, std::uint64_t>;
  if (sizeof(T) == 8) out += '"';
  append_number(out, static_cast<wide>(value));
  if (sizeof(T) == 8) out += '"';
}

template <class Variant>
void append_variant(std::string& out, const Variant& value) {
  std::visit(
      [&](const auto& alternative) {
        using type = std::remove_cvref_t<decltype(alternative)>;
        static_assert(json_rules::kinds_are_right(std::type_identity<Variant>{}));
        out += "{\"kind\":";
        append_json_text(out, type::kind);
        append_members(out, alternative, false);
        out += '}';
      },
      value);
}

template <class T>
void append(std::string& out, const T& value) {
  if constexpr (is_strong<T>) {
    append(out, value.value);
  } else if constexpr (std::is_same_v<T, bool>) {
    out += value ? "true" : "false";
  } else if constexpr (shapes::is_duration<T>) {
    append_number(out, static_cast<std::int64_t>(value.count()));
  } else if constexpr (std::is_enum_v<T>) {
    static_assert(named_enum<T>, "an enum in JSON names its values: enum_names");
    append_json_text(out, name_of(value));
  } else if constexpr (std::is_integral_v<T>) {
    append_integer(out, value);
  } else if constexpr (std::is_same_v<T, std::string>) {
    append_json_text(out, value);
  } else if constexpr (shapes::is_byte_array<T>) {
    append_hex_text(out, value.data(), value.size());
  } else if constexpr (std::is_same_v<T, blob_hash>) {
    append(out, value.bytes);
  } else if constexpr (shapes::is_optional<T>) {
    if (value) {
      append(out, *value);
    } else {
      out += "null";
    }
  } else if constexpr (shapes::is_vector<T>) {
    out += '[';
    bool is_first = true;
    for (const auto& element : value) {
      if (!is_first) out += ',';
      is_first = false;
      append(out, element);
    }
    out += ']';
  } else if constexpr (shapes::is_variant<T>) {
    append_variant(out, value);
  } else {
    out += '{';
    append_members(out, value, true);
    out += '}';
  }
}

}  // namespace json_detail

template <described_struct T>
[[nodiscard]] std::string write_json(const T& value) {
  std::string out;
  json_detail::append(out, value);
  return out;
}

}  // namespace stagecoach

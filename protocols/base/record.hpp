// The numbered binary form of a described struct: the value in LevelDB and the body of an actor message on the wire
// (docs/formats/records.md). A field is a varint key (number * 2 + kind) and its content: kind 0 is a varint, kind 1 is a
// length and that many bytes. A field that equals its default is left out; an unknown number is skipped by its kind;
// what is absent keeps its default. So older and newer structs read each other.
#pragma once

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "protocols/base/described.hpp"
#include "protocols/base/ids.hpp"
#include "protocols/base/reader.hpp"
#include "protocols/base/result.hpp"

namespace stagecoach {

// Nesting of stored values is bounded by their types, except where a type holds itself; none of ours may.
inline constexpr std::uint64_t record_elements_max = 16'000'000;  // of one vector; more cannot be an honest value

namespace record_detail {

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

// Kind 0 types: one varint holds them.
template <class T>
constexpr bool is_number() {
  if constexpr (is_strong<T>) {
    return is_number<typename T::rep>();
  } else {
    return std::is_integral_v<T> || std::is_enum_v<T> || is_duration<T>;
  }
}

template <class T>
std::uint64_t to_number(const T& value) {
  if constexpr (is_strong<T>) {
    return to_number(value.value);
  } else if constexpr (is_duration<T>) {
    return to_number(static_cast<std::int64_t>(value.count()));
  } else if constexpr (std::is_enum_v<T>) {
    return to_number(static_cast<std::underlying_type_t<T>>(value));
  } else if constexpr (std::is_signed_v<T>) {  // zigzag: small negatives stay small
    const auto wide = static_cast<std::int64_t>(value);
    return (static_cast<std::uint64_t>(wide) << 1) ^ static_cast<std::uint64_t>(wide >> 63);
  } else {
    return static_cast<std::uint64_t>(value);
  }
}

template <class T>
bool from_number(std::uint64_t raw, T& value) {
  if constexpr (is_strong<T>) {
    return from_number(raw, value.value);
  } else if constexpr (is_duration<T>) {
    std::int64_t count = 0;
    if (!from_number(raw, count)) return false;
    value = T(static_cast<typename T::rep>(count));
    return true;
  } else if constexpr (std::is_enum_v<T>) {
    std::underlying_type_t<T> plain{};
    if (!from_number(raw, plain)) return false;
    value = static_cast<T>(plain);
    return true;
  } else if constexpr (std::is_same_v<T, bool>) {
    value = raw != 0;
    return raw <= 1;
  } else if constexpr (std::is_signed_v<T>) {
    const auto wide = static_cast<std::int64_t>(raw >> 1) ^ -static_cast<std::int64_t>(raw & 1);
    value = static_cast<T>(wide);
    return static_cast<std::int64_t>(value) == wide;
  } else {
    value = static_cast<T>(raw);
    return static_cast<std::uint64_t>(value) == raw;
  }
}

template <described_struct T>
void write_struct(std::string& out, const T& value);
template <described_struct T>
void read_struct(reader& in, T& value);

// The content of a value without its key; lengths of kind 1 values are written by the caller.
template <class T>
void write_bytes(std::string& out, const T& value);
template <class T>
void read_bytes(std::string_view bytes, reader& parent, T& value);

template <class T>
void write_element(std::string& out, const T& value) {
  if constexpr (is_number<T>()) {
    put_varint(out, to_number(value));
  } else {
    std::string bytes;
    write_bytes(bytes, value);
    put_varint(out, bytes.size());
    out += bytes;
  }
}

template <class T>
void read_element(reader& in, T& value) {
  if constexpr (is_number<T>()) {
    if (!from_number(in.varint("element"), value)) in.fail(fault_code::out_of_range, "element");
  } else {
    const auto size = in.varint("length of an element");
    read_bytes(in.take(size, "element"), in, value);
  }
}

template <class T>
void write_bytes(std::string& out, const T& value) {
  if constexpr (is_number<T>()) {
    put_varint(out, to_number(value));
  } else if constexpr (std::is_same_v<T, std::string>) {
    out += value;
  } else if constexpr (is_byte_array<T>) {
    out.append(reinterpret_cast<const char*>(value.data()), value.size());
  } else if constexpr (std::is_same_v<T, blob_hash>) {
    write_bytes(out, value.bytes);
  } else if constexpr (is_optional<T>) {
    if (value) write_element(out, *value);
  } else if constexpr (is_vector<T>) {
    put_varint(out, value.size());
    for (const auto& element : value) write_element(out, element);
  } else if constexpr (is_variant<T>) {
    put_varint(out, value.index());
    std::visit([&](const auto& alternative) { write_element(out, alternative); }, value);
  } else {
    write_struct(out, value);
  }
}

template <class Variant, std::size_t I>
void read_alternative(reader& in, std::uint64_t index, Variant& value) {
  if constexpr (I == std::variant_size_v<Variant>) {
    in.fail(fault_code::out_of_range, "variant");
  } else if (index == I) {
    read_element(in, value.template emplace<I>());
  } else {
    read_alternative<Variant, I + 1>(in, index, value);
  }
}

template <class T>
void read_bytes(std::string_view bytes, reader& parent, T& value) {
  if (!parent.ok()) return;
  reader in(bytes);
  if constexpr (is_number<T>()) {
    if (!from_number(in.varint("number"), value)) in.fail(fault_code::out_of_range, "number");
  } else if constexpr (std::is_same_v<T, std::string>) {
    value.assign(bytes);
    return;
  } else if constexpr (is_byte_array<T>) {
    const auto content = in.take(value.size(), "bytes");
    for (std::size_t i = 0; i < content.size(); ++i) value[i] = static_cast<std::uint8_t>(content[i]);
  } else if constexpr (std::is_same_v<T, blob_hash>) {
    return read_bytes(bytes, parent, value.bytes);
  } else if constexpr (is_optional<T>) {
    value.reset();
    if (!in.at_end()) read_element(in, value.emplace());
  } else if constexpr (is_vector<T>) {
    const auto count = in.varint("count");
    // Every element takes at least one byte: a count beyond what is left is a lie, refused before memory is taken.
    if (count > in.rest().size() || count > record_elements_max) in.fail(fault_code::out_of_range, "count");
    value.clear();
    for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
      typename T::value_type element{};
      read_element(in, element);
      value.push_back(std::move(element));
    }
  } else if constexpr (is_variant<T>) {
    read_alternative<T, 0>(in, in.varint("variant"), value);
  } else {
    read_struct(in, value);
  }
  if (in.ok() && !in.at_end()) in.fail(fault_code::syntax, "bytes after the value");
  if (!in.ok()) parent.fail(in.error().code, in.error().what);
}

template <described_struct T>
void write_struct(std::string& out, const T& value) {
  [[maybe_unused]] static const T defaults{};  // g++ 12 overlooks the use in the lambda
  for_each_field<T>([&](const auto& f) {
    const auto& member = value.*(f.member);
    if (member == defaults.*(f.member)) return;
    using member_type = std::remove_cvref_t<decltype(member)>;
    put_varint(out, f.number * 2 + (is_number<member_type>() ? 0 : 1));
    write_element(out, member);
  });
}

template <described_struct T>
void read_struct(reader& in, T& value) {
  while (!in.at_end()) {
    const auto key = in.varint("field key");
    bool known = false;
    for_each_field<T>([&](const auto& f) {
      if (known || key / 2 != f.number) return;
      known = true;
      using member_type = std::remove_cvref_t<decltype(value.*(f.member))>;
      if ((key & 1) != (is_number<member_type>() ? 0U : 1U)) {
        in.fail(fault_code::wrong_type, f.name);
        return;
      }
      read_element(in, value.*(f.member));
    });
    if (known) continue;
    if ((key & 1) == 0) {
      (void)in.varint("unknown field");
    } else {
      const auto size = in.varint("length of an unknown field");
      (void)in.take(size, "unknown field");
    }
  }
}

}  // namespace record_detail

template <described_struct T>
[[nodiscard]] std::string write_record(const T& value) {
  std::string out;
  record_detail::write_struct(out, value);
  return out;
}

template <described_struct T>
[[nodiscard]] result<T> read_record(std::string_view bytes) {
  reader in(bytes);
  T value{};
  record_detail::read_struct(in, value);
  if (!in.ok()) return in.error();
  return value;
}

}  // namespace stagecoach

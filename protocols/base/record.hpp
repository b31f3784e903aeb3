// The numbered binary form of a described struct: the value in LevelDB and the body of an actor message on the wire
// (docs/formats/records.md). A field is a varint key (number * 2 + kind) and its content: kind 0 is a varint, kind 1 is
// a length and that many bytes. A field that equals its default is left out; an unknown number is skipped by its kind;
// what is absent keeps its default. So older and newer structs read each other.
#pragma once

#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "protocols/base/check.hpp"
#include "protocols/base/described.hpp"
#include "protocols/base/ids.hpp"
#include "protocols/base/reader.hpp"
#include "protocols/base/result.hpp"
#include "protocols/base/shapes.hpp"

namespace stagecoach {

// Nesting of stored values is bounded by their types, except where a type holds itself; none of ours may.
inline constexpr std::uint64_t record_elements_max = 16'000'000;  // of one vector; more cannot be an honest value

namespace record_detail {

template <class T>
std::uint64_t to_number(const T& value) {
  if constexpr (is_strong<T>) {
    return to_number(value.value);
  } else if constexpr (shapes::is_duration<T>) {
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
  } else if constexpr (shapes::is_duration<T>) {
    std::int64_t count = 0;
    if (!from_number(raw, count)) return false;
    value = T(static_cast<typename T::rep>(count));
    return std::int64_t{value.count()} == count;
  } else if constexpr (std::is_enum_v<T>) {
    std::underlying_type_t<T> plain{};
    if (!from_number(raw, plain)) return false;
    value = static_cast<T>(plain);
    // A value that this version has no name for asks for something that it cannot do.
    if constexpr (named_enum<T>) return has_name(value);
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

// The content of a kind 1 value, without its length.
template <class T>
void write_content(std::string& out, const T& value);
// `in` ends where the content ends.
template <class T>
void read_content(reader& in, T& value);

template <class T>
void write_element(std::string& out, const T& value) {
  if constexpr (shapes::is_number<T>()) {
    put_varint(out, to_number(value));
  } else if constexpr (std::is_same_v<T, std::string>) {
    put_varint(out, value.size());
    out += value;
  } else {
    const auto start = open_sized(out);
    write_content(out, value);
    close_sized(out, start);
  }
}

template <class T>
void read_element(reader& in, T& value) {
  if constexpr (shapes::is_number<T>()) {
    if (!from_number(in.varint("number"), value)) in.fail(fault_code::out_of_range, "number");
  } else if constexpr (std::is_same_v<T, std::string>) {
    const auto size = in.varint("length");
    value.assign(in.take(size, "text"));
  } else {
    const auto size = in.varint("length");
    reader content = in.part(size, "content");
    read_content(content, value);
    if (!content.at_end()) content.fail(fault_code::syntax, "bytes after the value");
    in.join(content);
  }
}

template <class T>
void write_content(std::string& out, const T& value) {
  if constexpr (shapes::is_byte_array<T>) {
    out.append(reinterpret_cast<const char*>(value.data()), value.size());
  } else if constexpr (std::is_same_v<T, blob_hash>) {
    write_content(out, value.bytes);
  } else if constexpr (shapes::is_optional<T>) {
    if (value) write_element(out, *value);
  } else if constexpr (shapes::is_vector<T>) {
    put_varint(out, value.size());
    for (const auto& element : value) write_element(out, element);
  } else if constexpr (shapes::is_variant<T>) {
    put_varint(out, value.index());
    std::visit([&](const auto& alternative) { write_element(out, alternative); }, value);
  } else {
    write_struct(out, value);
  }
}

template <class Variant, std::size_t I>
void read_alternative(reader& in, std::uint64_t index, Variant& value) {
  if constexpr (I == std::variant_size_v<Variant>) {
    in.fail(fault_code::out_of_range, "alternative");
  } else if (index == I) {
    read_element(in, value.template emplace<I>());
  } else {
    read_alternative<Variant, I + 1>(in, index, value);
  }
}

template <class T>
void read_content(reader& in, T& value) {
  if constexpr (shapes::is_byte_array<T>) {
    const auto content = in.take(value.size(), "bytes");
    for (std::size_t i = 0; i < content.size(); ++i) value[i] = static_cast<std::uint8_t>(content[i]);
  } else if constexpr (std::is_same_v<T, blob_hash>) {
    read_content(in, value.bytes);
  } else if constexpr (shapes::is_optional<T>) {
    value.reset();
    if (!in.at_end()) read_element(in, value.emplace());
  } else if constexpr (shapes::is_vector<T>) {
    const auto count = in.varint("count");
    // Every element takes at least one byte: a count beyond what is left is a lie, refused before memory is taken.
    if (count > in.rest().size() || count > record_elements_max) in.fail(fault_code::out_of_range, "count");
    value.clear();
    for (std::uint64_t i = 0; i < count && in.ok(); ++i) read_element(in, value.emplace_back());
  } else if constexpr (shapes::is_variant<T>) {
    read_alternative<T, 0>(in, in.varint("alternative"), value);
  } else {
    value = T{};  // the writer left out what equals these defaults, whatever the owner's own are
    read_struct(in, value);
  }
}

template <described_struct T>
void write_struct(std::string& out, const T& value) {
  // A value that breaks its own rule would be refused by whoever reads it: it is our fault, and found here.
  if constexpr (checked_struct<T>) CHECK(value.is_valid());
  [[maybe_unused]] static const T defaults{};  // g++ 12 overlooks the use in the lambda
  for_each_field<T>([&](const auto& f) {
    const auto& member = value.*(f.member);
    if (member == defaults.*(f.member)) return;
    using member_type = std::remove_cvref_t<decltype(member)>;
    put_varint(out, std::uint64_t{f.number} * 2 + (shapes::is_number<member_type>() ? 0 : 1));
    write_element(out, member);
  });
}

// Takes the content of a field that this version does not know.
inline void skip_unknown(reader& in, std::uint64_t key) {
  if (key / 2 == 0) {  // no field has this number; zeros are no record
    in.fail(fault_code::syntax, "field key");
  } else if ((key & 1) == 0) {
    (void)in.varint("unknown field");
  } else {
    const auto size = in.varint("length of an unknown field");
    (void)in.take(size, "unknown field");
  }
}

template <described_struct T>
void read_struct(reader& in, T& value) {
  std::uint64_t found = 0;  // bit i: the i-th field of the list has been read
  while (!in.at_end()) {
    const auto key = in.varint("field key");
    std::uint64_t bit = 1;
    bool is_known = false;
    for_each_field<T>([&](const auto& f) {
      if (!is_known && key / 2 == f.number) {
        is_known = true;
        using member_type = std::remove_cvref_t<decltype(value.*(f.member))>;
        if ((key & 1) != (shapes::is_number<member_type>() ? 0U : 1U)) {
          in.fail(fault_code::wrong_type, f.name);
        } else if ((found & bit) != 0) {
          in.fail(fault_code::duplicate, f.name);
        } else {
          read_element(in, value.*(f.member));
        }
        found |= bit;
      }
      bit <<= 1;
    });
    if (!is_known && in.ok()) skip_unknown(in, key);
  }
  if constexpr (checked_struct<T>) {
    if (in.ok() && !value.is_valid()) in.fail(fault_code::out_of_range, "a value that its type does not allow");
  }
}

}  // namespace record_detail

// Both directions of one struct. What many sources use is compiled in one: `extern template struct record_of<T>;`
// behind the struct, and the same without `extern` there.
template <described_struct T>
struct record_of {
  static std::string write(const T& value);
  static result<T> read(std::string_view bytes);
};

template <described_struct T>
std::string record_of<T>::write(const T& value) {
  std::string out;
  record_detail::write_struct(out, value);
  return out;
}

template <described_struct T>
result<T> record_of<T>::read(std::string_view bytes) {
  reader in(bytes);
  T value{};
  record_detail::read_struct(in, value);
  if (!in.ok()) return in.error();
  return value;
}

template <described_struct T>
[[nodiscard]] std::string write_record(const T& value) {
  return record_of<T>::write(value);
}

// The fault's offset counts from the start of `bytes`, also inside nested values.
template <described_struct T>
[[nodiscard]] result<T> read_record(std::string_view bytes) {
  return record_of<T>::read(bytes);
}

}  // namespace stagecoach

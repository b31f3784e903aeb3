#include "protocols/base/reader.hpp"

#include <algorithm>

namespace stagecoach {

bool reader::skip_nocase(std::string_view literal) {
  if (!ok() || !equal_nocase(bytes_.substr(at_, literal.size()), literal)) return false;
  at_ += literal.size();
  return true;
}

std::uint64_t reader::number(std::uint64_t max, std::string_view what) {
  const auto digits = take_while([](char c) { return c >= '0' && c <= '9'; });
  if (digits.empty()) {
    fail(fault_code::syntax, what);
    return 0;
  }
  std::uint64_t value = 0;
  for (const char c : digits) {
    const auto digit = static_cast<std::uint64_t>(c - '0');
    if (value > (max - digit) / 10 || digit > max) {
      fail(fault_code::out_of_range, what);
      return 0;
    }
    value = value * 10 + digit;
  }
  return value;
}

reader reader::part(std::size_t size, std::string_view what) {
  reader inner = *this;
  (void)take(size, what);
  if (!ok()) return *this;
  inner.bytes_ = bytes_.substr(0, at_);
  return inner;
}

std::uint8_t reader::byte(std::string_view what) {
  const auto bytes = take(1, what);
  return bytes.empty() ? std::uint8_t{0} : static_cast<std::uint8_t>(bytes[0]);
}

std::uint32_t reader::fixed32(std::string_view what) {
  std::uint32_t value = 0;
  const auto bytes = take(4, what);
  for (std::size_t i = 0; i < bytes.size(); ++i)
    value |= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
  return value;
}

std::uint64_t reader::fixed64(std::string_view what) {
  std::uint64_t value = 0;
  const auto bytes = take(8, what);
  for (std::size_t i = 0; i < bytes.size(); ++i)
    value |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
  return value;
}

std::uint64_t reader::varint(std::string_view what) {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    const std::uint8_t next = byte(what);
    if (!ok()) return 0;
    if (shift == 63 && next > 1) break;
    value |= static_cast<std::uint64_t>(next & 0x7f) << shift;
    if (next < 0x80) return value;
  }
  fail(fault_code::out_of_range, what);
  return 0;
}

void put_varint(std::string& out, std::uint64_t value) {
  while (value >= 0x80) {
    out.push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  out.push_back(static_cast<char>(value));
}

void put_fixed32(std::string& out, std::uint32_t value) {
  for (int i = 0; i < 4; ++i) out.push_back(static_cast<char>(value >> (8 * i)));
}

void put_fixed64(std::string& out, std::uint64_t value) {
  for (int i = 0; i < 8; ++i) out.push_back(static_cast<char>(value >> (8 * i)));
}

std::size_t open_sized(std::string& out) {
  out.push_back('\0');  // most contents are shorter than 128 bytes: their length fits here
  return out.size();
}

void close_sized(std::string& out, std::size_t start) {
  const std::size_t size = out.size() - start;
  if (size < 0x80) {
    out[start - 1] = static_cast<char>(size);
    return;
  }
  std::string length;
  put_varint(length, size);
  out[start - 1] = length[0];
  out.insert(start, length, 1);
}

bool equal_nocase(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return ascii_lower(x) == ascii_lower(y); });
}

std::string ascii_lower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) { return ascii_lower(c); });
  return lower;
}

std::string ascii_upper(std::string_view text) {
  std::string upper(text);
  std::transform(upper.begin(), upper.end(), upper.begin(), [](char c) { return ascii_upper(c); });
  return upper;
}

}  // namespace stagecoach

#include "protocols/text/base64.hpp"

#include <array>
#include <cstdint>

namespace stagecoach {

namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t not_a_digit = 0xff;

constexpr std::array<std::uint8_t, 256> digits = [] {
  std::array<std::uint8_t, 256> table{};
  table.fill(not_a_digit);
  for (std::size_t i = 0; i < alphabet.size(); ++i)
    table[static_cast<unsigned char>(alphabet[i])] = static_cast<std::uint8_t>(i);
  return table;
}();

}  // namespace

std::string to_base64(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - at);
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < 3; ++i)
      group = group << 8 | (i < count ? static_cast<unsigned char>(bytes[at + i]) : 0U);
    for (std::size_t i = 0; i < 4; ++i) text += i <= count ? alphabet[group >> (18 - 6 * i) & 63] : '=';
  }
  return text;
}

result<std::string> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return fault{fault_code::truncated, text.size(), "base64 comes in groups of four"};
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3);
  for (std::size_t at = 0; at < text.size(); at += 4) {
    std::size_t padding = 0;
    if (at + 4 == text.size()) padding = text[at + 3] != '=' ? 0 : text[at + 2] != '=' ? 1 : 2;
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < 4 - padding; ++i) {
      const std::uint8_t digit = digits[static_cast<unsigned char>(text[at + i])];
      if (digit == not_a_digit) return fault{fault_code::syntax, at + i, "not a base64 character"};
      group = group << 6 | digit;
    }
    group <<= 6 * padding;
    if ((group & ((1U << (8 * padding)) - 1)) != 0) return fault{fault_code::syntax, at, "left-over bits in base64"};
    for (std::size_t i = 0; i < 3 - padding; ++i) bytes += static_cast<char>(group >> (16 - 8 * i) & 0xff);
  }
  return bytes;
}

void base64_decoder::decode(std::string& out, std::string_view text) {
  for (const char c : text) {
    const std::uint8_t digit = digits[static_cast<unsigned char>(c)];
    if (digit != not_a_digit) {
      if (has_padding_) has_defects_ = true;  // more behind the end, as when two texts were joined
      group_ = group_ << 6 | digit;
      if (++digits_ < 4) continue;
      out += static_cast<char>(group_ >> 16 & 0xff);
      out += static_cast<char>(group_ >> 8 & 0xff);
      out += static_cast<char>(group_ & 0xff);
      group_ = digits_ = 0;
    } else if (c == '=') {
      end_group(out);
      has_padding_ = true;
    } else if (c != '\r' && c != '\n' && c != ' ' && c != '\t') {
      has_defects_ = true;
    }
  }
}

void base64_decoder::end_group(std::string& out) {
  if (digits_ == 1) has_defects_ = true;  // six bits are no octet
  if (digits_ == 2) out += static_cast<char>(group_ >> 4 & 0xff);
  if (digits_ == 3) {
    out += static_cast<char>(group_ >> 10 & 0xff);
    out += static_cast<char>(group_ >> 2 & 0xff);
  }
  group_ = digits_ = 0;
}

void base64_decoder::finish(std::string& out) {
  if (digits_ > 0) has_defects_ = true;  // the padding is missing
  end_group(out);
}

}  // namespace stagecoach

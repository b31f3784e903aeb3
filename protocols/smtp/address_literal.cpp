#include "protocols/smtp/address_literal.hpp"

#include <array>
#include <cstdint>

#include "protocols/base/reader.hpp"

namespace stagecoach::smtp {

namespace {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_hex(char c) { return is_digit(c) || (ascii_lower(c) >= 'a' && ascii_lower(c) <= 'f'); }

using groups = std::array<std::uint16_t, 8>;
using octets = std::array<std::uint8_t, 4>;

// Stricter than RFC 5321 4.1.3: no leading zeros, which some readers take for octal.
octets read_ipv4(reader& in) {
  octets out{};
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (i > 0) in.expect('.', "dot of an IPv4 address");
    const auto digits = in.take_while(is_digit);
    if (digits.empty() || digits.size() > 3 || (digits.size() > 1 && digits[0] == '0'))
      in.fail(fault_code::syntax, "number of an IPv4 address");
    unsigned value = 0;
    for (const char c : digits.substr(0, 3)) value = value * 10 + static_cast<unsigned>(c - '0');
    if (value > 255) in.fail(fault_code::out_of_range, "number of an IPv4 address");
    out[i] = static_cast<std::uint8_t>(value);
  }
  return out;
}

bool ipv4_follows(std::string_view rest) {
  std::size_t i = 0;
  while (i < rest.size() && is_digit(rest[i])) ++i;
  return i > 0 && i < rest.size() && rest[i] == '.';
}

// RFC 5321 4.1.3: at most one "::", which stands for two groups at least.
groups read_ipv6(reader& in) {
  std::array<std::uint16_t, 8> read{};
  std::size_t count = 0;
  std::optional<std::size_t> gap;
  if (in.skip("::")) gap = 0;
  while (!in.at_end()) {
    if (ipv4_follows(in.rest())) {
      const auto v4 = read_ipv4(in);
      if (count > 6) in.fail(fault_code::syntax, "too many groups of an IPv6 address");
      if (!in.ok()) return {};
      read[count++] = static_cast<std::uint16_t>(v4[0] << 8 | v4[1]);
      read[count++] = static_cast<std::uint16_t>(v4[2] << 8 | v4[3]);
      break;
    }
    const auto digits = in.take_while(is_hex);
    if (digits.empty() || digits.size() > 4 || count == 8) in.fail(fault_code::syntax, "group of an IPv6 address");
    if (!in.ok()) return {};
    unsigned value = 0;
    for (const char c : digits)
      value = value * 16 + static_cast<unsigned>(is_digit(c) ? c - '0' : ascii_lower(c) - 'a' + 10);
    read[count++] = static_cast<std::uint16_t>(value);
    if (in.at_end()) break;
    if (!gap && in.skip("::")) {
      gap = count;
    } else if (!in.skip(':') || in.at_end()) {
      in.fail(fault_code::syntax, "separator in an IPv6 address");
    }
  }
  if (gap ? count > 6 : count != 8) in.fail(fault_code::syntax, "number of groups of an IPv6 address");
  if (!in.ok() || !in.at_end()) return {};
  groups out{};
  const std::size_t before = gap ? *gap : 8;
  for (std::size_t i = 0; i < count; ++i) out[i < before ? i : 8 - count + i] = read[i];
  return out;
}

// RFC 5952: the longest run of zeros, the first of equal ones, is "::"; a single zero group is not shortened.
std::string write_ipv6(const groups& g) {
  std::size_t best = 8, best_length = 1;
  for (std::size_t i = 0; i < 8; ++i) {
    std::size_t length = 0;
    while (i + length < 8 && g[i + length] == 0) ++length;
    if (length > best_length) best = i, best_length = length;
  }
  constexpr std::string_view hex = "0123456789abcdef";
  std::string out;
  for (std::size_t i = 0; i < 8; ++i) {
    if (i == best) {
      out += "::";
      i += best_length - 1;
      continue;
    }
    if (!out.empty() && out.back() != ':') out += ':';
    bool begun = false;
    for (int shift = 12; shift >= 0; shift -= 4) {
      const auto nibble = static_cast<std::size_t>(g[i] >> shift & 0xf);
      begun = begun || nibble != 0 || shift == 0;
      if (begun) out += hex[nibble];
    }
  }
  return out;
}

}  // namespace

std::optional<std::string> canonical_literal(std::string_view text) {
  if (text.size() < 2 || text.front() != '[' || text.back() != ']') return std::nullopt;
  reader in(text.substr(1, text.size() - 2));
  if (in.skip_nocase("IPv6:")) {
    const auto v6 = read_ipv6(in);
    if (!in.ok() || !in.at_end()) return std::nullopt;
    return "[ipv6:" + write_ipv6(v6) + "]";
  }
  const auto v4 = read_ipv4(in);
  if (!in.ok() || !in.at_end()) return std::nullopt;
  std::string out = "[";
  for (const auto one : v4) out += std::to_string(one) + ".";
  out.back() = ']';
  return out;
}

std::string literal_of(std::string_view ip) {
  const bool is_ipv6 = ip.find(':') != std::string_view::npos;
  return (is_ipv6 ? "[IPv6:" : "[") + std::string(ip) + "]";
}

}  // namespace stagecoach::smtp

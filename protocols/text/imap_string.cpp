#include "protocols/text/imap_string.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "protocols/base/utf8.hpp"

namespace stagecoach {

namespace {

// What an octet asks for: nothing, a backslash before it, to be part of UTF-8, a literal.
enum class need : std::uint8_t { none, escape, utf8, literal };

constexpr std::array<need, 256> needs = [] {
  std::array<need, 256> table{};
  for (std::size_t c = 0; c < table.size(); ++c)
    table[c] = c >= 0x80 ? need::utf8 : c < 0x20 || c == 0x7f ? need::literal : need::none;
  table['"'] = table['\\'] = need::escape;
  return table;
}();

void put_literal(std::string& out, std::string_view text) {
  put_literal_head(out, text.size());
  const auto start = out.size();
  out += text;
  // RFC 3501 9: no literal holds a NUL.
  std::replace(out.begin() + static_cast<std::ptrdiff_t>(start), out.end(), '\0', '?');
}

}  // namespace

void put_imap_string(std::string& out, std::string_view text, string_form form) {
  if (text.size() > quoted_bytes_max) return put_literal(out, text);
  bool has_escapes = false;
  bool has_utf8 = false;
  for (const char c : text) {
    const auto what = needs[static_cast<unsigned char>(c)];
    if (what == need::none) continue;
    if (what == need::literal) return put_literal(out, text);
    has_escapes = has_escapes || what == need::escape;
    has_utf8 = has_utf8 || what == need::utf8;
  }
  if (has_utf8 && (form == string_form::ascii || valid_utf8_prefix(text) != text.size())) return put_literal(out, text);
  out += '"';
  if (!has_escapes) {
    out += text;
  } else {
    for (const char c : text) {
      if (needs[static_cast<unsigned char>(c)] == need::escape) out += '\\';
      out += c;
    }
  }
  out += '"';
}

void put_imap_nstring(std::string& out, std::string_view text, string_form form) {
  if (!text.empty()) return put_imap_string(out, text, form);
  out += "NIL";
}

void put_literal_head(std::string& out, std::uint64_t bytes) {
  out += '{';
  put_decimal(out, bytes);
  out += "}\r\n";
}

void put_decimal(std::string& out, std::uint64_t value) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out.append(digits.data(), end);
}

}  // namespace stagecoach

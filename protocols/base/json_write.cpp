#include "protocols/base/json_write.hpp"

#include <charconv>

#include "protocols/base/utf8.hpp"

namespace stagecoach {

namespace {
bool stands_for_itself(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 && byte < 0x80 && c != '"' && c != '\\';
}

void append_escaped(std::string& out, char c) {
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:  // RFC 8259 7: U+0000 to U+001F
      out += "\\u00";
      out += to_hex(std::string_view(&c, 1));
  }
}

template <class Integer>
void append_digits(std::string& out, Integer value) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, value);
  out.append(digits, end.ptr);
}
}  // namespace

void append_json_text(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    std::size_t plain = 0;
    while (plain < text.size() && stands_for_itself(text[plain])) ++plain;
    out += text.substr(0, plain);
    text.remove_prefix(plain);
    if (text.empty()) break;
    const auto step = next_utf8(text);
    if (!step.is_valid) {
      out += "\xef\xbf\xbd";  // U+FFFD
    } else if (step.bytes == 1) {
      append_escaped(out, text[0]);
    } else {
      out += text.substr(0, step.bytes);
    }
    text.remove_prefix(step.bytes);
  }
  out += '"';
}

namespace json_detail {

void append_number(std::string& out, std::int64_t value) { append_digits(out, value); }
void append_number(std::string& out, std::uint64_t value) { append_digits(out, value); }

void append_hex_text(std::string& out, const std::uint8_t* bytes, std::size_t size) {
  out += '"';
  out += to_hex(std::string_view(reinterpret_cast<const char*>(bytes), size));
  out += '"';
}

}  // namespace json_detail
}  // namespace stagecoach

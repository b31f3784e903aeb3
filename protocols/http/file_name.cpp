#include "protocols/http/file_name.hpp"

#include <algorithm>

#include "protocols/base/utf8.hpp"
#include "protocols/http/head.hpp"

namespace stagecoach::http {

namespace {

constexpr std::size_t name_bytes_max = 200;

bool is_attr_char(char c) {
  constexpr std::string_view others = "!#$&+-.^_`|~";  // RFC 8187 3.2.1
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         others.find(c) != std::string_view::npos;
}

std::string escaped(std::string_view text) {
  constexpr char digits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto octet = static_cast<unsigned char>(c);
    if (is_attr_char(c))
      out += c;
    else
      out += {'%', digits[octet >> 4], digits[octet & 15]};
  }
  return out;
}

}  // namespace

std::string quoted_or_token(std::string_view value) {
  if (is_token(value)) return std::string(value);
  std::string out = "\"";
  for (const char c : value) out += c < 0x20 || c > 0x7e || c == '"' || c == '\\' || c == '%' ? '_' : c;
  return out + '"';
}

std::string content_disposition(bool is_inline, std::string_view name) {
  name = name.substr(name.find_last_of("/\\") + 1);
  std::string shown(name.substr(0, valid_utf8_prefix(name.substr(0, name_bytes_max))));
  std::replace_if(
      shown.begin(), shown.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, '_');
  if (shown.empty() || shown == "." || shown == "..") shown = "attachment.bin";
  std::string out = is_inline ? "inline" : "attachment";
  out += "; filename=" + quoted_or_token(shown);
  if (!is_token(shown)) out += "; filename*=UTF-8''" + escaped(shown);
  return out;
}

}  // namespace stagecoach::http

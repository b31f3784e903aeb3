#include "protocols/html/escape.hpp"

#include "protocols/base/utf8.hpp"

namespace stagecoach::html {

namespace {

constexpr std::string_view replacement = "\xef\xbf\xbd";  // U+FFFD
constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

bool is_control(std::string_view character) {
  if (character.size() == 2) return character < "\xc2\xa0";
  return character.size() == 1 && (character[0] < ' ' || character[0] == '\x7f');
}

// U+FDD0 to U+FDEF, and the last two of each plane.
bool is_noncharacter(std::string_view character) {
  if (character.size() < 3) return false;
  if (character >= "\xef\xb7\x90" && character <= "\xef\xb7\xaf") return true;
  const bool ends_plane = character.ends_with("\xbf\xbe") || character.ends_with("\xbf\xbf");
  return ends_plane && (character[0] == '\xef' || (character.size() == 4 && (character[1] & 0x0f) == 0x0f));
}

// What one character is written as.
std::string_view kept(std::string_view character, bool is_valid) {
  if (character == "\r") return "\n";
  if (character == "\f") return " ";
  if (character == "\n" || character == "\t") return character;
  if (!is_valid || is_noncharacter(character)) return replacement;
  return is_control(character) || character == byte_order_mark ? std::string_view() : character;
}

}  // namespace

std::string without_controls(std::string_view utf8) {
  std::string out;
  out.reserve(utf8.size());
  while (!utf8.empty()) {
    const auto step = next_utf8(utf8);
    out += kept(utf8.substr(0, step.bytes), step.is_valid);
    utf8.remove_prefix(step.bytes);
  }
  return out;
}

std::string escaped(std::string_view utf8) {
  std::string out;
  for (const char c : without_controls(utf8)) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '"')
      out += "&quot;";
    else
      out += c;
  }
  return out;
}

}  // namespace stagecoach::html

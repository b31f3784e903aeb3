#include "protocols/imap/response_writer.hpp"

#include <algorithm>

#include "protocols/base/utf8.hpp"
#include "protocols/imap/tokens.hpp"

namespace stagecoach::imap {

namespace {
constexpr std::size_t quoted_bytes_max = 1000;  // clients have line limits; a literal has none
bool is_quotable(char c) { return c >= 0x20 && c < 0x7f; }
bool is_quotable_utf8(char c) { return static_cast<unsigned char>(c) >= 0x80 || is_quotable(c); }

void put_quoted(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  out += '"';
}
}  // namespace

void put_astring(std::string& out, std::string_view text) {
  // NIL is an atom of its own meaning.
  const bool is_atom = !text.empty() && !equal_nocase(text, "NIL") && text.size() <= quoted_bytes_max &&
                       std::all_of(text.begin(), text.end(), is_astring_char);
  if (!is_atom) return put_string(out, text);
  out += text;
}

void put_string(std::string& out, std::string_view text) {
  if (text.size() > quoted_bytes_max || !std::all_of(text.begin(), text.end(), is_quotable)) {
    put_literal_head(out, text.size());
    out += text;
    return;
  }
  put_quoted(out, text);
}

void put_utf8_astring(std::string& out, std::string_view text) {
  const bool has_quotable = std::all_of(text.begin(), text.end(), is_quotable_utf8) &&
                            !std::all_of(text.begin(), text.end(), is_quotable) &&
                            valid_utf8_prefix(text) == text.size() && text.size() <= quoted_bytes_max;
  if (has_quotable) return put_quoted(out, text);
  put_astring(out, text);
}

void put_literal_head(std::string& out, std::uint64_t bytes) {
  out += '{';
  out += std::to_string(bytes);
  out += "}\r\n";
}

}  // namespace stagecoach::imap

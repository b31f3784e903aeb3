#include "protocols/imap/response_writer.hpp"

#include <algorithm>

#include "protocols/imap/tokens.hpp"

namespace stagecoach::imap {

namespace {
constexpr std::size_t quoted_bytes_max = 1000;  // clients have line limits; a literal has none
bool is_quotable(char c) { return c >= 0x20 && c < 0x7f; }
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
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  out += '"';
}

void put_literal_head(std::string& out, std::uint64_t bytes) {
  out += '{';
  out += std::to_string(bytes);
  out += "}\r\n";
}

}  // namespace stagecoach::imap

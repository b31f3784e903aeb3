#include "protocols/imap/response_writer.hpp"

#include <algorithm>

#include "protocols/base/utf8.hpp"
#include "protocols/imap/tokens.hpp"

namespace stagecoach::imap {

namespace {
bool is_plain(char c) { return c >= 0x20 && c < 0x7f; }
}  // namespace

void put_astring(std::string& out, std::string_view text) {
  // NIL is an atom of its own meaning.
  const bool is_atom = !text.empty() && !equal_nocase(text, "NIL") && text.size() <= quoted_bytes_max &&
                       std::all_of(text.begin(), text.end(), is_astring_char);
  if (!is_atom) return put_string(out, text);
  out += text;
}

void put_string(std::string& out, std::string_view text) { put_imap_string(out, text, string_form::ascii); }

void put_utf8_astring(std::string& out, std::string_view text) {
  if (std::all_of(text.begin(), text.end(), is_plain)) return put_astring(out, text);
  put_imap_string(out, text, string_form::utf8);
}

}  // namespace stagecoach::imap

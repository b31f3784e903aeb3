#include "protocols/mime/base_subject.hpp"

#include <optional>

#include "protocols/mime/lexer.hpp"
#include "protocols/text/collation.hpp"

namespace stagecoach::mime {

namespace {

constexpr std::string_view trailer = "(fwd)";
constexpr std::string_view forward_start = "[fwd:";
constexpr std::string_view forward_end = "]";

// Does not cut through a character.
std::string_view start_of(std::string_view text) {
  if (text.size() <= base_subject_bytes_max) return text;
  std::size_t end = base_subject_bytes_max;
  constexpr std::size_t shortest = base_subject_bytes_max - 3;  // a character has at most four octets
  while (end > shortest && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return text.substr(0, end);
}

// RFC 5256 2.1 (1): each run of white space is one space, and none stands at the ends.
std::string with_single_spaces(std::string_view text) {
  std::string single;
  for (const char c : trimmed(text)) {
    if (!is_space(c)) {
      single += c;
    } else if (single.back() != ' ') {
      single += ' ';
    }
  }
  return single;
}

bool skip(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

// RFC 5256 5, subj-blob: "[list]" and white space. False: none stands here.
bool skip_blob(std::string_view& text) {
  if (!text.starts_with('[')) return false;
  constexpr std::string_view no_blob_characters("[]\0", 3);
  const auto end = text.find_first_of(no_blob_characters, 1);
  if (end == std::string_view::npos || text[end] != ']') return false;
  text = trimmed(text.substr(end + 1));
  return true;
}

// RFC 5256 5, subj-refwd: "re:", "fw [2] :". What stands behind it; none: it is none.
std::optional<std::string_view> behind_reply_mark(std::string_view text) {
  if (!skip(text, "re") && !skip(text, "fwd") && !skip(text, "fw")) return std::nullopt;
  text = trimmed(text);
  skip_blob(text);
  if (!skip(text, ":")) return std::nullopt;
  return trimmed(text);
}

// RFC 5256 2.1 (2)
bool strip_trailers(std::string_view& text) {
  bool has_any = false;
  for (; text.ends_with(trailer); has_any = true) {
    text.remove_suffix(trailer.size());
    text = trimmed(text);
  }
  return has_any;
}

// RFC 5256 2.1 (3) to (5): with a reply mark go the blobs before it; without one, those that leave something.
bool strip_leaders(std::string_view& text) {
  for (bool has_any = false;; has_any = true) {
    auto last_blob = text;
    auto rest = text;
    for (auto behind = rest; skip_blob(behind); rest = behind) last_blob = rest;
    const auto answered = behind_reply_mark(rest);
    text = answered ? *answered : rest.empty() ? last_blob : rest;
    if (!answered) return has_any;
  }
}

// RFC 5256 2.1 (6)
bool unwrap(std::string_view& text) {
  if (!text.starts_with(forward_start) || !text.ends_with(forward_end)) return false;
  text.remove_prefix(forward_start.size());
  text.remove_suffix(forward_end.size());
  text = trimmed(text);
  return true;
}

}  // namespace

base_subject base_subject_of(std::string_view decoded_subject_utf8) {
  // Cut twice: the first bounds the work, and folding may make text longer.
  const auto folded = fold_case(start_of(decoded_subject_utf8));
  const auto subject = with_single_spaces(start_of(folded));
  base_subject base;
  std::string_view text = subject;
  for (bool is_wrapped = true; is_wrapped;) {
    const bool has_trailers = strip_trailers(text);
    const bool has_leaders = strip_leaders(text);
    is_wrapped = unwrap(text);
    base.is_reply = base.is_reply || has_trailers || has_leaders || is_wrapped;
  }
  if (text.find('\0') == std::string_view::npos) base.text = text;
  return base;
}

}  // namespace stagecoach::mime

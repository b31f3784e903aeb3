#include "protocols/text/quoted_printable.hpp"

#include <algorithm>

#include "protocols/base/reader.hpp"

namespace stagecoach {

namespace {

// More white space than this is no mistake at the end of a line; it is let through (RFC 5322 2.1.1's line).
constexpr std::size_t held_bytes_max = 998;

bool is_blank(char c) { return c == ' ' || c == '\t'; }

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = ascii_lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

}  // namespace

void quoted_printable_decoder::decode(std::string& out, std::string_view text) {
  while (!text.empty()) {
    if (held_.empty()) {
      const auto plain = std::min(text.find_first_of("= \t"), text.size());
      out += text.substr(0, plain);
      text.remove_prefix(plain);
      if (text.empty()) return;
    }
    const char c = text.front();
    text.remove_prefix(1);
    if (!held_.empty() && held_.front() == '=') {
      put_after_equals(out, c);
    } else {
      put(out, c);
    }
  }
}

// `held_` is white space, or empty.
void quoted_printable_decoder::put(std::string& out, char c) {
  if (is_blank(c) && held_.size() < held_bytes_max) {
    held_ += c;
    return;
  }
  // RFC 2045 6.7 (3): white space at the end of a line was added on the way. The CR may belong to such an end.
  if (c == '\r' && !held_.empty() && held_.back() != '\r') {
    held_ += c;
    return;
  }
  if (c == '\n') {
    if (!held_.empty() && held_.back() == '\r') out += '\r';
    held_.clear();
    out += c;
    return;
  }
  release(out);
  if (c == '=' || is_blank(c)) {
    held_ += c;
  } else {
    out += c;
  }
}

// `held_` is '=' and then a digit, white space or CR.
void quoted_printable_decoder::put_after_equals(std::string& out, char c) {
  const char last = held_.back();
  if (c == '\n') {  // a soft line break, with white space before its end or not
    if (hex_digit(last) < 0 || held_.size() == 1) {
      held_.clear();
      return;
    }
  } else if (held_.size() == 2 && hex_digit(last) >= 0 && hex_digit(c) >= 0) {
    out += static_cast<char>(hex_digit(last) * 16 + hex_digit(c));
    held_.clear();
    return;
  } else if ((held_.size() == 1 && hex_digit(c) >= 0) ||
             ((is_blank(c) || c == '\r') && (last == '=' || is_blank(last)) && held_.size() < held_bytes_max)) {
    held_ += c;
    return;
  }
  has_defects_ = true;
  release(out);
  put(out, c);
}

void quoted_printable_decoder::release(std::string& out) {
  out += held_;
  held_.clear();
}

void quoted_printable_decoder::finish(std::string& out) {
  if (held_.empty()) return;
  if (held_.front() != '=') {
    if (held_.back() == '\r') out += '\r';  // the white space was at the end of the last line
  } else if (held_.find_first_not_of("= \t\r") != std::string::npos) {
    has_defects_ = true;
    out += held_;
  } else {
    has_defects_ = true;  // a soft line break with nothing behind it
  }
  held_.clear();
}

}  // namespace stagecoach

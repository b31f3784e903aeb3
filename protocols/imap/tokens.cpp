#include "protocols/imap/tokens.hpp"

#include <algorithm>
#include <limits>

#include "protocols/base/utf8.hpp"

namespace stagecoach::imap {

namespace {
char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
}  // namespace

bool is_atom_char(char c) {
  return c > 0x20 && c < 0x7f && std::string_view("(){%*\"\\]").find(c) == std::string_view::npos;
}
bool is_astring_char(char c) { return is_atom_char(c) || c == ']'; }
bool is_list_char(char c) { return is_astring_char(c) || c == '%' || c == '*'; }

std::optional<literal_head> find_literal_head(std::string_view line) {
  if (line.empty() || line.back() != '}') return std::nullopt;
  std::size_t end = line.size() - 1;
  literal_head head;
  if (end > 0 && line[end - 1] == '+') {
    head.is_sync = false;
    --end;
  }
  std::size_t at = end;
  while (at > 0 && is_digit(line[at - 1])) --at;
  if (at == end || at == 0 || line[at - 1] != '{') return std::nullopt;
  head.at = at - 1;
  constexpr auto most = std::numeric_limits<std::uint64_t>::max();
  for (; at < end; ++at) {
    const auto digit = static_cast<std::uint64_t>(line[at] - '0');
    head.bytes = head.bytes > (most - digit) / 10 ? most : head.bytes * 10 + digit;
  }
  return head;
}

void expect_space(reader& in) { in.expect(' ', "a space is missing"); }

void expect_end(reader& in) {
  if (!in.at_end()) in.fail(fault_code::syntax, "more than expected");
}

std::string_view take_atom(reader& in) {
  const auto atom = in.take_while(is_atom_char);
  if (atom.empty()) in.fail(fault_code::syntax, "an atom is missing");
  return atom;
}

std::string take_quoted(reader& in) {
  std::string text;
  if (!in.expect('"', "a quoted string is missing")) return text;
  while (in.ok()) {
    text += in.take_while([](char c) { return c != 0 && c != '"' && c != '\\' && c != '\r' && c != '\n'; });
    if (in.skip('"')) {
      if (valid_utf8_prefix(text) == text.size()) return text;
      in.fail(fault_code::syntax, "a quoted string that is not UTF-8");
    } else if (!in.skip('\\')) {
      in.fail(fault_code::syntax, "a quoted string that does not end");
    } else if (in.peek() != '"' && in.peek() != '\\') {
      in.fail(fault_code::syntax, "only \\\" and \\\\ may be escaped");
    } else {
      text += in.take(1, "an escaped character");
    }
  }
  return {};
}

std::string take_literal(reader& in) {
  in.expect('{', "a literal is missing");
  const auto size = in.number(std::numeric_limits<std::uint32_t>::max(), "the size of a literal is missing");
  in.skip('+');
  if (!in.skip("}\r\n")) in.fail(fault_code::syntax, "not a literal");
  std::string text(in.take(static_cast<std::size_t>(size), "the literal is shorter than it says"));
  if (text.find('\0') != std::string::npos) in.fail(fault_code::syntax, "a NUL in a literal");
  return in.ok() ? text : std::string{};
}

std::string take_string(reader& in) { return in.peek() == '{' ? take_literal(in) : take_quoted(in); }

std::string take_astring(reader& in) {
  if (in.peek() == '{' || in.peek() == '"') return take_string(in);
  const auto atom = in.take_while(is_astring_char);
  if (atom.empty()) in.fail(fault_code::syntax, "a string is missing");
  return std::string(atom);
}

std::string take_list_mailbox(reader& in) {
  if (in.peek() == '{' || in.peek() == '"') return take_string(in);
  const auto pattern = in.take_while(is_list_char);
  if (pattern.empty()) in.fail(fault_code::syntax, "a mailbox pattern is missing");
  return std::string(pattern);
}

std::optional<std::string> take_nstring(reader& in) {
  if (in.skip_nocase("NIL")) return std::nullopt;
  return take_string(in);
}

std::string to_upper(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), upper);
  return out;
}
std::string to_lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), lower);
  return out;
}
bool equal_nocase(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return upper(x) == upper(y); });
}

}  // namespace stagecoach::imap

#include "protocols/smtp/path.hpp"

#include <algorithm>

#include "protocols/base/utf8.hpp"
#include "protocols/smtp/address_literal.hpp"
#include "protocols/smtp/limits.hpp"
#include "protocols/text/idna.hpp"

namespace stagecoach::smtp {

namespace {

constexpr bool is_beyond_ascii(char c) { return static_cast<unsigned char>(c) >= 0x80; }
constexpr bool is_alnum(char c) { return (c >= '0' && c <= '9') || (ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z'); }
constexpr bool is_atext(char c) {  // RFC 5322 3.2.3, RFC 6531 3.3
  return is_alnum(c) || is_beyond_ascii(c) || std::string_view("!#$%&'*+-/=?^_`{|}~").find(c) != std::string_view::npos;
}
// RFC 5321 4.1.2: qtextSMTP or quoted-pairSMTP; RFC 6531 3.3.
constexpr bool is_quotable(char c) { return (c >= ' ' && c <= '~') || is_beyond_ascii(c); }

bool is_dot_string(std::string_view text) {
  if (text.empty() || text.front() == '.' || text.back() == '.') return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '.' ? text[i - 1] == '.' : !is_atext(text[i])) return false;
  }
  return true;
}

std::string read_quoted(reader& in) {
  std::string local;
  in.skip('"');
  while (in.ok() && !in.skip('"')) {
    const bool is_escaped = in.skip('\\');
    const auto one = in.take(1, "end of a quoted local part");
    // RFC 6531 3.3 adds UTF-8 to what stands in quotes, not to what a backslash escapes.
    if (!in.ok() || !is_quotable(one[0]) || (is_escaped && is_beyond_ascii(one[0]))) {
      in.fail(fault_code::syntax, "character in a quoted local part");
      break;
    }
    local += one;
  }
  // Stricter than RFC 5321 4.1.2: "" would be a mailbox without a name.
  if (local.empty()) in.fail(fault_code::syntax, "empty local part");
  return local;
}

std::string read_local_part(reader& in) {
  const std::size_t from = in.offset();
  std::string local;
  if (in.peek() == '"') {
    local = read_quoted(in);
  } else {
    local = in.take_while([](char c) { return is_atext(c) || c == '.'; });
    if (!is_dot_string(local)) in.fail(fault_code::syntax, "local part");
  }
  if (in.offset() - from > limits::local_part_bytes_max) in.fail(fault_code::too_long, "local part");
  return local;
}

// Labels of letters, digits and inner hyphens; `extra` may stand anywhere in a label.
fault check_domain(std::string_view text, std::string_view extra) {
  if (text.size() > limits::domain_bytes_max) return {fault_code::too_long, 0, "domain"};
  std::size_t start = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && text[i] != '.') {
      if (!is_alnum(text[i]) && text[i] != '-' && extra.find(text[i]) == std::string_view::npos)
        return {fault_code::syntax, i, "character in a domain"};
      continue;
    }
    const auto label = text.substr(start, i - start);
    if (label.empty() || label.front() == '-' || label.back() == '-') return {fault_code::syntax, start, "label"};
    if (label.size() > limits::label_bytes_max) return {fault_code::too_long, start, "label"};
    start = i + 1;
  }
  return {};
}

domain_name read_domain(reader& in) {
  if (in.peek() == '[') {
    auto text = std::string(in.take_while([](char c) { return c != ']' && is_quotable(c); }));
    if (in.skip(']')) text += ']';
    auto literal = canonical_literal(text);
    if (!literal) in.fail(fault_code::syntax, "address literal");
    return {literal.value_or("")};
  }
  const auto text = in.take_while([](char c) { return is_alnum(c) || is_beyond_ascii(c) || c == '-' || c == '.'; });
  auto ascii = ascii_lower(text);
  if (std::any_of(text.begin(), text.end(), is_beyond_ascii)) {
    auto translated = domain_to_ascii(text);  // RFC 6531 3.2: U-labels are compared by their A-labels
    if (!translated) in.fail(fault_code::syntax, "internationalized domain");
    ascii = std::move(translated).value_or("");
  }
  const auto why = check_domain(ascii, "");
  if (why.code != fault_code::none) in.fail(why.code, why.what);
  return {std::move(ascii)};
}

address read_mailbox(reader& in) {
  address a;
  a.local = read_local_part(in);
  in.expect('@', "@ of an address");
  a.domain = read_domain(in);
  // The A-labels of a domain may be longer than what was spelled.
  if (in.ok() && write_mailbox(a).size() > limits::path_bytes_max - 2) in.fail(fault_code::too_long, "address");
  return a;
}

// RFC 5321 4.1.1.3 and appendix C: a source route is accepted and means nothing.
void skip_source_route(reader& in) {
  if (in.peek() != '@') return;
  do {
    in.expect('@', "@ of a source route");
    (void)read_domain(in);
  } while (in.skip(','));
  in.expect(':', "colon after a source route");
}

void check_path(reader& in, std::string_view from_here) {
  const auto length = from_here.size() - in.rest().size();
  if (in.ok() && length > limits::path_bytes_max) in.fail(fault_code::too_long, "path");
}

// Well-formed, and without the control characters U+0080 to U+009F, which some readers of a header take for line ends.
bool refuse_bad_utf8(reader& in) {
  const auto text = in.rest();
  if (valid_utf8_prefix(text) != text.size()) return in.fail(fault_code::not_utf8, "an address that is not UTF-8");
  for (auto at = text.find('\xc2'); at != text.npos; at = text.find('\xc2', at + 1))
    if (static_cast<unsigned char>(text[at + 1]) < 0xa0)
      return in.fail(fault_code::not_utf8, "a control character in an address");
  return true;
}

}  // namespace

std::optional<address> read_reverse_path(reader& in) {
  if (!refuse_bad_utf8(in)) return std::nullopt;
  if (in.skip("<>")) return std::nullopt;
  const auto from_here = in.rest();
  in.expect('<', "< of a path");
  skip_source_route(in);
  auto a = read_mailbox(in);
  in.expect('>', "> of a path");
  check_path(in, from_here);
  if (!in.ok()) return std::nullopt;
  return a;
}

address read_forward_path(reader& in) {
  if (!refuse_bad_utf8(in)) return {};
  if (in.skip_nocase("<postmaster>")) return {"postmaster", {}};
  const auto from_here = in.rest();
  in.expect('<', "< of a path");
  skip_source_route(in);
  auto a = read_mailbox(in);
  in.expect('>', "> of a path");
  check_path(in, from_here);
  return a;
}

result<address> parse_mailbox(std::string_view text) {
  reader in(text);
  if (!refuse_bad_utf8(in)) return in.error();
  auto a = read_mailbox(in);
  if (in.ok() && text.size() > limits::path_bytes_max - 2) in.fail(fault_code::too_long, "address");
  if (!in.at_end()) in.fail(fault_code::syntax, "octets after an address");
  if (!in.ok()) return in.error();
  return a;
}

std::string write_mailbox(const address& a) {
  std::string out;
  if (is_dot_string(a.local)) {
    out = a.local;
  } else {
    out = '"';
    for (const char c : a.local) {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
    out += '"';
  }
  return out + "@" + a.domain.text;
}

std::string write_path(const std::optional<address>& a) { return a ? "<" + write_mailbox(*a) + ">" : "<>"; }

bool is_greeting_name(std::string_view text) {
  if (text.empty()) return false;
  if (text.front() == '[') return canonical_literal(text).has_value();
  if (text.back() == '.') text.remove_suffix(1);
  return check_domain(text, "_").code == fault_code::none;
}

}  // namespace stagecoach::smtp

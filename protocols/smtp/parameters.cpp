#include "protocols/smtp/parameters.hpp"

#include "protocols/base/ids.hpp"
#include "protocols/base/reader.hpp"
#include "protocols/smtp/path.hpp"

namespace stagecoach::smtp {

namespace {

struct parameter {
  std::string_view keyword;
  std::optional<std::string_view> value;
};

constexpr bool is_keyword(char c) {
  return (c >= '0' && c <= '9') || (ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z') || c == '-';
}
constexpr bool is_value(char c) { return c >= '!' && c <= '~' && c != '='; }

parameter read_parameter(reader& in) {
  in.expect(' ', "space before a parameter");
  in.take_while([](char c) { return c == ' '; });
  parameter p{in.take_while(is_keyword), std::nullopt};
  if (p.keyword.empty() || p.keyword.front() == '-') in.fail(fault_code::syntax, "keyword of a parameter");
  if (in.skip('=')) {
    p.value = in.take_while(is_value);
    if (p.value->empty()) in.fail(fault_code::syntax, "value of a parameter");
  }
  return p;
}

result<std::uint64_t> parse_size(const parameter& p) {
  reader in(p.value.value_or(""));
  const auto size = in.number(UINT64_MAX, "value of SIZE");
  if (!in.at_end()) in.fail(fault_code::syntax, "value of SIZE");
  if (!in.ok()) return in.error();
  return size;
}

result<body_kind> parse_body(const parameter& p) {
  const auto value = p.value.value_or("");
  if (equal_nocase(value, "7BIT")) return body_kind::seven_bit;
  if (equal_nocase(value, "8BITMIME")) return body_kind::eight_bit_mime;
  if (equal_nocase(value, "BINARYMIME")) return body_kind::binary_mime;
  return fault{fault_code::syntax, 0, "value of BODY"};
}

// RFC 3461 4: xtext, without what it may not hide.
result<std::string> decode_xtext(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '+') {
      out += text[i];
      continue;
    }
    const auto octet = from_hex(text.substr(i + 1, 2));
    if (octet.size() != 1 || octet[0] < ' ' || octet[0] > '~') return fault{fault_code::syntax, i, "xtext"};
    out += octet;
    i += 2;
  }
  return out;
}

result<done> parse_auth(const parameter& p) {
  const auto text = decode_xtext(p.value.value_or(""));
  if (!text) return text.error();
  if (*text == "<>") return done{};
  const auto mailbox = parse_mailbox(*text);
  if (!mailbox) return mailbox.error();
  return done{};
}

// Twice the same keyword is an error (RFC 5321 4.1.1.11 leaves it to us).
template <class T>
fault set_once(std::optional<T>& field, const result<T>& value) {
  if (field) return {fault_code::duplicate, 0, "parameter given twice"};
  if (!value) return value.error();
  field = *value;
  return {};
}

fault set_once(bool& flag, const parameter& p) {
  if (flag) return {fault_code::duplicate, 0, "parameter given twice"};
  if (p.value) return {fault_code::syntax, 0, "parameter that takes no value"};
  flag = true;
  return {};
}

}  // namespace

result<mail_parameters> parse_mail_parameters(std::string_view text, const offer& now) {
  mail_parameters out;
  reader in(text);
  while (!in.at_end()) {
    const auto p = read_parameter(in);
    if (!in.ok()) break;
    fault why;
    switch (mail_parameter_of(p.keyword, now)) {
      case mail_parameter::size:
        why = set_once(out.size, parse_size(p));
        break;
      case mail_parameter::body:
        why = set_once(out.body, parse_body(p));
        break;
      case mail_parameter::smtputf8:
        why = set_once(out.is_utf8, p);
        break;
      case mail_parameter::auth: {
        const auto parsed = parse_auth(p);
        why = out.has_auth ? fault{fault_code::duplicate, 0, "parameter given twice"} : fault{};
        if (!parsed) why = {fault_code::syntax, 0, "value of AUTH"};
        out.has_auth = true;
        break;
      }
      case mail_parameter::unknown:
        why = {fault_code::unknown_field, 0, "parameter that is not offered"};
        break;
    }
    if (why.code != fault_code::none) in.fail(why.code, why.what);
  }
  if (!in.ok()) return in.error();
  return out;
}

result<done> parse_rcpt_parameters(std::string_view text) {
  reader in(text);
  if (in.at_end()) return done{};
  (void)read_parameter(in);
  if (in.ok()) in.fail(fault_code::unknown_field, "parameter that is not offered");
  return in.error();
}

}  // namespace stagecoach::smtp

#include "protocols/mime/plain_message.hpp"

#include <algorithm>

#include "protocols/base/reader.hpp"
#include "protocols/base/utf8.hpp"
#include "protocols/text/base64.hpp"

namespace stagecoach::mime {

namespace {

constexpr std::size_t line_octets_max = 998;     // RFC 5322 2.1.1
constexpr std::size_t word_octets_max = 45;      // what an encoded word of 75 holds (RFC 2047 2)
constexpr std::size_t subject_octets_max = 900;  // a longer one is folded, as encoded words
constexpr std::size_t base64_line_octets = 57;   // 76 characters (RFC 2045 6.8)

bool is_one_line(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) { return (c >= 0 && c < ' ' && c != '\t') || c == '\x7f'; });
}

// RFC 2047 4.1, 5: words that hold whole characters, folded.
std::string encoded(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    auto size = std::min(text.size(), word_octets_max);
    while (size < text.size() && (static_cast<unsigned char>(text[size]) & 0xc0) == 0x80) --size;
    if (!out.empty()) out += "\r\n ";
    out += "=?utf-8?B?" + to_base64(text.substr(0, size)) + "?=";
    text.remove_prefix(size);
  }
  return out;
}

std::string wrapped_base64(std::string_view text) {
  std::string out;
  for (; !text.empty(); text.remove_prefix(std::min(text.size(), base64_line_octets)))
    out += to_base64(text.substr(0, base64_line_octets)) + "\r\n";
  return out;
}

bool has_long_line(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find("\r\n", at), text.size());
    if (end - at > line_octets_max) return true;
    at = end + 2;
  }
  return false;
}

std::string_view encoding_of(std::string_view body) {
  // A CR that is left over would be a bare one, and a NUL is no text.
  const bool is_odd =
      body.find('\0') != body.npos || static_cast<std::size_t>(std::count(body.begin(), body.end(), '\r')) !=
                                          static_cast<std::size_t>(std::count(body.begin(), body.end(), '\n'));
  if (is_odd || has_long_line(body)) return "base64";
  return is_ascii(body) ? "7bit" : "8bit";
}

}  // namespace

result<extra_field> parse_extra_field(std::string_view text) {
  if (!is_utf8(text)) return fault{fault_code::not_utf8, valid_utf8_prefix(text), "a header field that is not UTF-8"};
  reader in(text);
  extra_field field;
  field.name = in.take_while([](char c) { return c > ' ' && c <= '~' && c != ':'; });
  if (field.name.empty()) in.fail(fault_code::syntax, "name of a header field");
  in.expect(':', "colon behind the name of a header field");
  in.take_while([](char c) { return c == ' ' || c == '\t'; });
  field.value = in.rest();
  if (!is_one_line(field.value)) in.fail(fault_code::syntax, "one line of a header field");
  if (!in.ok()) return in.error();
  return field;
}

result<std::string> write_message(const plain_message& message) {
  if (!is_utf8(message.subject) || !is_utf8(message.body))
    return fault{fault_code::not_utf8, 0, "text that is not UTF-8"};
  if (!is_one_line(message.subject)) return fault{fault_code::syntax, 0, "a subject of more than one line"};
  const auto body = message.body.empty() ? std::string() : with_crlf(message.body);
  const auto encoding = encoding_of(body);
  std::string to;
  for (const auto& one : message.to) to += (to.empty() ? "" : ",\r\n ") + one;
  const bool is_plain = is_ascii(message.subject) && message.subject.size() <= subject_octets_max;
  const extra_field ours[] = {
      {"Date", message.date},
      {"From", message.from},
      {"To", to},
      {"Subject", is_plain ? message.subject : encoded(message.subject)},
      {"Message-ID", message.message_id},
      {"MIME-Version", "1.0"},
      {"Content-Type", "text/plain; charset=utf-8"},
      {"Content-Transfer-Encoding", std::string(encoding)},
  };
  std::string out;
  for (const auto& one : ours) {
    const bool is_replaced = std::any_of(message.extra.begin(), message.extra.end(),
                                         [&](const extra_field& e) { return equal_nocase(e.name, one.name); });
    if (!is_replaced) out += one.name + ": " + one.value + "\r\n";
  }
  for (const auto& one : message.extra) out += one.name + ": " + one.value + "\r\n";
  return out + "\r\n" + (encoding == "base64" ? wrapped_base64(body) : body);
}

std::string with_crlf(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 32 + 2);
  for (const char c : text) {
    if (c == '\n' && !out.ends_with('\r')) out += '\r';
    out += c;
  }
  if (!out.ends_with("\r\n")) out += "\r\n";
  return out;
}

}  // namespace stagecoach::mime

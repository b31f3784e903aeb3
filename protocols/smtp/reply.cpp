#include "protocols/smtp/reply.hpp"

#include <algorithm>
#include <iterator>

#include "protocols/base/check.hpp"

namespace stagecoach::smtp {

namespace {

constexpr std::size_t around_bytes = 7;  // code, separator, a space, CRLF

void put_text(std::string& out, std::string_view text) {
  std::transform(text.begin(), text.end(), std::back_inserter(out),
                 [](char c) { return c >= ' ' && c <= '~' ? c : '?'; });
}

void put_code(std::string& out, std::uint16_t code, char separator) {
  out += std::to_string(code);
  out += separator;
}

}  // namespace

std::string write_reply(const reply& r) {
  std::string out;
  out.reserve(r.enhanced.size() + r.text.size() + around_bytes);
  put_code(out, r.code, ' ');
  put_text(out, r.enhanced);
  if (!r.enhanced.empty()) out += ' ';
  put_text(out, r.text);
  out += "\r\n";
  return out;
}

std::string write_lines(std::uint16_t code, std::span<const std::string> lines) {
  CHECK(!lines.empty());
  std::string out;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    put_code(out, code, i + 1 == lines.size() ? ' ' : '-');
    put_text(out, lines[i]);
    out += "\r\n";
  }
  return out;
}

}  // namespace stagecoach::smtp

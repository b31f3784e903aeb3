#include "protocols/smtp/reply.hpp"

#include <algorithm>

#include "protocols/base/check.hpp"

namespace stagecoach::smtp {

namespace {

void put_line(std::string& out, std::uint16_t code, char separator, std::string_view text) {
  out += std::to_string(code);
  out += separator;
  std::transform(text.begin(), text.end(), std::back_inserter(out),
                 [](char c) { return c >= ' ' && c <= '~' ? c : '?'; });
  out += "\r\n";
}

}  // namespace

std::string write_reply(const reply& r) {
  std::string text(r.enhanced);
  if (!text.empty()) text += ' ';
  text += r.text;
  std::string out;
  put_line(out, r.code, ' ', text);
  return out;
}

std::string write_lines(std::uint16_t code, std::span<const std::string> lines) {
  CHECK(!lines.empty());
  std::string out;
  for (std::size_t i = 0; i < lines.size(); ++i) put_line(out, code, i + 1 == lines.size() ? ' ' : '-', lines[i]);
  return out;
}

}  // namespace stagecoach::smtp

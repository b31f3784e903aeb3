#include "protocols/mime/header.hpp"

#include <algorithm>

#include "protocols/base/reader.hpp"
#include "protocols/mime/lexer.hpp"

namespace stagecoach::mime {

namespace {

// RFC 5322 2.2: printable, no space, no colon. 8-bit in a name is refused as well.
bool is_name_char(char c) { return c > ' ' && c < 0x7f; }

// Where the line that starts at `at` ends, with its line end.
std::size_t line_end(std::string_view text, std::size_t at) {
  const auto lf = text.find('\n', at);
  return lf == std::string_view::npos ? text.size() : lf + 1;
}

}  // namespace

std::optional<header_field> split_field(std::string_view field) {
  const auto colon = field.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  auto name = field.substr(0, colon);
  while (!name.empty() && (name.back() == ' ' || name.back() == '\t')) name.remove_suffix(1);  // RFC 5322 4.5
  if (name.empty() || !std::all_of(name.begin(), name.end(), is_name_char)) return std::nullopt;
  return header_field{name, trimmed(field.substr(colon + 1))};
}

std::string unfolded(std::string_view value) {
  std::string line;
  line.reserve(value.size());
  for (std::size_t i = 0; i < value.size(); ++i) {
    const bool is_crlf = value[i] == '\r' && i + 1 < value.size() && value[i + 1] == '\n';
    if (value[i] != '\n' && !is_crlf) line += value[i];
  }
  return line;
}

std::optional<header_field> header_fields::next() {
  while (!rest_.empty()) {
    std::size_t end = line_end(rest_, 0);
    const auto first = rest_.substr(0, end);
    if (first == "\r\n" || first == "\n") break;
    while (end < rest_.size() && (rest_[end] == ' ' || rest_[end] == '\t')) end = line_end(rest_, end);
    const auto field = split_field(rest_.substr(0, end));
    rest_.remove_prefix(end);
    if (field) return field;
  }
  rest_ = {};
  return std::nullopt;
}

std::optional<std::string_view> first_field(std::string_view header, std::string_view name) {
  header_fields fields(header);
  while (const auto field = fields.next())
    if (equal_nocase(field->name, name)) return field->value;
  return std::nullopt;
}

}  // namespace stagecoach::mime

#include "protocols/http/target.hpp"

#include <algorithm>

#include "protocols/base/ids.hpp"
#include "protocols/base/utf8.hpp"

namespace stagecoach::http {

namespace {

constexpr std::size_t pieces_max = 100;

std::optional<std::string> unescaped(std::string_view text, bool is_parameter) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    char c = text[at];
    if (c == '%') {
      const auto octet = from_hex(text.substr(at + 1, 2));
      if (octet.size() != 1) return std::nullopt;
      c = octet[0];
      at += 2;
      if (c == '/' && !is_parameter) return std::nullopt;
    } else if (c == '+' && is_parameter) {
      c = ' ';
    }
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f || (c == '\\' && !is_parameter)) return std::nullopt;
    out += c;
  }
  if (!is_utf8(out)) return std::nullopt;
  return out;
}

bool read_path(std::string_view path, target& into) {
  if (!path.starts_with('/')) return false;
  path.remove_prefix(1);
  for (;;) {
    const auto end = path.find('/');
    auto segment = unescaped(path.substr(0, end), false);
    if (!segment || *segment == "." || *segment == ".." || into.segments.size() == pieces_max) return false;
    const bool is_last = end == std::string_view::npos;
    if (segment->empty() && !is_last) return false;
    into.segments.push_back(std::move(*segment));
    if (is_last) return true;
    path.remove_prefix(end + 1);
  }
}

bool read_query(std::string_view query, target& into) {
  while (!query.empty()) {
    const auto end = std::min(query.find('&'), query.size());
    const auto one = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (one.empty()) continue;
    const auto equals = std::min(one.find('='), one.size());
    auto name = unescaped(one.substr(0, equals), true);
    auto value = unescaped(one.substr(std::min(equals + 1, one.size())), true);
    if (!name || !value || into.parameters.size() == pieces_max) return false;
    into.parameters.emplace_back(std::move(*name), std::move(*value));
  }
  return true;
}

}  // namespace

std::optional<std::string_view> target::find(std::string_view name) const {
  for (const auto& [key, value] : parameters)
    if (key == name) return value;
  return std::nullopt;
}

std::optional<target> parse_target(std::string_view text) {
  target found;
  const auto mark = std::min(text.find('?'), text.size());
  if (!read_path(text.substr(0, mark), found)) return std::nullopt;
  if (!read_query(text.substr(std::min(mark + 1, text.size())), found)) return std::nullopt;
  return found;
}

std::optional<std::vector<std::string>> segments_below(const target& of, std::string_view path) {
  auto at = of.segments.begin();
  for (path.remove_prefix(1); !path.empty(); ++at) {
    const auto end = path.find('/');
    if (at == of.segments.end() || *at != path.substr(0, end)) return std::nullopt;
    path.remove_prefix(end + 1);
  }
  if (at == of.segments.end()) return std::nullopt;
  return std::vector<std::string>(at, of.segments.end());
}

}  // namespace stagecoach::http

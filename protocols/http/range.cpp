#include "protocols/http/range.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "protocols/base/reader.hpp"
#include "protocols/http/head.hpp"

namespace stagecoach::http {

namespace {

constexpr std::string_view unit = "bytes=";

std::optional<std::uint64_t> number_of(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

// RFC 9110 14.1.2, 14.2: what is no range, and a method without ranges, gets the whole.
wanted_range range_of(const range_question& asked, std::uint64_t size, std::string_view tag) {
  auto text = trimmed(asked.range);
  if (asked.method != "GET" || !ascii_lower(text.substr(0, unit.size())).starts_with(unit)) return whole_body{};
  // 13.1.5: the strong comparison; a date never holds, because no answer has one.
  if (!asked.if_range.empty() && (tag.empty() || trimmed(asked.if_range) != tag)) return whole_body{};
  text = trimmed(text.substr(unit.size()));
  const auto dash = text.find('-');
  if (dash == std::string_view::npos) return whole_body{};
  const auto first = number_of(text.substr(0, dash)), last = number_of(text.substr(dash + 1));
  if (dash == 0) {
    if (!last) return whole_body{};
    const auto length = std::min(*last, size);
    if (length == 0) return no_range{};
    return octet_range{size - length, length};
  }
  const bool is_open = dash + 1 == text.size();
  if (!first || (!last && !is_open) || (last && *last < *first)) return whole_body{};
  if (*first >= size) return no_range{};
  return octet_range{*first, std::min(last.value_or(size - 1), size - 1) - *first + 1};
}

std::string content_range(const octet_range& part, std::uint64_t size) {
  return "bytes " + std::to_string(part.first) + '-' + std::to_string(part.first + part.length - 1) + '/' +
         std::to_string(size);
}

std::string content_range_of_none(std::uint64_t size) { return "bytes */" + std::to_string(size); }

}  // namespace stagecoach::http

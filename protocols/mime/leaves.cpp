#include "protocols/mime/leaves.hpp"

#include <algorithm>
#include <charconv>

#include "protocols/mime/decoded.hpp"

namespace stagecoach::mime {

namespace {

constexpr std::size_t path_numbers_max = 100;

struct level {
  std::string prefix;  // "1.2."
  std::uint32_t number = 0;
  std::uint32_t left = 0;
};

bool is_text(const part& one) {
  const bool is_shown = one.type == "text" && (one.subtype == "plain" || one.subtype == "html");
  return is_shown && one.disposition != "attachment" && !file_name(one);
}

// The number of the part behind this one and all that it holds.
std::size_t behind(const std::vector<part>& parts, std::size_t at) {
  for (std::uint64_t left = 1; left > 0 && at < parts.size(); ++at) left += parts[at].children - std::uint64_t{1};
  return at;
}

}  // namespace

std::vector<leaf> leaves_of(const part_index& index) {
  std::vector<leaf> found;
  std::vector<level> levels;
  for (std::size_t at = 0; at < index.parts.size();) {
    while (!levels.empty() && levels.back().left == 0) levels.pop_back();
    const part& one = index.parts[at];
    std::string path = "1";
    if (!levels.empty()) {
      --levels.back().left;
      path = levels.back().prefix + std::to_string(++levels.back().number);
    }
    if (one.is_multipart()) {
      levels.push_back({at == 0 ? "" : path + ".", 0, one.children});
      ++at;
    } else {
      found.push_back({std::move(path), at, is_text(one)});
      at = behind(index.parts, at);
    }
  }
  return found;
}

bool has_attachments(const part_index& index) {
  const auto leaves = leaves_of(index);
  return std::any_of(leaves.begin(), leaves.end(), [](const leaf& one) { return !one.is_text; });
}

std::optional<std::vector<std::uint32_t>> parse_part_path(std::string_view path) {
  std::vector<std::uint32_t> numbers;
  if (path == "0") return numbers;
  if (path.starts_with("0.")) path.remove_prefix(2);
  while (numbers.size() < path_numbers_max) {
    std::uint32_t one = 0;
    const auto [end, error] = std::from_chars(path.data(), path.data() + path.size(), one);
    if (error != std::errc() || path.front() == '0') return std::nullopt;  // one spelling for each
    numbers.push_back(one);
    path.remove_prefix(static_cast<std::size_t>(end - path.data()));
    if (path.empty()) return numbers;
    if (path.front() != '.') return std::nullopt;
    path.remove_prefix(1);
  }
  return std::nullopt;
}

}  // namespace stagecoach::mime

#include "protocols/mime/message_id.hpp"

#include <algorithm>
#include <iterator>

#include "protocols/mime/lexer.hpp"
#include "protocols/mime/part_limits.hpp"

namespace stagecoach::mime {

std::vector<std::string> parse_message_ids(std::string_view value, std::size_t ids_max) {
  std::vector<std::string_view> found;
  for (std::size_t at = value.find('<'); at != std::string_view::npos; at = value.find('<', at)) {
    const auto end = value.find_first_of("<>", at + 1);
    if (end == std::string_view::npos) break;
    if (value[end] == '>' && end > at + 1) found.push_back(value.substr(at + 1, end - at - 1));
    at = end;
  }
  const auto whole = trimmed(value);
  const bool is_word =
      std::none_of(whole.begin(), whole.end(), [](char c) { return is_space(c) || c == '<' || c == '>'; });
  if (found.empty() && is_word && !whole.empty()) found.push_back(whole);

  std::vector<std::string> ids;
  const std::size_t count = std::min(found.size(), ids_max);
  for (auto one = found.end() - static_cast<std::ptrdiff_t>(count); one != found.end(); ++one) {
    std::string id;
    std::copy_if(one->begin(), one->end(), std::back_inserter(id), [](char c) { return !is_space(c); });
    if (!id.empty() && id.size() <= id_bytes_max) ids.push_back(std::move(id));
  }
  return ids;
}

}  // namespace stagecoach::mime

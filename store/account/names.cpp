#include "store/account/names.hpp"

#include <algorithm>

namespace stagecoach::store {

namespace {
constexpr std::string_view inbox = "inbox";

bool equals_without_case(std::string_view text, std::string_view lower) {
  return std::equal(text.begin(), text.end(), lower.begin(), lower.end(),
                    [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b; });
}
}  // namespace

std::string stored_mailbox_name(std::string_view name) {
  std::string stored(name);
  const auto first_level = name.substr(0, name.find('/'));
  if (equals_without_case(first_level, inbox)) stored.replace(0, inbox.size(), "Inbox");
  return stored;
}

bool is_mailbox_name(std::string_view name) {
  if (name.empty() || name.size() > mailbox_name_bytes_max) return false;
  if (name.front() == '/' || name.back() == '/' || name.find("//") != std::string_view::npos) return false;
  const auto is_control = [](char c) { return (c >= '\0' && c < ' ') || c == '\x7f'; };
  return std::none_of(name.begin(), name.end(), is_control) && stored_mailbox_name(name) == name;
}

std::vector<std::string> with_parents(std::string_view name) {
  std::vector<std::string> names;
  for (auto at = name.find('/'); at != std::string_view::npos; at = name.find('/', at + 1))
    names.emplace_back(name.substr(0, at));
  names.emplace_back(name);
  return names;
}

}  // namespace stagecoach::store

#include "store/account/names.hpp"

#include <algorithm>

#include "protocols/base/reader.hpp"
#include "protocols/base/utf8.hpp"
#include "protocols/text/normal_form.hpp"

namespace stagecoach::store {

namespace {

// One character of well-formed UTF-8. RFC 6855 3: U+0000-001F, U+007F-009F, U+2028, U+2029.
bool is_control(std::string_view one) {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(one[at]); };
  if (one.size() == 1) return byte(0) < 0x20 || byte(0) == 0x7f;
  if (one.size() == 2) return byte(0) == 0xc2 && byte(1) < 0xa0;
  return one == "\xe2\x80\xa8" || one == "\xe2\x80\xa9";
}

bool has_control(std::string_view name) {
  while (!name.empty()) {
    const auto bytes = next_utf8(name).bytes;
    if (is_control(name.substr(0, bytes))) return true;
    name.remove_prefix(bytes);
  }
  return false;
}

}  // namespace

std::string stored_mailbox_name(std::string_view name) {
  std::string stored = is_utf8(name) ? to_nfc(name) : std::string(name);
  if (equal_nocase(std::string_view(stored).substr(0, stored.find('/')), inbox_name))
    stored.replace(0, inbox_name.size(), inbox_name);
  return stored;
}

bool is_mailbox_name(std::string_view name) {
  if (name.empty() || name.size() > mailbox_name_bytes_max || !is_utf8(name)) return false;
  if (name.front() == '/' || name.back() == '/' || name.find("//") != std::string_view::npos) return false;
  return !has_control(name) && stored_mailbox_name(name) == name;
}

bool is_below(std::string_view name, std::string_view parent) {
  return name.size() > parent.size() && name.starts_with(parent) && name[parent.size()] == '/';
}

std::vector<std::string> with_parents(std::string_view name) {
  std::vector<std::string> names;
  for (auto at = name.find('/'); at != std::string_view::npos; at = name.find('/', at + 1))
    names.emplace_back(name.substr(0, at));
  names.emplace_back(name);
  return names;
}

}  // namespace stagecoach::store

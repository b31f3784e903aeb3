#include "protocols/imap/header_fields.hpp"

#include <set>

#include "protocols/imap/tokens.hpp"

namespace stagecoach::imap {

namespace {
std::string_view field_name(std::string_view line) {
  auto name = line.substr(0, line.find(':'));
  while (!name.empty() && (name.back() == ' ' || name.back() == '\t')) name.remove_suffix(1);
  return name;
}
}  // namespace

std::string select_header_fields(std::string_view header, const std::vector<std::string>& names, field_choice choice) {
  std::set<std::string> wanted;
  for (const auto& name : names) wanted.insert(to_lower(name));
  std::string selected;
  bool is_taken = false;
  while (!header.empty()) {
    const auto end = header.find('\n');
    const auto line = header.substr(0, end == std::string_view::npos ? header.size() : end + 1);
    header.remove_prefix(line.size());
    const bool is_empty_line = line == "\r\n" || line == "\n";
    const bool is_folded = line[0] == ' ' || line[0] == '\t';
    if (is_empty_line) {
      // RFC 3501 6.4.5: the line between header and body is part of every header fetch.
      selected += line;
      break;
    }
    if (!is_folded) is_taken = wanted.contains(to_lower(field_name(line))) == (choice == field_choice::named);
    if (is_taken) selected += line;
  }
  return selected;
}

}  // namespace stagecoach::imap

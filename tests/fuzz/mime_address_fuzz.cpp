// Any value as an address list: groups begin and end in turns, the limit holds, nothing appears that was not there, and
// a list without defects, written plainly, reads as the same list.
#include <algorithm>
#include <cstdlib>

#include "protocols/mime/address.hpp"

using namespace stagecoach::mime;

namespace {

void demand(bool holds) {
  if (!holds) std::abort();
}

void put_quoted(std::string& out, const std::string& text) {
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\' || c == '\r' || c == '\n') out += '\\';
    out += c;
  }
  out += '"';
}

std::string written(const address_list& list) {
  std::string out;
  bool needs_comma = false;
  for (const auto& one : list.entries) {
    if (one.kind == address_kind::group_end) {
      out += ';';
      needs_comma = true;
      continue;
    }
    if (needs_comma) out += ", ";
    needs_comma = one.kind == address_kind::mailbox;
    if (one.kind == address_kind::group_start) {
      put_quoted(out, one.mailbox);
      out += ':';
      continue;
    }
    if (!one.name.empty()) put_quoted(out, one.name);
    out += '<';
    if (!one.route.empty()) out += one.route + ":";
    put_quoted(out, one.mailbox);
    out += "@" + one.host + ">";
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view value(reinterpret_cast<const char*>(data), size);
  constexpr std::size_t entries_max = 20;
  const auto list = parse_addresses(value, entries_max);
  demand(list.entries.size() <= entries_max + 1);
  bool is_in_group = false;
  std::size_t bytes = 0;
  for (const auto& one : list.entries) {
    bytes += one.name.size() + one.route.size() + one.mailbox.size() + one.host.size();
    if (one.kind == address_kind::mailbox) continue;
    demand(is_in_group == (one.kind == address_kind::group_end));
    is_in_group = !is_in_group;
  }
  demand(!is_in_group);
  demand(bytes <= 2 * size);
  const bool has_plain_routes = std::all_of(list.entries.begin(), list.entries.end(), [](const address_entry& one) {
    return one.route.find_first_of("\"\\<>():; ") == std::string::npos;
  });
  if (list.has_defects || list.is_cut || !has_plain_routes) return 0;
  const auto again = parse_addresses(written(list), entries_max);
  demand(!again.has_defects && again.entries == list.entries);
  return 0;
}

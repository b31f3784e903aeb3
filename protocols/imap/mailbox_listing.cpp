#include "protocols/imap/mailbox_listing.hpp"

#include <algorithm>
#include <map>
#include <string_view>

namespace stagecoach::imap {

namespace {

using names = std::map<std::string, listed_name, std::less<>>;

// The levels above a name: of a/b/c, a and a/b.
template <class Visit>
void for_each_parent(std::string_view name, Visit visit) {
  for (auto at = name.find('/'); at != std::string_view::npos; at = name.find('/', at + 1)) visit(name.substr(0, at));
}

listed_name& entry_of(names& known, std::string_view name) {
  auto& one = known[std::string(name)];
  one.name = name;
  return one;
}

bool is_selected(const listed_name& one, const list_selection& wanted) {
  if (wanted.has_special_use && (one.mailbox == nullptr || one.mailbox->special_use.empty())) return false;
  return wanted.is_lsub || wanted.is_subscribed ? one.is_subscribed : one.mailbox != nullptr;
}

names know(const mailbox_list& all) {
  names known;
  for (const auto& mailbox : all.all) {
    auto& one = entry_of(known, mailbox.name);
    one.mailbox = &mailbox;
    one.is_subscribed = mailbox.is_subscribed;
  }
  for (const auto& name : all.missing) entry_of(known, name).is_subscribed = true;
  for (const auto& mailbox : all.all)
    for_each_parent(mailbox.name, [&](std::string_view parent) {
      if (const auto found = known.find(parent); found != known.end()) found->second.has_children = true;
    });
  return known;
}

}  // namespace

std::vector<listed_name> choose_names(const mailbox_list& all, const list_selection& wanted) {
  const auto matches = [&](std::string_view name) {
    return std::any_of(wanted.patterns.begin(), wanted.patterns.end(),
                       [&](const list_pattern& one) { return one.matches(name); });
  };
  names known = know(all);
  std::vector<std::string> selected;
  for (auto& [name, one] : known) {
    one.is_selected = is_selected(one, wanted);
    if (one.is_selected) selected.push_back(name);
  }
  for (const auto& name : selected) {
    // RFC 5258 3.1: whether the name below matches the pattern does not matter. RFC 3501 6.3.9: for LSUB it does; what
    // `%` has cut off is shown by its first levels.
    if (!wanted.is_recursive && (!wanted.is_lsub || matches(name))) continue;
    for_each_parent(name, [&](std::string_view parent) { entry_of(known, parent).has_selected_below = true; });
  }
  std::vector<listed_name> chosen;
  for (auto& [name, one] : known)
    if ((one.is_selected || one.has_selected_below) && matches(name)) chosen.push_back(std::move(one));
  return chosen;
}

}  // namespace stagecoach::imap

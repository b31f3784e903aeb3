#include "actors/web/facets.hpp"

#include <algorithm>
#include <chrono>
#include <functional>
#include <utility>

#include "actors/web/shown.hpp"
#include "protocols/imap/date_time.hpp"
#include "protocols/text/collation.hpp"

namespace stagecoach::web {

namespace {

// The day that since: and until: compare.
std::int32_t year_of(unix_ms received) {
  const std::chrono::sys_days day(std::chrono::days(imap::day_of(received)));
  return static_cast<int>(std::chrono::year_month_day(day).year());
}

// A keyword with a $ means something to programs; pages show the others.
bool is_label(const std::string& keyword) { return !keyword.starts_with('$'); }

bool is_before(const api::sender_count& one, const api::sender_count& other) {
  return one.messages != other.messages ? one.messages > other.messages : one.address < other.address;
}

}  // namespace

void facets::add(const messages::message_view& message) {
  ++total_;
  if (!message.flags.has(flag::seen)) ++unread_;
  ++years_[year_of(message.received)];
  for (const auto& one : message.flags.keywords)
    if (is_label(one)) ++labels_[one];
}

void facets::add_senders(const std::vector<mime::address_entry>& from) {
  std::map<std::string, std::string> names;  // by address
  for (auto& one : shown_addresses(from))
    if (!one.address.empty()) names.emplace(fold_case(one.address), std::move(one.name));
  for (auto& [address, name] : names) add_sender({std::move(name), address, 0});
}

// Who is among the first in the end is among them from its last message on: others only gain.
void facets::add_sender(api::sender_count one) {
  one.messages = ++senders_[std::hash<std::string>()(one.address)];
  auto place = std::find_if(first_senders_.begin(), first_senders_.end(),
                            [&](const auto& other) { return other.address == one.address; });
  if (place == first_senders_.end()) {
    if (first_senders_.size() < api::senders_counted_max) return first_senders_.push_back(std::move(one));
    place = std::max_element(first_senders_.begin(), first_senders_.end(), is_before);
    if (!is_before(one, *place)) return;
  }
  *place = std::move(one);
}

api::counted facets::counted(modseq up_to) const {
  api::counted made;
  made.up_to = up_to;
  made.total = total_;
  made.unread = unread_;
  for (auto one = years_.rbegin(); one != years_.rend(); ++one) made.years.push_back({one->first, one->second});
  for (const auto& [name, messages] : labels_) made.labels.push_back({name, messages});
  std::stable_sort(made.labels.begin(), made.labels.end(),
                   [](const auto& one, const auto& other) { return one.messages > other.messages; });
  made.more_labels = static_cast<std::uint32_t>(made.labels.size());
  made.labels.resize(std::min(made.labels.size(), api::labels_counted_max));
  made.more_labels -= static_cast<std::uint32_t>(made.labels.size());
  made.senders = first_senders_;
  std::sort(made.senders.begin(), made.senders.end(), is_before);
  made.more_senders = static_cast<std::uint32_t>(senders_.size() - std::min(senders_.size(), made.senders.size()));
  return made;
}

}  // namespace stagecoach::web

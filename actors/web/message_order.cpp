#include "actors/web/message_order.hpp"

#include <algorithm>

namespace stagecoach::web {

message_order::message_order(const std::vector<located>& messages) {
  order_.reserve(messages.size());
  received_.reserve(messages.size());
  for (const auto& one : messages) put({one.mailbox, one.row.id}, one.row.received);
  sort();
}

void message_order::put(location message, unix_ms received) {
  order_.push_back({received, message});
  received_.push_back({message, received});
}

void message_order::sort() {
  std::sort(order_.begin(), order_.end());
  std::sort(received_.begin(), received_.end(), [](const moment& a, const moment& b) { return a.message < b.message; });
}

std::vector<location> message_order::window(std::uint32_t from, std::uint32_t count) const {
  std::vector<location> found;
  const std::uint32_t end = from + std::min(count, total() - std::min(from, total()));
  for (std::uint32_t at = from; at < end; ++at) found.push_back(order_[order_.size() - 1 - at].message);
  return found;
}

std::vector<message_order::moment>::const_iterator message_order::find(location message) const {
  return std::lower_bound(received_.begin(), received_.end(), message,
                          [](const moment& one, const location& wanted) { return one.message < wanted; });
}

bool message_order::contains(location message) const {
  const auto found = find(message);
  return found != received_.end() && found->message == message;
}

uid_set message_order::all_of(mailbox_id mailbox) const {
  uid_set uids;
  for (auto one = find({mailbox, uid()}); one != received_.end() && one->message.mailbox == mailbox; ++one)
    uids.add(one->message.message);
  return uids;
}

std::optional<std::uint32_t> message_order::add(location message, unix_ms received) {
  const auto found = find(message);
  if (found != received_.end() && found->message == message) return std::nullopt;
  received_.insert(found, {message, received});
  const entry added{received, message};
  return place(order_.insert(std::lower_bound(order_.begin(), order_.end(), added), added));
}

std::optional<std::uint32_t> message_order::remove(location message) {
  const auto found = find(message);
  if (found == received_.end() || found->message != message) return std::nullopt;
  const auto at = std::lower_bound(order_.begin(), order_.end(), entry{found->received, message});
  const auto was = place(at);
  order_.erase(at);
  received_.erase(found);
  return was;
}

void message_order::replace(mailbox_id mailbox, const std::vector<messages::message_view>& messages) {
  std::erase_if(order_, [&](const entry& one) { return one.message.mailbox == mailbox; });
  std::erase_if(received_, [&](const moment& one) { return one.message.mailbox == mailbox; });
  for (const auto& one : messages) put({mailbox, one.id}, one.received);
  sort();
}

}  // namespace stagecoach::web

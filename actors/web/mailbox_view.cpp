#include "actors/web/mailbox_view.hpp"

#include <algorithm>

namespace stagecoach::web {

mailbox_view::mailbox_view(const std::vector<messages::message_view>& messages) {
  order_.reserve(messages.size());
  received_.reserve(messages.size());
  for (const auto& one : messages) {
    order_.push_back({one.received, one.id});
    received_.push_back({one.id, one.received});
  }
  std::sort(order_.begin(), order_.end());
  std::sort(received_.begin(), received_.end(), [](const moment& a, const moment& b) { return a.message < b.message; });
}

std::vector<uid> mailbox_view::window(std::uint32_t from, std::uint32_t count) const {
  std::vector<uid> found;
  const std::uint32_t end = from + std::min(count, total() - std::min(from, total()));
  for (std::uint32_t at = from; at < end; ++at) found.push_back(order_[order_.size() - 1 - at].message);
  return found;
}

std::vector<mailbox_view::moment>::const_iterator mailbox_view::find(uid message) const {
  return std::lower_bound(received_.begin(), received_.end(), message,
                          [](const moment& one, uid wanted) { return one.message < wanted; });
}

bool mailbox_view::contains(uid message) const {
  const auto found = find(message);
  return found != received_.end() && found->message == message;
}

uid_set mailbox_view::all() const {
  uid_set uids;
  for (const auto& one : received_) uids.add(one.message);
  return uids;
}

std::optional<std::uint32_t> mailbox_view::add(uid message, unix_ms received) {
  const auto found = find(message);
  if (found != received_.end() && found->message == message) return std::nullopt;
  received_.insert(found, {message, received});
  const entry added{received, message};
  return place(order_.insert(std::lower_bound(order_.begin(), order_.end(), added), added));
}

std::optional<std::uint32_t> mailbox_view::remove(uid message) {
  const auto found = find(message);
  if (found == received_.end() || found->message != message) return std::nullopt;
  const auto at = std::lower_bound(order_.begin(), order_.end(), entry{found->received, message});
  const auto was = place(at);
  order_.erase(at);
  received_.erase(found);
  return was;
}

}  // namespace stagecoach::web

// The order of messages in a list, newest first: by when they were received, then by mailbox and UID. Knows no actor. A
// place counts from 0 at the top. 32 octets a message; adding the newest is O(1).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "messages/changes.hpp"

namespace stagecoach::web {

// A message where it is.
struct located {
  mailbox_id mailbox;
  messages::message_view row;
};
struct location {
  mailbox_id mailbox;
  uid message;
  friend auto operator<=>(const location&, const location&) = default;
};

class message_order {
 public:
  explicit message_order(const std::vector<located>& messages);

  [[nodiscard]] std::uint32_t total() const { return static_cast<std::uint32_t>(order_.size()); }
  // Those at `from` and behind it, at most `count`.
  [[nodiscard]] std::vector<location> window(std::uint32_t from, std::uint32_t count) const;
  [[nodiscard]] unix_ms received_at(std::uint32_t place) const { return order_[order_.size() - 1 - place].received; }
  // Its place; none: it was there already.
  std::optional<std::uint32_t> add(location message, unix_ms received);
  // The place that it had; none: it is not there.
  std::optional<std::uint32_t> remove(location message);
  // Those of one mailbox are these now.
  void replace(mailbox_id mailbox, const std::vector<messages::message_view>& messages);
  [[nodiscard]] bool contains(location message) const;
  [[nodiscard]] uid_set all_of(mailbox_id mailbox) const;

 private:
  struct entry {
    unix_ms received;
    location message;
    friend auto operator<=>(const entry&, const entry&) = default;
  };
  struct moment {
    location message;
    unix_ms received;
  };
  using order = std::vector<entry>;
  void put(location message, unix_ms received);
  void sort();
  [[nodiscard]] std::uint32_t place(order::const_iterator at) const {
    return static_cast<std::uint32_t>(order_.end() - at - 1);
  }
  [[nodiscard]] std::vector<moment>::const_iterator find(location message) const;

  order order_;                   // oldest first
  std::vector<moment> received_;  // by where they are
};

}  // namespace stagecoach::web

template <>
struct std::hash<stagecoach::web::location> {
  std::size_t operator()(const stagecoach::web::location& one) const noexcept {
    return std::hash<std::uint64_t>{}(std::uint64_t{one.mailbox.value} << 32U | one.message.value);
  }
};

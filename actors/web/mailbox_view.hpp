// The order of a mailbox in a list, newest first: by when its messages were received, then by UID. Knows no actor. A
// place counts from 0 at the top. 16 octets a message and 8 for finding it; adding the newest is O(1).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "messages/changes.hpp"

namespace stagecoach::web {

class mailbox_view {
 public:
  explicit mailbox_view(const std::vector<messages::message_view>& messages);

  [[nodiscard]] std::uint32_t total() const { return static_cast<std::uint32_t>(order_.size()); }
  // Those at `from` and behind it, at most `count`.
  [[nodiscard]] std::vector<uid> window(std::uint32_t from, std::uint32_t count) const;
  // Its place; none: it was there already.
  std::optional<std::uint32_t> add(uid message, unix_ms received);
  // The place that it had; none: it is not there.
  std::optional<std::uint32_t> remove(uid message);
  [[nodiscard]] bool contains(uid message) const;
  [[nodiscard]] uid_set all() const;

 private:
  struct entry {
    unix_ms received;
    uid message;
    friend auto operator<=>(const entry&, const entry&) = default;
  };
  struct moment {
    uid message;
    unix_ms received;
  };
  using order = std::vector<entry>;
  [[nodiscard]] std::uint32_t place(order::const_iterator at) const {
    return static_cast<std::uint32_t>(order_.end() - at - 1);
  }
  [[nodiscard]] std::vector<moment>::const_iterator find(uid message) const;

  order order_;                   // oldest first
  std::vector<moment> received_;  // by UID
};

}  // namespace stagecoach::web

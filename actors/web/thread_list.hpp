// A mailbox as a list of threads, the one with the newest message first. A thread is one row, its newest message, or
// when it is expanded a row for each, the oldest first. Knows no actor. Adding and removing costs what a mailbox_view
// costs, the length of the thread, and how many are expanded. A thread is cut at 1000 messages, since a row names all
// that it stands for: each that comes then is a thread of its own.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>
#include <variant>
#include <vector>

#include "messages/changes.hpp"

namespace stagecoach::web {

class thread_list {
 public:
  struct row {
    uid message;
    message_id thread;
    std::uint32_t depth = 0;          // of an expanded thread: how far below its first message
    std::vector<uid> hidden;          // the others of its thread, which it stands for
    std::uint32_t hidden_unread = 0;  // of those
    friend bool operator==(const row&, const row&) = default;
  };
  struct removed {
    std::uint32_t at = 0;
    uid message;
    friend bool operator==(const removed&, const removed&) = default;
  };
  struct added {
    std::uint32_t at = 0;
    row what;
    friend bool operator==(const added&, const added&) = default;
  };
  // Each place is as of the steps before it.
  using steps = std::vector<std::variant<removed, added>>;

  thread_list() = default;
  explicit thread_list(const std::vector<messages::message_view>& messages);
  // The same threads expanded, of other messages.
  [[nodiscard]] thread_list with(const std::vector<messages::message_view>& messages) const;

  [[nodiscard]] std::uint32_t total() const;
  [[nodiscard]] uid_set all() const;  // messages, also those without a row
  [[nodiscard]] std::vector<row> window(std::uint32_t from, std::uint32_t count) const;
  [[nodiscard]] bool shows(uid message) const;  // as a row of its own
  // What the rows of the touched threads become. Messages that are not known, or known already, are passed over.
  [[nodiscard]] steps apply(const std::vector<messages::change>& changes);
  // Nothing, when there is no such thread or it is so already.
  [[nodiscard]] steps expand(message_id id, bool is_expanded);

 private:
  struct member {
    uid message;
    unix_ms received;
    message_id id;
    message_id parent;
    bool is_unread = false;
  };
  struct thread {
    std::vector<member> members;  // oldest first
    bool is_expanded = false;
  };
  // Of a thread's newest message.
  struct rank {
    unix_ms received;
    uid message;
    message_id of;
    friend auto operator<=>(const rank&, const rank&) = default;
  };

  [[nodiscard]] message_id thread_for(const messages::message_view& message) const;
  message_id put(const messages::message_view& message);  // into which thread
  void take(uid message);
  void note(uid message, const message_flags& flags);
  [[nodiscard]] static rank rank_of(message_id id, const thread& of);
  [[nodiscard]] static std::vector<row> rows_of(message_id id, const thread& of);
  [[nodiscard]] std::uint32_t place_of(const rank& of) const;
  // Its rows go, what changes is changed, its rows come.
  void retract(message_id id, steps& out);
  void present(message_id id, steps& out);

  std::unordered_map<message_id, thread> threads_;
  std::unordered_map<uid, message_id> thread_of_;
  std::vector<rank> order_;                                 // oldest first
  std::map<rank, std::uint32_t, std::greater<>> expanded_;  // newest first: how many rows each has beyond the first
};

}  // namespace stagecoach::web

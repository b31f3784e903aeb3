// Which messages of a thread are shown, by the rows under its hash (store/keys.hpp). Knows no actor.
#pragma once

#include <cstdint>
#include <vector>

#include "actors/web/message_order.hpp"
#include "messages/store.hpp"

namespace stagecoach::web {

// Rows that are read of one thread. One that has more is somebody's jest, or an archive's.
inline constexpr std::uint32_t thread_rows_max = 2'000;

struct thread_members {
  std::vector<location> messages;  // the oldest first
  bool is_cut = false;             // it has others, too
};

// The newest of `rows`, at most api::thread_messages_max, and always `named`, whose own row may be among them or not.
[[nodiscard]] thread_members members_of(message_id thread, const located& named,
                                        const std::vector<messages::stored_row>& rows);

}  // namespace stagecoach::web

// What says which messages belong together (mail-server-behaviour 5.5): ids and the base subject, as short keys that
// the store can look up. Different texts may have the same key once in some billions of messages.
#pragma once

#include <cstdint>
#include <vector>

#include "protocols/mime/part_index.hpp"

namespace stagecoach::mime {

inline constexpr std::size_t thread_references_max = 20;  // the nearest ancestors: one of them is there or none

struct threading {
  std::uint64_t id = 0;                   // of Message-ID; 0: there is none
  std::vector<std::uint64_t> references;  // nearest first; of In-Reply-To when there are no References
  std::uint64_t subject = 0;              // of the base subject; 0: it is empty
  bool is_reply = false;                  // the subject says so
  bool is_report = false;                 // of a delivery: its subject is its own
  friend bool operator==(const threading&, const threading&) = default;
};

[[nodiscard]] threading threading_of(const part_index& message);

}  // namespace stagecoach::mime

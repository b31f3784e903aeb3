#include "protocols/imap/session_state.hpp"

#include <algorithm>

namespace stagecoach::imap {

namespace {
// Most answers fit here, and are written without being moved line by line.
constexpr std::size_t first_room = 240;
}  // namespace

void outbox::text(std::string_view bytes) {
  if (bytes.empty()) return;
  unsent_ += bytes.size();
  auto* last = outputs_.last();
  if (last == nullptr || !std::holds_alternative<send>(*last)) {
    outputs_.put(send{});
    last = outputs_.last();
    std::get<send>(*last).bytes.reserve(std::max(bytes.size() + 2, first_room));
  }
  std::get<send>(*last).bytes += bytes;
}

void outbox::line(std::string_view bytes) {
  text(bytes);
  text("\r\n");
}

bool outbox::is_full() const { return unsent_ >= unsent_max_; }

void session_state::leave_selected() {
  if (!selected) return;
  selected.reset();
  out.put(leave_mailbox{});
}

}  // namespace stagecoach::imap

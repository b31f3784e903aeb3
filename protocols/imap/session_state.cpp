#include "protocols/imap/session_state.hpp"

namespace stagecoach::imap {

void outbox::text(std::string_view bytes) {
  if (bytes.empty()) return;
  unsent_ += bytes.size();
  if (!outputs_.empty()) {
    if (auto* last = std::get_if<send>(&outputs_.back())) {
      last->bytes += bytes;
      return;
    }
  }
  outputs_.push_back(send{std::string(bytes)});
}

void outbox::line(std::string_view bytes) {
  text(bytes);
  text("\r\n");
}

std::optional<output> outbox::next() {
  if (outputs_.empty()) return std::nullopt;
  auto first = std::move(outputs_.front());
  outputs_.pop_front();
  return first;
}

bool outbox::is_full() const { return unsent_ >= unsent_max_; }

void session_state::leave_selected() {
  if (!selected) return;
  selected.reset();
  out.put(leave_mailbox{});
}

}  // namespace stagecoach::imap

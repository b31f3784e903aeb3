// Opening and closing mailboxes while commits are on their way. The rows that a scan finds may lack what was handed out
// and is not durable, and may have it: laying the last state of every such message over them gives the same in both
// cases.
#include <utility>

#include "protocols/base/record.hpp"
#include "store/account/counts.hpp"
#include "store/account/state.hpp"
#include "store/account/views.hpp"
#include "store/keys.hpp"

namespace stagecoach::store {

bool account_state::is_open(mailbox_id mailbox) const {
  const auto at = mailboxes_.find(mailbox);
  return at != mailboxes_.end() && std::holds_alternative<open>(at->second.content);
}

void account_state::begin_open(mailbox_id mailbox) {
  auto& content = live(mailbox).content;
  auto* was = std::get_if<closed>(&content);
  CHECK(was != nullptr);
  content = opening{{}, std::move(was->recent)};
}

result<done, failure> account_state::add_rows(mailbox_id mailbox, const messages::scanned_rows& found) {
  live_mailbox& box = live(mailbox);
  auto* content = std::get_if<opening>(&box.content);
  CHECK(content != nullptr);
  if (found.generation != generation_)
    return failure{fault_code::busy, place(box.row.name) + " was read from a store that has been opened anew"};
  for (const auto& [key, value] : found.rows) {
    const auto parts = parse_account_key(key);
    if (!parts || key != message_key(account_, mailbox, parts->message) || parts->message.value == 0)
      return failure{fault_code::corrupt, "the key " + to_hex(key) + " is not of a message in " + place(box.row.name)};
    auto row = read_record<message_row>(value);
    if (!row)
      return failure{fault_code::corrupt, "message " + std::to_string(parts->message.value) + " of " +
                                              place(box.row.name) +
                                              " cannot be read: " + std::string(row.error().what)};
    content->read.insert_or_assign(content->read.end(), parts->message, std::move(*row));
  }
  return done{};
}

result<transition<opened_mailbox>, failure> account_state::finish_open(mailbox_id mailbox) {
  live_mailbox& box = live(mailbox);
  auto* content = std::get_if<opening>(&box.content);
  CHECK(content != nullptr);
  message_index messages = std::move(content->read);
  for (const auto& [id, recent] : content->recent) {
    if (recent.row)
      messages.insert_or_assign(id, *recent.row);
    else
      messages.erase(id);
  }

  opened_mailbox opened{status_of(mailbox), {}};
  opened.messages.reserve(messages.size());
  messages::mailbox_counts counts;
  bool is_in_bounds = true;
  for (const auto& [id, row] : messages) {
    count_in(counts, {row.flags, row.size()});
    is_in_bounds =
        is_in_bounds && id < box.row.next_uid && row.created <= row.changed && row.changed <= box.row.changed;
    opened.messages.push_back(view_of(id, row));
  }
  if (!is_in_bounds || counts != box.row.counts)
    return failure{fault_code::corrupt, "the messages found in " + place(box.row.name) +
                                            " are not those that it has; run `stagecoach verify`"};
  box.content = open{std::move(messages)};
  return unchanged(std::move(opened));
}

void account_state::close_mailbox(mailbox_id mailbox) {
  live_mailbox& box = live(mailbox);
  recent_messages recent;
  // What an opening gathered is still of use while it is not durable; of an open mailbox it is gathered now.
  if (auto* content = std::get_if<opening>(&box.content)) {
    recent = std::move(content->recent);
    std::erase_if(recent, [&](const auto& one) { return one.second.sequence <= durable_; });
  } else if (auto* all = std::get_if<open>(&box.content)) {
    for (const auto& written : in_flight_) {
      if (written.mailbox != mailbox) continue;
      written.uids.for_each([&](uid id) {
        const auto at = all->messages.find(id);
        recent.insert_or_assign(
            id, recent_message{written.sequence, at == all->messages.end() ? std::nullopt : std::optional(at->second)});
      });
    }
  } else {
    CHECK(!"closed twice");
  }
  box.content = closed{std::move(recent)};
}

void account_state::committed(std::uint64_t sequence) {
  CHECK(sequence > durable_ && sequence <= last_sequence_);
  durable_ = sequence;
  forget_threads();
  for (; !in_flight_.empty() && in_flight_.front().sequence <= sequence; in_flight_.pop_front()) {
    const auto& written = in_flight_.front();
    const auto box = mailboxes_.find(written.mailbox);
    if (box == mailboxes_.end()) continue;  // it was deleted
    // An opening keeps what it has: its scan may have happened before this commit.
    auto* content = std::get_if<closed>(&box->second.content);
    if (content == nullptr) continue;
    written.uids.for_each([&](uid id) {
      const auto at = content->recent.find(id);
      if (at != content->recent.end() && at->second.sequence <= sequence) content->recent.erase(at);
    });
  }
}

}  // namespace stagecoach::store

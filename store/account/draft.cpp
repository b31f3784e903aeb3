#include "store/account/draft.hpp"

#include <algorithm>

#include "protocols/base/record.hpp"
#include "store/account/counts.hpp"
#include "store/account/keywords.hpp"
#include "store/account/threads.hpp"
#include "store/account/views.hpp"
#include "store/keys.hpp"

namespace stagecoach::store {

account_state::draft::draft(account_state& state, const trace_context& trace)
    : state_(state), changed_(state.row_.highest.next()) {
  commit_.trace = trace;
  commit_.generation = state.generation_;
}

account_state::draft::draft(account_state& state) : state_(state), changed_(state.row_.highest) {
  commit_.generation = state.generation_;
}

message_id account_state::draft::new_message_id() { return state_.row_.last_message = state_.row_.last_message.next(); }

uid account_state::draft::add(mailbox_id mailbox, message_row row, std::string content_record) {
  live_mailbox& box = state_.live(mailbox);
  touched_mailbox& touched = touched_[mailbox];
  const uid id = box.row.next_uid;
  box.row.next_uid = id.next();
  row.created = changed_;
  row.changed = changed_;
  count_in(box.row.counts, {row.flags, row.size()});
  state_.row_.bytes_used += row.size();
  merge_keywords(box.row.keywords, row.flags.keywords);
  put(message_key(state_.account_, mailbox, id), write_record(row));
  put(content_key(state_.account_, mailbox, id), std::move(content_record));
  put_threads(mailbox, id, row);
  touched.uids.add(id);
  if (auto* content = std::get_if<open>(&box.content)) {
    touched.entries.emplace_back(messages::added{view_of(id, row)});
    content->messages.emplace_hint(content->messages.end(), id, std::move(row));
    return id;
  }
  // Not open: kept until it is durable, for an opening that may read the rows without it.
  const recent_message recent{state_.last_sequence_ + 1, std::move(row)};
  if (auto* content = std::get_if<closed>(&box.content)) content->recent.insert_or_assign(id, recent);
  if (auto* content = std::get_if<opening>(&box.content)) content->recent.insert_or_assign(id, recent);
  return id;
}

void account_state::draft::set_flags(mailbox_id mailbox, uid id, message_flags flags) {
  live_mailbox& box = state_.live(mailbox);
  message_row& row = state_.messages_of(mailbox).at(id);
  touched_mailbox& touched = touched_[mailbox];
  count_out(box.row.counts, {row.flags, row.size()});
  row.flags = std::move(flags);
  row.changed = changed_;
  count_in(box.row.counts, {row.flags, row.size()});
  merge_keywords(box.row.keywords, row.flags.keywords);
  put(message_key(state_.account_, mailbox, id), write_record(row));
  touched.uids.add(id);
  touched.entries.emplace_back(messages::flags_changed{id, row.flags, changed_});
}

void account_state::draft::put_threads(mailbox_id mailbox, uid id, const message_row& row) {
  const auto one = thread_row_of(row);
  for (auto& key : thread_keys(state_.account_, mailbox, id, row)) {
    put(key, write_record(one));
    state_.remember_thread(std::move(key), one);
  }
}

void account_state::draft::erase_threads(mailbox_id mailbox, uid id, const message_row& row) {
  for (auto& key : thread_keys(state_.account_, mailbox, id, row)) {
    erase(key);
    state_.remember_thread(std::move(key), std::nullopt);
  }
}

// Its content is the caller's business.
message_row account_state::draft::take_out(mailbox_id mailbox, uid id) {
  live_mailbox& box = state_.live(mailbox);
  message_index& messages = state_.messages_of(mailbox);
  touched_mailbox& touched = touched_[mailbox];
  const auto at = messages.find(id);
  CHECK(at != messages.end());
  message_row row = std::move(at->second);
  messages.erase(at);
  count_out(box.row.counts, {row.flags, row.size()});
  CHECK(state_.row_.bytes_used >= row.size());
  state_.row_.bytes_used -= row.size();
  erase(message_key(state_.account_, mailbox, id));
  erase_threads(mailbox, id, row);
  put(tombstone_key(state_.account_, mailbox, id), write_record(tombstone_row{row.message, row.created, changed_}));
  touched.uids.add(id);
  touched.entries.emplace_back(messages::expunged{id, changed_});
  return row;
}

void account_state::draft::remove(mailbox_id mailbox, uid id) {
  message_row row = take_out(mailbox, id);
  row.changed = changed_;
  put(removed_key(state_.account_, mailbox, id), write_record(row));
  state_.removed_[mailbox].emplace(id, removed_message{changed_, row.blob, row.blob_bytes});
}

void account_state::draft::release(mailbox_id mailbox, modseq up_to) {
  const auto all = state_.removed_.find(mailbox);
  if (all == state_.removed_.end()) return;
  std::erase_if(all->second, [&](const auto& one) {
    const auto& [id, removed] = one;
    if (removed.changed > up_to) return false;
    erase(removed_key(state_.account_, mailbox, id));
    erase(content_key(state_.account_, mailbox, id));
    use({removed.blob, -1, {}, removed.blob_bytes});
    return true;
  });
  if (all->second.empty()) state_.removed_.erase(all);
}

void account_state::draft::tell_of(mailbox_id mailbox) {
  told_.trace = commit_.trace;
  if (state_.live(mailbox).row.is_expunged)
    told_.removed.push_back(mailbox);
  else
    told_.changed.push_back(state_.status_of(mailbox));
}

std::vector<mailbox_changes> account_state::draft::hand_out() {
  CHECK(!is_empty());
  const std::uint64_t sequence = ++state_.last_sequence_;
  state_.row_.highest = changed_;
  std::vector<mailbox_changes> changes;
  for (auto& [id, touched] : touched_) {
    live_mailbox& box = state_.live(id);
    box.row.changed = changed_;
    put(mailbox_key(state_.account_, id), write_record(box.row));
    if (state_.is_watched_) tell_of(id);
    if (box.row.is_expunged) continue;  // who looks at it hears that it is gone
    if (std::holds_alternative<open>(box.content))
      changes.push_back({id, {commit_.trace, changed_, std::move(touched.entries), state_.status_of(id)}});
    if (!touched.uids.empty()) state_.in_flight_.push_back({sequence, id, std::move(touched.uids)});
  }
  put(account_key(state_.account_), write_record(state_.row_));
  forget_removed_mailboxes();
  return changes;
}

}  // namespace stagecoach::store

// Which thread a new message belongs to (mail-server-behaviour 5.5). What it is found by is read from the store before
// the transition; what was handed out and may not have been read is laid over it.
#include "store/account/threads.hpp"

#include <algorithm>
#include <map>

#include "protocols/base/record.hpp"
#include "store/account/state.hpp"
#include "store/keys.hpp"

namespace stagecoach::store {

namespace {

constexpr std::int64_t day_ms = 24 * 60 * 60 * 1000;
constexpr std::int64_t subject_before_ms = 28 * day_ms;  // how much older than an answer by subject it may be
constexpr std::int64_t subject_after_ms = day_ms;

using found_rows = std::map<std::string, thread_row, std::less<>>;

// The last one whose key begins with the prefix and that is acceptable.
template <class Accept>
const thread_row* last_of(const found_rows& rows, const std::string& prefix, Accept accept) {
  const thread_row* last = nullptr;
  for (auto at = rows.lower_bound(prefix); at != rows.end() && at->first.starts_with(prefix); ++at)
    if (accept(at->second)) last = &at->second;
  return last;
}

}  // namespace

std::vector<std::uint64_t> thread_hashes(const message_row& row) {
  std::vector<std::uint64_t> hashes;
  if (row.thread.value == 0) return hashes;  // of before there were threads
  for (const auto one : {row.id_hash, row.subject_hash, thread_hash(row.thread)})
    if (one != 0 && std::find(hashes.begin(), hashes.end(), one) == hashes.end()) hashes.push_back(one);
  return hashes;
}

std::vector<std::string> thread_keys(account_id account, mailbox_id mailbox, uid message, const message_row& row) {
  std::vector<std::string> keys;
  for (const auto hash : thread_hashes(row)) keys.push_back(thread_key(account, hash, mailbox, message));
  return keys;
}

std::vector<std::string> account_state::related_prefixes(const mime::threading& of, std::string_view mailbox) const {
  std::vector<std::string> all;
  if (of.id != 0) all.push_back(threads_prefix(account_, of.id));
  for (const auto one : of.references) all.push_back(threads_prefix(account_, one));
  const auto box = find(mailbox);
  if (of.references.empty() && of.is_reply && of.subject != 0 && box)
    all.push_back(threads_prefix(account_, of.subject, *box));
  return all;
}

void account_state::join_thread(message_row& row, const mime::threading& of, std::string_view mailbox_name,
                                const messages::scanned_rows& related) const {
  const auto mailbox = find(mailbox_name);
  row.id_hash = of.id;
  row.subject_hash = of.subject;
  found_rows rows;
  for (const auto& [key, value] : related.rows)
    if (auto one = read_record<thread_row>(value)) rows.insert_or_assign(key, *one);
  for (const auto& prefix : related_prefixes(of, mailbox_name)) {
    for (auto at = recent_threads_.lower_bound(prefix); at != recent_threads_.end() && at->first.starts_with(prefix);
         ++at) {
      if (at->second.row)
        rows.insert_or_assign(at->first, *at->second.row);
      else
        rows.erase(at->first);
    }
  }
  const auto any = [](const thread_row&) { return true; };
  const auto of_same_subject = [&](const thread_row& one) { return of.is_report || one.subject_hash == of.subject; };
  const auto of_same_time = [&](const thread_row& one) {
    const auto later = row.received.value - one.received.value;
    return later <= subject_before_ms && later >= -subject_after_ms;
  };
  const thread_row* found = of.id == 0 ? nullptr : last_of(rows, threads_prefix(account_, of.id), any);
  for (std::size_t i = 0; found == nullptr && i < of.references.size(); ++i)
    found = last_of(rows, threads_prefix(account_, of.references[i]), of_same_subject);
  if (found == nullptr && of.references.empty() && of.is_reply && of.subject != 0 && mailbox)
    found = last_of(rows, threads_prefix(account_, of.subject, *mailbox), of_same_time);
  row.thread = found != nullptr ? found->thread : row.message;
  row.parent = found != nullptr ? found->message : message_id();
}

std::uint64_t account_state::begin_lookup() { return *lookups_.insert(durable_); }

void account_state::end_lookup(std::uint64_t began) {
  const auto one = lookups_.find(began);
  CHECK(one != lookups_.end());
  lookups_.erase(one);
  forget_threads();
}

// What every lookup that is on its way has seen, or will be told by the store.
void account_state::forget_threads() {
  const auto seen = lookups_.empty() ? durable_ : *lookups_.begin();
  for (; !recent_order_.empty() && recent_order_.front().first <= seen; recent_order_.pop_front()) {
    const auto one = recent_threads_.find(recent_order_.front().second);
    if (one != recent_threads_.end() && one->second.sequence <= seen) recent_threads_.erase(one);
  }
}

void account_state::remember_thread(std::string key, std::optional<thread_row> row) {
  const auto sequence = last_sequence_ + 1;
  recent_order_.emplace_back(sequence, key);
  recent_threads_.insert_or_assign(std::move(key), recent_thread{sequence, row});
}

}  // namespace stagecoach::store

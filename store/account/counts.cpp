#include "store/account/counts.hpp"

#include "protocols/base/check.hpp"

namespace stagecoach::store {

namespace {

// What one message adds: nothing else knows the rule.
messages::mailbox_counts counts_of(const counted_message& one) {
  const bool is_deleted = one.flags.has(flag::deleted);
  const bool is_seen = one.flags.has(flag::seen);
  messages::mailbox_counts counts;
  counts.total = is_deleted ? 0 : 1;
  counts.deleted = is_deleted ? 1 : 0;
  counts.unseen = is_seen ? 0 : 1;
  counts.unread = is_seen || is_deleted ? 0 : 1;
  counts.size = one.size;
  return counts;
}

template <class Number>
void take(Number& from, Number what) {
  CHECK(from >= what);
  from = static_cast<Number>(from - what);
}

}  // namespace

void count_in(messages::mailbox_counts& counts, const counted_message& one) {
  const auto more = counts_of(one);
  counts.total += more.total;
  counts.deleted += more.deleted;
  counts.unseen += more.unseen;
  counts.unread += more.unread;
  counts.size += more.size;
}

void count_out(messages::mailbox_counts& counts, const counted_message& one) {
  const auto less = counts_of(one);
  take(counts.total, less.total);
  take(counts.deleted, less.deleted);
  take(counts.unseen, less.unseen);
  take(counts.unread, less.unread);
  take(counts.size, less.size);
}

}  // namespace stagecoach::store

// EXPUNGE and UID EXPUNGE (RFC 9051 6.4.3, 6.4.9): the row goes, a tombstone stays for whoever asks what has happened
// since a modseq (RFC 7162). What other sessions may still read of the message (RFC 2180 4.1.2) stays until release().
#include "protocols/base/check.hpp"
#include "store/account/draft.hpp"

namespace stagecoach::store {

transition<messages::messages_expunged> account_state::expunge(const messages::expunge& request) {
  message_index& messages = messages_of(request.mailbox);
  uid_set all;
  all.add(uid_range{uid{1}, uid{UINT32_MAX}});
  // RFC 9051 6.4.9: UID EXPUNGE touches only messages that have \Deleted.
  messages::messages_expunged answer;
  if (live(request.mailbox).row.counts.deleted != 0)
    for_each_named(messages, request.uids ? *request.uids : all, [&](uid id, const message_row& row) {
      if (row.flags.has(flag::deleted)) answer.uids.add(id);
    });
  if (answer.uids.empty()) return unchanged(std::move(answer));

  draft change(*this, request.trace);
  answer.changed = change.changed();
  answer.uids.for_each([&](uid id) { change.remove(request.mailbox, id); });
  return change.finish(std::move(answer));
}

transition<done> account_state::release(mailbox_id mailbox, modseq up_to) {
  draft change(*this);
  change.release(mailbox, up_to);
  return change.is_empty() ? unchanged(done{}) : change.finish(done{});
}

transition<done> account_state::release_all() {
  draft change(*this);
  while (!removed_.empty()) change.release(removed_.begin()->first, row_.highest);
  return change.is_empty() ? unchanged(done{}) : change.finish(done{});
}

}  // namespace stagecoach::store

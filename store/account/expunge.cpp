// EXPUNGE and UID EXPUNGE (RFC 9051 6.4.3, 6.4.9): the row goes, a tombstone stays for whoever asks what has happened
// since a modseq (RFC 7162).
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
  answer.uids.for_each([&](uid id) {
    const message_row& row = messages.at(id);
    change.use({row.blob, -1, {}, row.blob_bytes});
    change.remove(request.mailbox, id);
  });
  return change.finish(std::move(answer));
}

}  // namespace stagecoach::store

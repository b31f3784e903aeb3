// STORE (RFC 9051 6.4.6): one modseq for the whole request, and only messages that really change get it. What changes
// nothing writes nothing.
#include "protocols/base/check.hpp"
#include "store/account/draft.hpp"
#include "store/account/keywords.hpp"
#include "store/account/views.hpp"

namespace stagecoach::store {

result<transition<messages::flags_set>, failure> account_state::set_flags(const messages::set_flags& request) {
  CHECK(are_storable_flags(request.delta.flags));
  const mailbox_row& box = live(request.mailbox).row;
  message_index& messages = messages_of(request.mailbox);
  // RFC 9051 7.1, row 53: the list of the mailbox learns what is set, and never forgets.
  if (request.delta.change != flag_change::remove)
    if (auto fine = may_grow(box, {0, request.delta.flags.keywords}); !fine) return fine.error();

  draft change(*this, request.trace);
  messages::flags_set answer;
  for_each_named(messages, request.uids, [&](uid id, const message_row& row) {
    auto after = apply(request.delta, row.flags);
    if (after != row.flags) change.set_flags(request.mailbox, id, std::move(after));
    answer.messages.push_back(view_of(id, row));
  });
  answer.keywords = box.keywords;
  if (change.is_empty()) return unchanged(std::move(answer));
  answer.changed = change.changed();
  return change.finish(std::move(answer));
}

}  // namespace stagecoach::store

// COPY and MOVE (RFC 9051 6.4.7, 6.4.8): all or nothing, in one commit. The destination may be the mailbox itself. A
// copy is a new message; a moved one keeps its message id and leaves a tombstone where it was. Flags, keywords,
// received date and prefix come along, and the body is shared.
#include <map>

#include "protocols/base/check.hpp"
#include "store/account/draft.hpp"
#include "store/account/keywords.hpp"
#include "store/account/names.hpp"
#include "store/keys.hpp"

namespace stagecoach::store {

namespace {

std::map<uid, const std::string*> by_uid(const messages::scanned_rows& contents) {
  std::map<uid, const std::string*> all;
  for (const auto& [key, value] : contents.rows) {
    const auto parts = parse_account_key(key);
    CHECK(parts && parts->kind == row_kind::content);
    all.emplace_hint(all.end(), parts->message, &value);
  }
  return all;
}

}  // namespace

result<transition<messages::copied>, failure> account_state::copy(const messages::copy& request,
                                                                  const messages::scanned_rows& contents) {
  message_index& source = messages_of(request.mailbox);
  const auto to = find(request.to);
  if (!to) return failure{fault_code::not_found, "no " + place(stored_mailbox_name(request.to))};
  const mailbox_row& destination = live(*to).row;

  messages::copied answer;
  answer.validity = destination.validity;
  std::uint64_t octets = 0;
  growth wanted;
  const auto content_of = by_uid(contents);
  for_each_named(source, request.uids, [&](uid id, const message_row& row) {
    if (!content_of.contains(id)) return;
    answer.from.push_back(id);
    octets += row.size();
    merge_keywords(wanted.keywords, row.flags.keywords);
  });
  if (answer.from.empty()) return unchanged(std::move(answer));
  wanted.messages = answer.from.size();
  if (auto fine = may_grow(destination, wanted); !fine) return fine.error();
  if (!request.move)
    if (auto fine = may_use(octets); !fine) return fine.error();

  draft change(*this, request.trace);
  answer.changed = change.changed();
  for (const uid id : answer.from) {
    message_row row = source.at(id);
    const message_id source_message = row.message;
    change.use({row.blob, 1, {}, row.blob_bytes});
    if (request.move)
      change.remove(request.mailbox, id);
    else
      row.message = change.new_message_id();
    if (row.thread.value == 0) row.thread = source_message;
    answer.to.push_back(change.add(*to, std::move(row), *content_of.at(id)));
  }
  return change.finish(std::move(answer));
}

}  // namespace stagecoach::store

// One message into one mailbox: delivery (RFC 5321 reception) and APPEND (RFC 9051 6.3.12). Needs only the mailbox's
// row, so a delivery to a mailbox that nobody looks at reads nothing.
#include "protocols/base/check.hpp"
#include "protocols/base/record.hpp"
#include "store/account/draft.hpp"
#include "store/account/keywords.hpp"
#include "store/account/names.hpp"

namespace stagecoach::store {

result<transition<messages::delivered>, failure> account_state::append(const messages::deliver& request,
                                                                       const messages::scanned_rows& related) {
  CHECK(are_storable_flags(request.flags));  // the protocol cores spell flags
  const std::string name = stored_mailbox_name(request.mailbox);
  const auto existing = find(name);
  if (!existing) {
    if (!request.create_mailbox) return failure{fault_code::not_found, "no " + place(name)};
    if (auto fine = may_create(name); !fine) return fine.error();
  }

  message_row row;
  row.flags = request.flags;
  row.received = request.received;
  row.blob = request.body.hash;
  row.blob_bytes = request.body.size;
  row.header_bytes = request.body.header_bytes;
  row.prefix_bytes = static_cast<std::uint32_t>(request.prefix.size());
  if (auto fine = may_use(row.size()); !fine) return fine.error();
  mailbox_row made;
  made.name = name;
  const mailbox_row& box = existing ? live(*existing).row : made;
  if (auto fine = may_grow(box, {1, row.flags.keywords}); !fine) return fine.error();

  draft change(*this, request.trace);
  const mailbox_id mailbox = existing ? *existing : change.create_mailbox(name);
  row.message = change.new_message_id();
  join_thread(row, mime::threading_of(request.body.parts), name, related);
  change.use({request.body.hash, 1, request.body.id, request.body.size});
  const uid id = change.add(mailbox, std::move(row), write_record(content_row{request.prefix, request.body.parts}));
  return change.finish(messages::delivered{mailbox, live(mailbox).row.validity, id, change.changed()});
}

result<done, failure> account_state::may_grow(const mailbox_row& box, const growth& wanted) const {
  // RFC 9051 2.3.1.1: UIDs are 32 bits and never used again.
  if (box.next_uid.value + wanted.messages > UINT32_MAX)
    return failure{fault_code::out_of_range, "no UIDs left in " + place(box.name)};
  if (box.keywords.size() + count_missing(box.keywords, wanted.keywords) > mailbox_keywords_max)
    return failure{fault_code::too_long, "too many keywords in " + place(box.name)};
  return done{};
}

result<done, failure> account_state::may_use(std::uint64_t octets) const {
  if (row_.quota_bytes == 0 || (octets <= row_.quota_bytes && row_.bytes_used <= row_.quota_bytes - octets))
    return done{};
  return failure{fault_code::full,
                 "account " + row_.name + " is over its quota of " + std::to_string(row_.quota_bytes) + " octets"};
}

}  // namespace stagecoach::store

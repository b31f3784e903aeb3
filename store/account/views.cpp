#include "store/account/views.hpp"

namespace stagecoach::store {

messages::message_view view_of(uid id, const message_row& row) {
  messages::message_view view;
  view.id = id;
  view.flags = row.flags;
  view.changed = row.changed;
  view.created = row.created;
  view.size = row.size();
  view.header_bytes = static_cast<std::uint32_t>(row.prefix_bytes + row.header_bytes);
  view.received = row.received;
  view.message = row.message;
  view.thread = row.thread.value != 0 ? row.thread : row.message;
  view.parent = row.parent;
  return view;
}

messages::mailbox_status status_of(mailbox_id id, const mailbox_row& row) {
  messages::mailbox_status status;
  status.id = id;
  status.name = row.name;
  status.validity = row.validity;
  status.next_uid = row.next_uid;
  status.highest = row.changed;
  status.counts = row.counts;
  status.keywords = row.keywords;
  status.special_use = row.special_use;
  return status;
}

}  // namespace stagecoach::store

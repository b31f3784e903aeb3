#include "actors/web/thread_members.hpp"

#include <algorithm>

#include "messages/api/mail.hpp"
#include "protocols/base/record.hpp"
#include "store/keys.hpp"
#include "store/rows_mail.hpp"

namespace stagecoach::web {

thread_members members_of(message_id thread, const located& named, const std::vector<messages::stored_row>& rows) {
  struct member {
    unix_ms received;
    location at;
    auto operator<=>(const member&) const = default;
  };
  const member self{named.row.received, {named.mailbox, named.row.id}};
  std::vector<member> others;
  for (const auto& one : rows) {
    const auto key = store::parse_account_key(one.key);
    const auto row = read_record<store::thread_row>(one.value);
    if (!key || !row || row->thread != thread) continue;
    const member found{row->received, {key->mailbox, key->message}};
    if (found.at != self.at) others.push_back(found);
  }
  std::sort(others.begin(), others.end());
  thread_members made;
  made.is_cut = rows.size() >= thread_rows_max || others.size() >= api::thread_messages_max;
  if (others.size() >= api::thread_messages_max)
    others.erase(others.begin(), others.end() - (api::thread_messages_max - 1));
  others.insert(std::lower_bound(others.begin(), others.end(), self), self);
  for (const auto& one : others) made.messages.push_back(one.at);
  return made;
}

}  // namespace stagecoach::web

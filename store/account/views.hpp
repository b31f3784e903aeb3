// Rows as their viewers know them.
#pragma once

#include "messages/changes.hpp"
#include "messages/mailbox.hpp"
#include "store/rows_mail.hpp"

namespace stagecoach::store {

[[nodiscard]] messages::message_view view_of(uid id, const message_row& row);
// All but whether its name is subscribed, which its row does not know.
[[nodiscard]] messages::mailbox_status status_of(mailbox_id id, const mailbox_row& row);

}  // namespace stagecoach::store

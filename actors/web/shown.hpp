// Messages, mailboxes and flags as the pages are told of them (messages/api/). Knows no actor.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "messages/api/mail_events.hpp"
#include "messages/mailbox.hpp"
#include "messages/store.hpp"
#include "protocols/base/flags.hpp"
#include "protocols/mime/leaves.hpp"

namespace stagecoach::web {

[[nodiscard]] api::shown_mailbox shown(const messages::mailbox_status& from);
// As IMAP spells them: "\\Seen", "$Forwarded", "todo".
[[nodiscard]] std::vector<std::string> shown_flags(const message_flags& from);
// None: one of them is no flag that a client can set.
[[nodiscard]] std::optional<message_flags> read_flags(const std::vector<std::string>& spelled);
[[nodiscard]] std::vector<api::shown_address> shown_addresses(const std::vector<mime::address_entry>& from);
// A row of a list. Without structure, when the message has gone meanwhile, it has no subject.
[[nodiscard]] api::list_item list_item_of(const messages::message_view& view,
                                          const messages::message_structure* structure);
// Of the messages that structures were asked of, those behind the last that was answered.
[[nodiscard]] uid_set unanswered(const uid_set& asked, const messages::structures& answer);
// All but what the octets say: `header` and `text`.
[[nodiscard]] api::shown_message shown_message_of(const messages::message_view& view,
                                                  const messages::message_structure& structure);
// The HTML of a message, as its text; none: it has none.
[[nodiscard]] const mime::part* html_part(const mime::part_index& index);
// What can be taken away: the leaves that are not shown as the message's text. Of HTML one is shown, the others are
// here.
[[nodiscard]] std::vector<mime::leaf> attachments_of(const mime::part_index& index);
// The octets of a text part as UTF-8.
[[nodiscard]] std::string decoded_part(const mime::part& which, std::string_view octets);
[[nodiscard]] std::vector<api::shown_field> shown_header(std::string_view octets);

}  // namespace stagecoach::web

#include "protocols/imap/command_table.hpp"

#include <algorithm>
#include <array>

#include "protocols/imap/commands/commands.hpp"

namespace stagecoach::imap {

namespace {

using enum allowed;
using enum numbers;
using enum sync;

constexpr std::string_view base = "RFC 3501";

// STARTTLS and AUTHENTICATE are announced by the state of the session: capability.cpp.
constexpr std::array table = {
    command_row{"CAPABILITY", always, unaffected, not_needed, "", base, parse_capability},
    command_row{"NOOP", always, unaffected, first, "", base, parse_noop},
    command_row{"LOGOUT", always, unaffected, not_needed, "", base, parse_logout},
    command_row{"ID", always, unaffected, not_needed, "ID", "RFC 2971", parse_id},
    command_row{"STARTTLS", signed_out, unaffected, not_needed, "", base, parse_starttls},
    command_row{"LOGIN", signed_out, unaffected, not_needed, "", base, parse_login},
    command_row{"AUTHENTICATE", signed_out, unaffected, not_needed, "", base, parse_authenticate},
    command_row{"ENABLE", signed_in, unaffected, not_needed, "ENABLE UTF8=ACCEPT", "RFC 5161", parse_enable},
    command_row{"NAMESPACE", signed_in, unaffected, not_needed, "NAMESPACE", "RFC 2342", parse_namespace},
    command_row{"CREATE", signed_in, unaffected, not_needed, "CREATE-SPECIAL-USE", base, parse_create},
    command_row{"DELETE", signed_in, unaffected, not_needed, "", base, parse_delete},
    command_row{"RENAME", signed_in, unaffected, not_needed, "", base, parse_rename},
    command_row{"SUBSCRIBE", signed_in, unaffected, not_needed, "", base, parse_subscribe},
    command_row{"UNSUBSCRIBE", signed_in, unaffected, not_needed, "", base, parse_unsubscribe},
    command_row{"LIST", signed_in, unaffected, not_needed, "CHILDREN LIST-EXTENDED LIST-STATUS SPECIAL-USE", base,
                parse_list},
    command_row{"LSUB", signed_in, unaffected, not_needed, "", base, parse_lsub},
    command_row{"STATUS", signed_in, unaffected, not_needed, "STATUS=SIZE", base, parse_status},
    command_row{"SELECT", signed_in, unaffected, not_needed, "", base, parse_select},
    command_row{"EXAMINE", signed_in, unaffected, not_needed, "", base, parse_examine},
    command_row{"APPEND", signed_in, unaffected, not_needed, "", base, parse_append},
    command_row{"IDLE", signed_in, unaffected, not_needed, "IDLE", "RFC 2177", parse_idle},
    command_row{"CHECK", selected, unaffected, first, "", base, parse_check},
    command_row{"CLOSE", selected, unaffected, not_needed, "", base, parse_close},
    command_row{"UNSELECT", selected, unaffected, not_needed, "UNSELECT", "RFC 3691", parse_unselect},
    command_row{"EXPUNGE", selected, unaffected, not_needed, "", base, parse_expunge},
    command_row{"SEARCH", selected, used, not_needed, "", base, parse_search},
    command_row{"FETCH", selected, used, not_needed, "", base, parse_fetch},
    command_row{"STORE", selected, used, not_needed, "", base, parse_store},
    command_row{"COPY", selected, used, not_needed, "", base, parse_copy},
    command_row{"MOVE", selected, unaffected, not_needed, "MOVE", "RFC 6851", parse_move},
    command_row{"UID SEARCH", selected, unaffected, not_needed, "", base, parse_uid_search},
    command_row{"UID FETCH", selected, unaffected, not_needed, "", base, parse_uid_fetch},
    command_row{"UID STORE", selected, unaffected, not_needed, "", base, parse_uid_store},
    command_row{"UID COPY", selected, unaffected, not_needed, "", base, parse_uid_copy},
    command_row{"UID MOVE", selected, unaffected, not_needed, "MOVE", "RFC 6851", parse_uid_move},
    command_row{"UID EXPUNGE", selected, unaffected, not_needed, "UIDPLUS", "RFC 4315", parse_uid_expunge},
};

}  // namespace

std::span<const command_row> command_table() { return table; }

const command_row* find_command(std::string_view upper_name) {
  const auto* found =
      std::find_if(table.begin(), table.end(), [&](const command_row& row) { return row.name == upper_name; });
  return found == table.end() ? nullptr : found;
}

bool is_allowed(const command_row& row, const session_state& session) {
  switch (row.when) {
    case always:
      return true;
    case signed_out:
      return !session.is_signed_in;
    case allowed::signed_in:
      return session.is_signed_in;
    case selected:
      return session.selected.has_value();
  }
  return false;
}

}  // namespace stagecoach::imap

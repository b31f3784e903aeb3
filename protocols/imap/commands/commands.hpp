// How each command of the table is read: from the space before its first argument to the end of the command.
#pragma once

#include "protocols/base/reader.hpp"
#include "protocols/imap/command.hpp"
#include "protocols/imap/tokens.hpp"

namespace stagecoach::imap {

// Messages by number, or by UID in the UID form of a command.
enum class naming : std::uint8_t { by_number, by_uid };

// The command, if its arguments were read without a fault and nothing follows them.
parsed_command whole_command(reader& in, command_ptr what);

// What the client wrote becomes the stored name; if it cannot, the tagged response.
[[nodiscard]] std::optional<finished> spell_stored(const session_state& session, std::string& name);
// RFC 9051 6.3.9.7: LIST with the name as it is stored, and as OLDNAME what the client wrote if that is another.
void announce_name(session_state& session, std::string_view stored, std::string_view written);

// basics.cpp
parsed_command parse_capability(reader& in);
parsed_command parse_noop(reader& in);
parsed_command parse_check(reader& in);
parsed_command parse_id(reader& in);
parsed_command parse_enable(reader& in);
parsed_command parse_namespace(reader& in);
parsed_command parse_logout(reader& in);
parsed_command parse_starttls(reader& in);
// authenticate.cpp
parsed_command parse_login(reader& in);
parsed_command parse_authenticate(reader& in);
// mailboxes.cpp
parsed_command parse_create(reader& in);
parsed_command parse_delete(reader& in);
parsed_command parse_rename(reader& in);
parsed_command parse_subscribe(reader& in);
parsed_command parse_unsubscribe(reader& in);
// list.cpp, status.cpp, select.cpp, expunge.cpp, idle.cpp
parsed_command parse_list(reader& in);
parsed_command parse_lsub(reader& in);
parsed_command parse_status(reader& in);
parsed_command parse_select(reader& in);
parsed_command parse_examine(reader& in);
parsed_command parse_unselect(reader& in);
parsed_command parse_close(reader& in);
parsed_command parse_expunge(reader& in);
parsed_command parse_uid_expunge(reader& in);
parsed_command parse_idle(reader& in);
// fetch.cpp, store.cpp, search.cpp, copy_move.cpp
parsed_command parse_fetch(reader& in);
parsed_command parse_uid_fetch(reader& in);
parsed_command parse_store(reader& in);
parsed_command parse_uid_store(reader& in);
parsed_command parse_search(reader& in);
parsed_command parse_uid_search(reader& in);
parsed_command parse_copy(reader& in);
parsed_command parse_uid_copy(reader& in);
parsed_command parse_move(reader& in);
parsed_command parse_uid_move(reader& in);
// append.cpp: without its literal an APPEND is never whole
parsed_command parse_append(reader& in);

// APPEND up to its message, when `in` ends where `{n}` of it stands. None when the literal is the mailbox name.
std::optional<parsed_command> parse_append_head(reader& in, const literal_head& message);

// The messages that a command names. None when a number is above the last (the client's error, RFC 9051 9 seq-number).
std::optional<uid_set> named_messages(const selected_mailbox& mailbox, const sequence_set& set, naming how);
// The tagged response then.
finished no_such_number();

}  // namespace stagecoach::imap

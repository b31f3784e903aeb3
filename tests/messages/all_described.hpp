// Every described struct that is sent or stored, for tests that hold for all of them. A new struct is added here;
// fields_test finds it in the headers and says so.
#pragma once

#include <cxxabi.h>

#include <cstdlib>
#include <string>
#include <tuple>
#include <type_traits>
#include <typeinfo>

#include "messages/account.hpp"
#include "messages/changes.hpp"
#include "messages/connection.hpp"
#include "messages/directory.hpp"
#include "messages/event_stream.hpp"
#include "messages/inspection.hpp"
#include "messages/mailbox.hpp"
#include "messages/ports.hpp"
#include "messages/public_keys.hpp"
#include "messages/sessions.hpp"
#include "messages/store.hpp"
#include "messages/web.hpp"
#include "protocols/auth/public_key_hash.hpp"
#include "protocols/auth/scram_keys.hpp"
#include "protocols/auth/session_hash.hpp"
#include "protocols/base/address.hpp"
#include "protocols/base/flags.hpp"
#include "protocols/base/trace.hpp"
#include "protocols/base/uid_set.hpp"
#include "protocols/mime/part_index.hpp"
#include "store/rows_mail.hpp"
#include "store/rows_segment.hpp"

namespace stagecoach {

template <class... Ts>
struct type_list {};

using described_values = type_list<domain_name, address, scram_keys, public_key_hash, session_hash, message_flags,
                                   flag_delta, trace_context, uid_range, uid_set>;

namespace mime {
using described_parts = type_list<address_entry, parameter, envelope, part, part_index>;
}

namespace messages {
using described_messages = type_list<
    // account.hpp
    deliver, delivered, list_mailboxes, mailboxes, watch_account, mailboxes_changed, create_mailbox, mailbox_created,
    delete_mailbox, mailbox_deleted, release_removed, rename_mailbox, mailbox_renamed, set_subscription,
    subscription_set, open_mailbox, close_mailbox, mailbox_closed,
    // changes.hpp
    message_view, added, flags_changed, expunged, changes,
    // connection.hpp
    drain,
    // directory.hpp
    lookup_recipient, wanted, recipient_found, sign_in, sign_in_ended, signed_in, lookup_keys, keys_found, check_sender,
    sender_checked, add_account, account_added, set_password, password_set, watch_passwords, password_changed,
    list_accounts, account_entry, account_list, activate, retire, retired, hash_password, password_hashed,
    verify_password, password_verified,
    // inspection.hpp
    actor_row, kind_row, inspect_actors, actors_now,
    // mailbox.hpp
    mailbox_counts, mailbox_status, watch, watching, look_away, seen, catch_up, caught_up, read_rows, rows, set_flags,
    flags_set, expunge, messages_expunged, copy, copied, apply_changes, mailbox_removed,
    // ports.hpp
    open_ports, list_ports, port_list,
    // public_keys.hpp
    sign_in_by_key, add_public_key, public_key_added, remove_public_key, public_key_removed, list_public_keys,
    public_key_entry, public_key_list,
    // sessions.hpp
    kept_session, keep_session, session_kept, end_sessions, sessions_ended,
    // store.hpp
    staged_body, row_write, blob_use, commit, committed, octet_piece, read_octets, octets_read, stage_octets,
    octets_staged, finish_staging, flush_group, sweep_staging, list_view, listed_mailbox, view_listed, resume_events,
    view_taken, look_into, view_said, scan_rows, stored_row, scanned_rows, read_contents, read_structures,
    message_structure, structures, check_account, account_checked,
    // web.hpp
    http_field, http_request, http_answer, more_octets, stream_octets, end_session, poll_events, events_polled>;
}  // namespace messages

namespace store {
using described_rows = type_list<account_row, mailbox_row, message_row, content_row, envelope_of_parts,
                                 envelope_of_content, thread_row, tombstone_row, subscription_row, blob_row, login_row,
                                 public_key_row, segment_row, sequence_row, format_row>;
}

// visit(std::type_identity<T>) for each of them.
template <class Visit, class... Ts>
void for_each_type(type_list<Ts...>, Visit visit) {
  (visit(std::type_identity<Ts>{}), ...);
}
template <class Visit>
void for_each_described(Visit visit) {
  for_each_type(described_values{}, visit);
  for_each_type(mime::described_parts{}, visit);
  for_each_type(messages::described_messages{}, visit);
  for_each_type(store::described_rows{}, visit);
}

// "messages::set_flags": without the project's own namespace.
template <class T>
std::string type_name() {
  int status = 0;
  char* const demangled = abi::__cxa_demangle(typeid(T).name(), nullptr, nullptr, &status);
  std::string name = demangled;
  std::free(demangled);
  const std::string house = "stagecoach::";
  return name.rfind(house, 0) == 0 ? name.substr(house.size()) : name;
}

}  // namespace stagecoach

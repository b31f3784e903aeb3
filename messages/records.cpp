// The records of all messages, which every actor's source would compile anew otherwise.
#include "messages/account.hpp"
#include "messages/changes.hpp"
#include "messages/connection.hpp"
#include "messages/directory.hpp"
#include "messages/event_stream.hpp"
#include "messages/inspection.hpp"
#include "messages/mailbox.hpp"
#include "messages/ports.hpp"
#include "messages/public_keys.hpp"
#include "messages/store.hpp"
#include "messages/web.hpp"

namespace stagecoach {

template struct record_of<messages::list_view>;
template struct record_of<messages::listed_mailbox>;
template struct record_of<messages::view_listed>;
template struct record_of<messages::resume_events>;
template struct record_of<messages::view_taken>;
template struct record_of<messages::look_into>;
template struct record_of<messages::view_said>;
template struct record_of<messages::deliver>;
template struct record_of<messages::delivered>;
template struct record_of<messages::list_mailboxes>;
template struct record_of<messages::mailboxes>;
template struct record_of<messages::watch_account>;
template struct record_of<messages::mailboxes_changed>;
template struct record_of<messages::create_mailbox>;
template struct record_of<messages::mailbox_created>;
template struct record_of<messages::delete_mailbox>;
template struct record_of<messages::mailbox_deleted>;
template struct record_of<messages::release_removed>;
template struct record_of<messages::rename_mailbox>;
template struct record_of<messages::mailbox_renamed>;
template struct record_of<messages::set_subscription>;
template struct record_of<messages::subscription_set>;
template struct record_of<messages::open_mailbox>;
template struct record_of<messages::close_mailbox>;
template struct record_of<messages::mailbox_closed>;
template struct record_of<messages::message_view>;
template struct record_of<messages::added>;
template struct record_of<messages::flags_changed>;
template struct record_of<messages::expunged>;
template struct record_of<messages::changes>;
template struct record_of<messages::drain>;
template struct record_of<messages::lookup_recipient>;
template struct record_of<messages::recipient_found>;
template struct record_of<messages::sign_in>;
template struct record_of<messages::sign_in_ended>;
template struct record_of<messages::signed_in>;
template struct record_of<messages::lookup_keys>;
template struct record_of<messages::keys_found>;
template struct record_of<messages::check_sender>;
template struct record_of<messages::sender_checked>;
template struct record_of<messages::sign_in_by_key>;
template struct record_of<messages::add_public_key>;
template struct record_of<messages::public_key_added>;
template struct record_of<messages::remove_public_key>;
template struct record_of<messages::public_key_removed>;
template struct record_of<messages::list_public_keys>;
template struct record_of<messages::public_key_entry>;
template struct record_of<messages::public_key_list>;
template struct record_of<messages::kept_session>;
template struct record_of<messages::keep_session>;
template struct record_of<messages::session_kept>;
template struct record_of<messages::end_sessions>;
template struct record_of<messages::sessions_ended>;
template struct record_of<messages::add_account>;
template struct record_of<messages::account_added>;
template struct record_of<messages::set_password>;
template struct record_of<messages::password_set>;
template struct record_of<messages::watch_passwords>;
template struct record_of<messages::password_changed>;
template struct record_of<messages::list_accounts>;
template struct record_of<messages::account_entry>;
template struct record_of<messages::account_list>;
template struct record_of<messages::activate>;
template struct record_of<messages::retire>;
template struct record_of<messages::retired>;
template struct record_of<messages::hash_password>;
template struct record_of<messages::password_hashed>;
template struct record_of<messages::verify_password>;
template struct record_of<messages::password_verified>;
template struct record_of<messages::actor_row>;
template struct record_of<messages::kind_row>;
template struct record_of<messages::inspect_actors>;
template struct record_of<messages::actors_now>;
template struct record_of<messages::wanted>;
template struct record_of<messages::mailbox_counts>;
template struct record_of<messages::mailbox_status>;
template struct record_of<messages::watch>;
template struct record_of<messages::watching>;
template struct record_of<messages::look_away>;
template struct record_of<messages::seen>;
template struct record_of<messages::catch_up>;
template struct record_of<messages::caught_up>;
template struct record_of<messages::read_rows>;
template struct record_of<messages::rows>;
template struct record_of<messages::set_flags>;
template struct record_of<messages::flags_set>;
template struct record_of<messages::expunge>;
template struct record_of<messages::messages_expunged>;
template struct record_of<messages::copy>;
template struct record_of<messages::copied>;
template struct record_of<messages::apply_changes>;
template struct record_of<messages::mailbox_removed>;
template struct record_of<messages::open_ports>;
template struct record_of<messages::list_ports>;
template struct record_of<messages::port_list>;
template struct record_of<messages::staged_body>;
template struct record_of<messages::row_write>;
template struct record_of<messages::blob_use>;
template struct record_of<messages::commit>;
template struct record_of<messages::committed>;
template struct record_of<messages::octet_piece>;
template struct record_of<messages::read_octets>;
template struct record_of<messages::octets_read>;
template struct record_of<messages::stage_octets>;
template struct record_of<messages::octets_staged>;
template struct record_of<messages::finish_staging>;
template struct record_of<messages::flush_group>;
template struct record_of<messages::sweep_staging>;
template struct record_of<messages::scan_rows>;
template struct record_of<messages::stored_row>;
template struct record_of<messages::scanned_rows>;
template struct record_of<messages::read_contents>;
template struct record_of<messages::read_structures>;
template struct record_of<messages::message_structure>;
template struct record_of<messages::structures>;
template struct record_of<messages::check_account>;
template struct record_of<messages::account_checked>;
template struct record_of<messages::http_field>;
template struct record_of<messages::http_request>;
template struct record_of<messages::http_answer>;
template struct record_of<messages::more_octets>;
template struct record_of<messages::stream_octets>;
template struct record_of<messages::end_session>;
template struct record_of<messages::poll_events>;
template struct record_of<messages::events_polled>;

}  // namespace stagecoach

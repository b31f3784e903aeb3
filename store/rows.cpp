// The records of all rows.
#include "store/rows_mail.hpp"
#include "store/rows_segment.hpp"

namespace stagecoach {

template struct record_of<store::account_row>;
template struct record_of<store::mailbox_row>;
template struct record_of<store::message_row>;
template struct record_of<store::content_row>;
template struct record_of<store::envelope_of_content>;
template struct record_of<store::thread_row>;
template struct record_of<store::tombstone_row>;
template struct record_of<store::subscription_row>;
template struct record_of<store::blob_row>;
template struct record_of<store::login_row>;
template struct record_of<store::public_key_row>;
template struct record_of<store::segment_row>;
template struct record_of<store::sequence_row>;
template struct record_of<store::format_row>;

}  // namespace stagecoach

// The rows by which threads are found, of one message: made, and taken away, with its message_row.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "store/rows_mail.hpp"

namespace stagecoach::store {

[[nodiscard]] inline thread_row thread_row_of(const message_row& row) {
  return {row.thread, row.message, row.received, row.subject_hash};
}

// Under which hashes they are, each once: its id's, its base subject's, its thread's.
[[nodiscard]] std::vector<std::uint64_t> thread_hashes(const message_row& row);

// Their keys.
[[nodiscard]] std::vector<std::string> thread_keys(account_id account, mailbox_id mailbox, uid message,
                                                   const message_row& row);

}  // namespace stagecoach::store

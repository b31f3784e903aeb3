// A new account: its row and the mailboxes that everybody has. For the directory, which adds the login row and commits
// both; the account's actor loads them like any other.
#pragma once

#include <cstdint>
#include <string>

#include "messages/store.hpp"
#include "protocols/base/ids.hpp"
#include "protocols/base/trace.hpp"

namespace stagecoach::store {

struct new_account {
  trace_context trace;
  std::uint64_t generation = 0;  // of the store, as in messages::commit
  account_id account;            // random, not 0
  std::string name;              // login name, an address
  unix_ms created;
  std::uint64_t quota_bytes = 0;  // 0: unlimited
};

[[nodiscard]] messages::commit create_account(const new_account& wanted);

}  // namespace stagecoach::store

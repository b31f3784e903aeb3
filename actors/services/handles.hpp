// The handles of the node's services, as every connection gets them. Started by node/, in the order of their
// dependence.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "actors/runtime/handles.hpp"
#include "messages/directory.hpp"
#include "messages/store.hpp"
#include "store/staging.hpp"

namespace stagecoach::services {

using runtime::handle_of;
using store_writer_handle = handle_of<messages::store_writer_talk>;
using blob_reader_handle = handle_of<messages::blob_reader_talk>;
using password_hasher_handle = handle_of<messages::password_hasher_talk>;
using directory_handle = handle_of<messages::directory_talk>;
using accounts_handle = handle_of<messages::accounts_talk>;
using account_handle = handle_of<messages::account_talk>;
using mailbox_handle = handle_of<messages::mailbox_talk>;

// The pool of detached readers. One body that arrives is always one reader's, so that its octets keep their order.
struct blob_readers {
  std::vector<blob_reader_handle> all;
  [[nodiscard]] const blob_reader_handle& of(std::uint64_t key) const { return all[key % all.size()]; }
};

// What a connection needs to do its work.
struct node_services {
  std::string host_name;
  directory_handle directory;
  accounts_handle accounts;
  blob_readers readers;
  store::staging* staging = nullptr;  // outlives every actor
  // Whether any account has a TLS public key, as the directory knows it; outlives every actor. Clients are asked for a
  // certificate only then: some show their user a dialog when they are.
  const std::atomic<bool>* has_public_keys = nullptr;
};

}  // namespace stagecoach::services

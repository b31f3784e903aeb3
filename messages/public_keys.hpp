// TLS public keys: what the directory is told and asked of the keys by which clients sign in without a password
// (SASL EXTERNAL). A key is one account's, has a name that its person gave it, and is known by its hash alone.
#pragma once

#include <string>
#include <vector>

#include "protocols/auth/public_key_hash.hpp"
#include "protocols/base/ids.hpp"
#include "protocols/base/record.hpp"
#include "protocols/base/trace.hpp"

namespace stagecoach::messages {

// From a connection whose client has proved to have the key; answered by signed_in. not_found: the key is nobody's, or
// `authorize_as` is no address of its account. busy: not now; too many have failed.
struct sign_in_by_key {
  trace_context trace;
  public_key_hash key;
  std::string authorize_as;  // empty: as whoever has the key
  std::string remote_ip;
  static constexpr auto fields = described(
      field(1, "trace", &sign_in_by_key::trace), field(2, "key", &sign_in_by_key::key),
      field(3, "authorize_as", &sign_in_by_key::authorize_as), field(4, "remote_ip", &sign_in_by_key::remote_ip));
  friend bool operator==(const sign_in_by_key&, const sign_in_by_key&) = default;
};

// duplicate: somebody has this key, or the account has a key of this name. not_found: no such account.
struct add_public_key {
  std::string account;  // login name
  std::string name;     // of the key: "laptop"
  public_key_hash key;
  static constexpr auto fields = described(field(1, "account", &add_public_key::account, "login name"),
                                           field(2, "name", &add_public_key::name, "of the key, for people"),
                                           field(3, "key", &add_public_key::key));
  friend bool operator==(const add_public_key&, const add_public_key&) = default;
};
struct public_key_added {
  account_id account;
  static constexpr auto fields = described(field(1, "account", &public_key_added::account));
  friend bool operator==(const public_key_added&, const public_key_added&) = default;
};

// Sessions that it has signed in go on. not_found: no such account, or it has no such key.
struct remove_public_key {
  std::string account;  // login name
  std::string name;     // of the key
  static constexpr auto fields = described(field(1, "account", &remove_public_key::account, "login name"),
                                           field(2, "name", &remove_public_key::name, "of the key"));
  friend bool operator==(const remove_public_key&, const remove_public_key&) = default;
};
struct public_key_removed {
  public_key_hash key;
  static constexpr auto fields = described(field(1, "key", &public_key_removed::key));
  friend bool operator==(const public_key_removed&, const public_key_removed&) = default;
};

struct list_public_keys {
  std::string account;  // login name; empty: of all accounts
  static constexpr auto fields =
      described(field(1, "account", &list_public_keys::account, "login name; empty: all accounts"));
  friend bool operator==(const list_public_keys&, const list_public_keys&) = default;
};
struct public_key_entry {
  std::string account;  // login name
  std::string name;
  public_key_hash key;
  unix_ms added;
  static constexpr auto fields =
      described(field(1, "account", &public_key_entry::account), field(2, "name", &public_key_entry::name),
                field(3, "key", &public_key_entry::key), field(4, "added", &public_key_entry::added));
  friend bool operator==(const public_key_entry&, const public_key_entry&) = default;
};
struct public_key_list {
  std::vector<public_key_entry> keys;  // by account, then by name
  static constexpr auto fields = described(field(1, "keys", &public_key_list::keys));
  friend bool operator==(const public_key_list&, const public_key_list&) = default;
};

}  // namespace stagecoach::messages

// Compiled in records.cpp.
namespace stagecoach {
extern template struct record_of<messages::sign_in_by_key>;
extern template struct record_of<messages::add_public_key>;
extern template struct record_of<messages::public_key_added>;
extern template struct record_of<messages::remove_public_key>;
extern template struct record_of<messages::public_key_removed>;
extern template struct record_of<messages::list_public_keys>;
extern template struct record_of<messages::public_key_entry>;
extern template struct record_of<messages::public_key_list>;
}  // namespace stagecoach

// The conversation with the directory: who has an account here, and who may sign in; and with `accounts`, which starts
// the account actors on first use.
#pragma once

#include <string>
#include <vector>

#include "messages/account.hpp"
#include "messages/conversation.hpp"
#include "messages/public_keys.hpp"
#include "messages/sessions.hpp"
#include "protocols/auth/scram_keys.hpp"
#include "protocols/base/address.hpp"
#include "protocols/base/ids.hpp"
#include "protocols/base/record.hpp"
#include "protocols/base/trace.hpp"

namespace stagecoach::messages {

// RCPT: which account takes mail for this address. The failure not_found means that none does; busy, that this is the
// first attempt of who is greylisted.
struct lookup_recipient {
  trace_context trace;
  address recipient;
  std::string greylisted;  // client and sender of an address that is taken at the second attempt; empty: of no such
  static constexpr auto fields =
      described(field(1, "trace", &lookup_recipient::trace), field(2, "recipient", &lookup_recipient::recipient),
                field(3, "greylisted", &lookup_recipient::greylisted));
  friend bool operator==(const lookup_recipient&, const lookup_recipient&) = default;
};
struct recipient_found {
  account_id account;
  static constexpr auto fields = described(field(1, "account", &recipient_found::account));
  friend bool operator==(const recipient_found&, const recipient_found&) = default;
};

// Wrong name and wrong password have one answer (not_found) and take one time. busy: not now; too many have failed.
struct sign_in {
  trace_context trace;
  std::string name;
  std::string password;
  std::string remote_ip;  // of who asks; empty: it came over no network
  static constexpr auto fields =
      described(field(1, "trace", &sign_in::trace), field(2, "name", &sign_in::name),
                field(3, "password", &sign_in::password), field(4, "remote_ip", &sign_in::remote_ip));
  friend bool operator==(const sign_in&, const sign_in&) = default;
};
struct signed_in {
  account_id account;
  std::string name;
  static constexpr auto fields =
      described(field(1, "account", &signed_in::account), field(2, "name", &signed_in::name));
  friend bool operator==(const signed_in&, const signed_in&) = default;
};

// How an attempt to sign in ended, by whatever mechanism. Failed ones count against the name and the network.
struct sign_in_ended {
  trace_context trace;
  std::string name;
  std::string remote_ip;
  bool is_good = false;
  static constexpr auto fields =
      described(field(1, "trace", &sign_in_ended::trace), field(2, "name", &sign_in_ended::name),
                field(3, "remote_ip", &sign_in_ended::remote_ip), field(4, "is_good", &sign_in_ended::is_good));
  friend bool operator==(const sign_in_ended&, const sign_in_ended&) = default;
};

// What checks a SCRAM exchange. A name that is not there, and one whose password came before SCRAM did, gets keys that
// are made up: the same each time, and of no password. busy: not now; too many have failed.
struct lookup_keys {
  trace_context trace;
  std::string name;
  std::string remote_ip;
  static constexpr auto fields = described(field(1, "trace", &lookup_keys::trace), field(2, "name", &lookup_keys::name),
                                           field(3, "remote_ip", &lookup_keys::remote_ip));
  friend bool operator==(const lookup_keys&, const lookup_keys&) = default;
};
struct keys_found {
  account_id account;  // 0 for a name that is not there
  std::string name;
  scram_keys sha_256;
  scram_keys sha_1;
  static constexpr auto fields =
      described(field(1, "account", &keys_found::account), field(2, "name", &keys_found::name),
                field(3, "sha_256", &keys_found::sha_256), field(4, "sha_1", &keys_found::sha_1));
  friend bool operator==(const keys_found&, const keys_found&) = default;
};

// MAIL of who has signed in: whether this address is one of the account's, that is, whether it gets its mail.
struct check_sender {
  trace_context trace;
  account_id account;
  address sender;
  static constexpr auto fields =
      described(field(1, "trace", &check_sender::trace), field(2, "account", &check_sender::account),
                field(3, "sender", &check_sender::sender));
  friend bool operator==(const check_sender&, const check_sender&) = default;
};
struct sender_checked {
  bool is_theirs = false;
  static constexpr auto fields = described(field(1, "is_theirs", &sender_checked::is_theirs));
  friend bool operator==(const sender_checked&, const sender_checked&) = default;
};

struct add_account {
  std::string name;  // the login name, an address
  std::string password;
  static constexpr auto fields = described(field(1, "name", &add_account::name, "login name, an address"),
                                           field(2, "password", &add_account::password));
  friend bool operator==(const add_account&, const add_account&) = default;
};
struct account_added {
  account_id account;
  static constexpr auto fields = described(field(1, "account", &account_added::account));
  friend bool operator==(const account_added&, const account_added&) = default;
};

struct set_password {
  std::string name;
  std::string password;
  static constexpr auto fields =
      described(field(1, "name", &set_password::name), field(2, "password", &set_password::password));
  friend bool operator==(const set_password&, const set_password&) = default;
};
struct password_set {
  account_id account;
  static constexpr auto fields = described(field(1, "account", &password_set::account));
  friend bool operator==(const password_set&, const password_set&) = default;
};

// The asker is told whenever an account has another password, until it ends.
struct watch_passwords {
  trace_context trace;
  static constexpr auto fields = described(field(1, "trace", &watch_passwords::trace));
  friend bool operator==(const watch_passwords&, const watch_passwords&) = default;
};
struct password_changed {
  account_id account;
  static constexpr auto fields = described(field(1, "account", &password_changed::account));
  friend bool operator==(const password_changed&, const password_changed&) = default;
};
struct password_watcher_talk : conversation<tell<password_changed>> {};

struct list_accounts {
  bool all = true;
  static constexpr auto fields = described(field(1, "all", &list_accounts::all));
  friend bool operator==(const list_accounts&, const list_accounts&) = default;
};
struct account_entry {
  account_id account;
  std::string name;
  unix_ms created;
  static constexpr auto fields =
      described(field(1, "account", &account_entry::account), field(2, "name", &account_entry::name),
                field(3, "created", &account_entry::created));
  friend bool operator==(const account_entry&, const account_entry&) = default;
};
struct account_list {
  std::vector<account_entry> accounts;  // by name
  static constexpr auto fields = described(field(1, "accounts", &account_list::accounts));
  friend bool operator==(const account_list&, const account_list&) = default;
};

struct directory_talk
    : conversation<ask_for<lookup_recipient, recipient_found>, ask_for<sign_in, signed_in>,
                   ask_for<add_account, account_added>, ask_for<set_password, password_set>,
                   ask_for<list_accounts, account_list>, ask_for<lookup_keys, keys_found>,
                   ask_for<check_sender, sender_checked>, tell<sign_in_ended>, ask_for<sign_in_by_key, signed_in>,
                   ask_for<add_public_key, public_key_added>, ask_for<remove_public_key, public_key_removed>,
                   ask_for<list_public_keys, public_key_list>, tell<watch_passwords>,
                   ask_for<keep_session, session_kept>, ask_for<end_sessions, sessions_ended>> {};

// --- password hashing, done by two detached threads ---

struct hash_password {
  std::string password;
  std::string salt;        // 16 random octets
  std::string scram_salt;  // 16 more
  static constexpr auto fields =
      described(field(1, "password", &hash_password::password), field(2, "salt", &hash_password::salt),
                field(3, "scram_salt", &hash_password::scram_salt));
  friend bool operator==(const hash_password&, const hash_password&) = default;
};
struct password_hashed {
  std::string hash;    // PHC string
  scram_keys sha_256;  // not set: SCRAM cannot say this password
  scram_keys sha_1;
  static constexpr auto fields =
      described(field(1, "hash", &password_hashed::hash), field(2, "sha_256", &password_hashed::sha_256),
                field(3, "sha_1", &password_hashed::sha_1));
  friend bool operator==(const password_hashed&, const password_hashed&) = default;
};
struct verify_password {
  std::string password;
  std::string hash;
  static constexpr auto fields =
      described(field(1, "password", &verify_password::password), field(2, "hash", &verify_password::hash));
  friend bool operator==(const verify_password&, const verify_password&) = default;
};
struct password_verified {
  bool is_right = false;
  static constexpr auto fields = described(field(1, "is_right", &password_verified::is_right));
  friend bool operator==(const password_verified&, const password_verified&) = default;
};
struct password_hasher_talk
    : conversation<ask_for<hash_password, password_hashed>, ask_for<verify_password, password_verified>> {};

// --- starting and ending account actors ---

// Answered with the account's actor, which is started from the store if it is not there. Ask again for each use: an
// idle account ends.
struct activate {
  trace_context trace;
  account_id account;
  static constexpr auto fields =
      described(field(1, "trace", &activate::trace), field(2, "account", &activate::account));
  friend bool operator==(const activate&, const activate&) = default;
};

// From an account that has been idle: may it end? Not if a handle was given out that it has not heard of.
struct retire {
  account_id account;
  std::uint64_t wanted = 0;  // the last `wanted` that it has seen
  static constexpr auto fields = described(field(1, "account", &retire::account), field(2, "wanted", &retire::wanted));
  friend bool operator==(const retire&, const retire&) = default;
};
struct retired {
  bool may_end = false;
  static constexpr auto fields = described(field(1, "may_end", &retired::may_end));
  friend bool operator==(const retired&, const retired&) = default;
};

struct accounts_talk : conversation<ask_for<activate, handle_to<account_talk>>, ask_for<retire, retired>> {};

}  // namespace stagecoach::messages

// Compiled in records.cpp.
namespace stagecoach {
extern template struct record_of<messages::lookup_recipient>;
extern template struct record_of<messages::recipient_found>;
extern template struct record_of<messages::sign_in>;
extern template struct record_of<messages::sign_in_ended>;
extern template struct record_of<messages::signed_in>;
extern template struct record_of<messages::lookup_keys>;
extern template struct record_of<messages::keys_found>;
extern template struct record_of<messages::check_sender>;
extern template struct record_of<messages::sender_checked>;
extern template struct record_of<messages::add_account>;
extern template struct record_of<messages::account_added>;
extern template struct record_of<messages::set_password>;
extern template struct record_of<messages::password_set>;
extern template struct record_of<messages::watch_passwords>;
extern template struct record_of<messages::password_changed>;
extern template struct record_of<messages::list_accounts>;
extern template struct record_of<messages::account_entry>;
extern template struct record_of<messages::account_list>;
extern template struct record_of<messages::activate>;
extern template struct record_of<messages::retire>;
extern template struct record_of<messages::retired>;
extern template struct record_of<messages::hash_password>;
extern template struct record_of<messages::password_hashed>;
extern template struct record_of<messages::verify_password>;
extern template struct record_of<messages::password_verified>;
}  // namespace stagecoach

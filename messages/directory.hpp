// The conversation with the directory: who has an account here, and who may sign in; and with `accounts`, which starts
// the account actors on first use.
#pragma once

#include <string>
#include <vector>

#include "messages/account.hpp"
#include "messages/conversation.hpp"
#include "protocols/base/address.hpp"
#include "protocols/base/ids.hpp"
#include "protocols/base/trace.hpp"

namespace stagecoach::messages {

// RCPT: which account takes mail for this address. The failure not_found means that none does.
struct lookup_recipient {
  trace_context trace;
  address recipient;
  static constexpr auto fields =
      described(field(1, "trace", &lookup_recipient::trace), field(2, "recipient", &lookup_recipient::recipient));
  friend bool operator==(const lookup_recipient&, const lookup_recipient&) = default;
};
struct recipient_found {
  account_id account;
  static constexpr auto fields = described(field(1, "account", &recipient_found::account));
  friend bool operator==(const recipient_found&, const recipient_found&) = default;
};

// Wrong name and wrong password have one answer (not_found) and take one time.
struct sign_in {
  trace_context trace;
  std::string name;
  std::string password;
  static constexpr auto fields = described(field(1, "trace", &sign_in::trace), field(2, "name", &sign_in::name),
                                           field(3, "password", &sign_in::password));
  friend bool operator==(const sign_in&, const sign_in&) = default;
};
struct signed_in {
  account_id account;
  std::string name;
  static constexpr auto fields =
      described(field(1, "account", &signed_in::account), field(2, "name", &signed_in::name));
  friend bool operator==(const signed_in&, const signed_in&) = default;
};

struct add_account {
  std::string name;  // the login name, an address
  std::string password;
  static constexpr auto fields =
      described(field(1, "name", &add_account::name, "login name, an address"),
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
                   ask_for<list_accounts, account_list>> {};

struct activate {
  account_id account;
  static constexpr auto fields = described(field(1, "account", &activate::account));
  friend bool operator==(const activate&, const activate&) = default;
};

// An account that has been idle; it ends when the answer comes, unless mail for it is on its way.
struct accounts_talk : conversation<ask_for<activate, handle_to<account_talk>>> {};

}  // namespace stagecoach::messages

// What the directory knows, without actors: login names, who takes mail for an address, and which passwords were right
// a moment ago. The rows are the truth; this is their copy in memory.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "messages/directory.hpp"
#include "protocols/auth/scram.hpp"
#include "protocols/base/address.hpp"
#include "store/rows_mail.hpp"

namespace stagecoach::services {

// Login names are compared in lower case (ASCII), domains always are.
[[nodiscard]] std::string login_name(std::string_view name);

struct login_secrets {
  std::string cache;  // 32 random octets that key the cache of successes (a password is never a key or a value)
  std::string names;  // 32 that stay the same for ever: keys of names that are not there are made of it
};

class login_book {
 public:
  explicit login_book(login_secrets secrets);

  void put(const std::string& name, store::login_row row);
  void set_catch_all(account_id account) { catch_all_ = account; }

  [[nodiscard]] const store::login_row* find(std::string_view name) const;
  // The account with that address as its login name, else with what stands before its tag (RFC 5233 1: user+tag@), else
  // the catch-all, else none.
  [[nodiscard]] std::optional<account_id> recipient(const address& to) const;
  // What an account may send as: the addresses whose mail it gets.
  [[nodiscard]] bool is_address_of(account_id account, const address& sender) const {
    return recipient(sender) == account;
  }
  [[nodiscard]] std::vector<messages::account_entry> list() const;

  // Those of the row, or made up where there are none: who asks cannot tell (RFC 5802 9).
  [[nodiscard]] messages::keys_found keys(std::string_view name) const;

  // --- TLS public keys ---
  void put_key(const public_key_hash& key, store::public_key_row row);
  void remove_key(const public_key_hash& key) { keys_.erase(key); }
  [[nodiscard]] bool has_keys() const { return !keys_.empty(); }
  [[nodiscard]] const store::public_key_row* find_key(const public_key_hash& key) const;
  [[nodiscard]] std::optional<public_key_hash> find_key(account_id account, std::string_view name) const;
  // Of one account or all; by login name, then by the key's.
  [[nodiscard]] std::vector<messages::public_key_entry> list_keys(std::optional<account_id> of) const;
  // none: the key is nobody's, or `authorize_as`, unless it is empty, is no address of its account.
  [[nodiscard]] std::optional<messages::signed_in> owner_of(const public_key_hash& key,
                                                            std::string_view authorize_as) const;
  // Its login name; empty: it has none.
  [[nodiscard]] std::string name_of(account_id account) const;

  // A password that was right for this name since the last change of it.
  [[nodiscard]] bool was_right(std::string_view name, std::string_view password) const;
  void remember_right(std::string_view name, std::string_view password);

  // Of a name with a password, keyed: equal for equal ones, and of no use to anybody else.
  [[nodiscard]] std::string fingerprint(std::string_view name, std::string_view password) const;

 private:
  [[nodiscard]] scram_keys made_up(scram_hash hash, std::string_view name) const;

  login_secrets secrets_;
  std::map<std::string, store::login_row, std::less<>> logins_;
  std::unordered_map<account_id, std::string> names_;  // of accounts, their login names
  std::map<public_key_hash, store::public_key_row> keys_;
  std::unordered_map<std::string, std::string> right_;  // login name -> fingerprint of its last right password
  std::optional<account_id> catch_all_;
};

}  // namespace stagecoach::services

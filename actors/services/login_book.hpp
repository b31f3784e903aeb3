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
#include "protocols/base/address.hpp"
#include "store/rows_mail.hpp"

namespace stagecoach::services {

// Login names are compared in lower case (ASCII), domains always are.
[[nodiscard]] std::string login_name(std::string_view name);

class login_book {
 public:
  // `secret`: 32 random octets that key the cache of successes (security.md D9: a password is never a key or a value).
  explicit login_book(std::string secret);

  void put(const std::string& name, store::login_row row);
  void set_catch_all(account_id account) { catch_all_ = account; }

  [[nodiscard]] const store::login_row* find(std::string_view name) const;
  // The account with that address as its login name, else the catch-all, else none.
  [[nodiscard]] std::optional<account_id> recipient(const address& to) const;
  [[nodiscard]] std::vector<messages::account_entry> list() const;

  // A password that was right for this name since the last change of it.
  [[nodiscard]] bool was_right(std::string_view name, std::string_view password) const;
  void remember_right(std::string_view name, std::string_view password);

  // Of a name with a password, keyed: equal for equal ones, and of no use to anybody else.
  [[nodiscard]] std::string fingerprint(std::string_view name, std::string_view password) const;

 private:
  std::string secret_;
  std::map<std::string, store::login_row, std::less<>> logins_;
  std::unordered_map<std::string, std::string> right_;  // login name -> fingerprint of its last right password
  std::optional<account_id> catch_all_;
};

}  // namespace stagecoach::services

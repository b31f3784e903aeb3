// What must hold of a row outside the accounts that belongs to one: the account is there, and somebody can sign in to
// it. For public_key_check and session_check.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>

#include "store/check/account_check.hpp"

namespace stagecoach::store {

// A row that is wrong, and why; `what` names the key.
using wrong_row = std::function<void(std::string_view key, std::string_view value, const std::string& what)>;

class owner_check {
 public:
  explicit owner_check(const row_source& rows) : rows_(rows) {}
  [[nodiscard]] result<done, failure> read_logins();
  // "belongs to account 7, which is not there"; empty: it is sound.
  [[nodiscard]] std::string problem_of(account_id owner) const;

 private:
  [[nodiscard]] bool is_there(account_id account) const;

  const row_source& rows_;
  std::set<account_id> logins_;
};

}  // namespace stagecoach::store

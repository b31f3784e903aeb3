// For the checks of rows that belong to an account and stand outside it: two accounts, and what a check says of rows.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "protocols/base/record.hpp"
#include "store/check/account_check.hpp"
#include "store/keys.hpp"
#include "store/rows_mail.hpp"

namespace stagecoach::store {

using rows = std::map<std::string, std::string>;

inline constexpr account_id ada{4711}, bob{4712};

inline rows rows_of_accounts() {
  rows all;
  for (const auto who : {ada, bob}) {
    account_row account;
    account.name = who == ada ? "ada@localhost" : "bob@localhost";
    all[account_key(who)] = write_record(account);
    login_row login;
    login.account = who;
    all[login_key(account.name)] = write_record(login);
  }
  return all;
}

template <class Check>
std::vector<std::string> problems_found_by(Check check, const rows& all) {
  std::vector<std::string> problems;
  const row_source source = [&](std::string_view prefix, const visit_row& visit) -> result<done, failure> {
    for (auto at = all.lower_bound(std::string(prefix)); at != all.end() && at->first.starts_with(prefix); ++at)
      if (!visit(at->first, at->second)) break;
    return done{};
  };
  check(source, [&](std::string problem) { problems.push_back(std::move(problem)); });
  return problems;
}

}  // namespace stagecoach::store

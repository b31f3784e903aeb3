#include "store/check/owner_check.hpp"

#include "protocols/base/record.hpp"
#include "store/keys.hpp"
#include "store/rows_mail.hpp"

namespace stagecoach::store {

result<done, failure> owner_check::read_logins() {
  return rows_(logins_prefix(), [this](std::string_view, std::string_view value) {
    if (const auto row = read_record<login_row>(value)) logins_.insert(row->account);
    return true;
  });
}

std::string owner_check::problem_of(account_id owner) const {
  const std::string belongs = "belongs to account " + std::to_string(owner.value) + ", which ";
  if (!is_there(owner)) return belongs + "is not there";
  return logins_.contains(owner) ? "" : belongs + "has no login name";
}

bool owner_check::is_there(account_id account) const {
  bool found = false;
  const auto scanned = rows_(account_key(account), [&](std::string_view, std::string_view) {
    found = true;
    return false;
  });
  return scanned && found;
}

}  // namespace stagecoach::store

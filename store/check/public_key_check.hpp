// The rows of TLS public keys: each belongs to an account that is there and that somebody can sign in to, and has a
// name that no other key of the account has. For `stagecoach verify`, and for its repair, which sets aside those that
// do not.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "store/check/account_check.hpp"

namespace stagecoach::store {

// A row that is wrong, and why; `what` names the key.
using wrong_row = std::function<void(std::string_view key, std::string_view value, const std::string& what)>;

[[nodiscard]] result<done, failure> find_wrong_public_keys(const row_source& rows, const wrong_row& found);

void check_public_keys(const row_source& rows, const report_problem& report);

}  // namespace stagecoach::store

// The rows of TLS public keys: each belongs to an account that is there and that somebody can sign in to, and has a
// name that no other key of the account has. For `stagecoach verify`, and for its repair, which sets aside those that
// do not.
#pragma once

#include "store/check/owner_check.hpp"

namespace stagecoach::store {

[[nodiscard]] result<done, failure> find_wrong_public_keys(const row_source& rows, const wrong_row& found);

void check_public_keys(const row_source& rows, const report_problem& report);

}  // namespace stagecoach::store

// The rows of sessions of the pages: each belongs to an account that is there and that somebody can sign in to. One
// that is over, by its age or by a password of since, is no problem: the next start removes it. For `stagecoach
// verify`, and for its repair, which removes those that are wrong: it costs somebody a sign-in.
#pragma once

#include "store/check/owner_check.hpp"

namespace stagecoach::store {

[[nodiscard]] result<done, failure> find_wrong_sessions(const row_source& rows, const wrong_row& found);

void check_sessions(const row_source& rows, const report_problem& report);

}  // namespace stagecoach::store

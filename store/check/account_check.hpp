// Every invariant of an account, recomputed from its rows alone: counts, quota, UIDs, UIDVALIDITY, modseqs, keywords,
// message ids, tombstones (mail-server-behaviour 5.1-5.3). For `stagecoach verify`, and in tests at each passivation
// and shutdown. One pass in the order of the keys; memory is that of the mailbox rows and of UID ranges.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "protocols/base/ids.hpp"
#include "protocols/base/result.hpp"

namespace stagecoach::store {

// Where the rows come from: index_view::scan, or a map in tests. All rows of one snapshot whose keys begin with
// `prefix`, in order; `visit` answers false to end the scan.
using visit_row = std::function<bool(std::string_view key, std::string_view value)>;
using row_source = std::function<result<done, failure>(std::string_view prefix, const visit_row& visit)>;

// What is wrong, as a text that names account, mailbox and UID.
using report_problem = std::function<void(std::string problem)>;
inline constexpr std::size_t account_problems_max = 100;  // of one account; the rest is only counted

void check_account(const row_source& rows, account_id account, const report_problem& report);
// All accounts, and rows that no account's range holds.
void check_all_accounts(const row_source& rows, const report_problem& report);

}  // namespace stagecoach::store

#include "store/check/session_check.hpp"

#include "protocols/base/record.hpp"
#include "store/keys.hpp"
#include "store/rows_mail.hpp"

namespace stagecoach::store {

namespace {

// Empty: it is sound.
std::string problem_of(std::string_view key, std::string_view value, const owner_check& owners) {
  const auto session = parse_session_key(key);
  if (!session) return "the key " + to_hex(key) + " has no known form";
  const std::string here = "session " + session_text(*session) + ": ";
  const auto row = read_record<session_row>(value);
  if (!row) return here + "its row cannot be read: " + std::string(row.error().what);
  if (row->used < row->began) return here + "was used before it began";
  const auto wrong = owners.problem_of(row->account);
  return wrong.empty() ? "" : here + wrong;
}

}  // namespace

result<done, failure> find_wrong_sessions(const row_source& rows, const wrong_row& found) {
  owner_check owners(rows);
  if (auto read = owners.read_logins(); !read) return read.error();
  return rows(sessions_prefix(), [&](std::string_view key, std::string_view value) {
    if (const auto what = problem_of(key, value, owners); !what.empty()) found(key, value, what);
    return true;
  });
}

void check_sessions(const row_source& rows, const report_problem& report) {
  const auto read = find_wrong_sessions(rows, [&](auto, auto, const std::string& what) { report(std::string(what)); });
  if (!read) report("the sessions could not be read to their end: " + read.error().what);
}

}  // namespace stagecoach::store

#include "store/check/public_key_check.hpp"

#include <set>
#include <utility>

#include "protocols/base/record.hpp"
#include "store/keys.hpp"
#include "store/rows_mail.hpp"

namespace stagecoach::store {

namespace {

class audit {
 public:
  explicit audit(const row_source& rows) : owners_(rows) {}

  result<done, failure> read_logins() { return owners_.read_logins(); }

  // Empty: it is sound.
  std::string problem_of(std::string_view key, std::string_view value) {
    const auto hash = parse_public_key_key(key);
    if (!hash) return "the key " + to_hex(key) + " has no known form";
    const std::string here = "TLS public key " + key_text(*hash) + ": ";
    const auto row = read_record<public_key_row>(value);
    if (!row) return here + "its row cannot be read: " + std::string(row.error().what);
    if (row->name.empty()) return here + "has no name";
    if (const auto wrong = owners_.problem_of(row->account); !wrong.empty()) return here + wrong;
    if (!names_.emplace(row->account, row->name).second)
      return here + "has the name of another key of account " + std::to_string(row->account.value) + ", " + row->name;
    return {};
  }

 private:
  owner_check owners_;
  std::set<std::pair<account_id, std::string>> names_;
};

}  // namespace

result<done, failure> find_wrong_public_keys(const row_source& rows, const wrong_row& found) {
  audit all(rows);
  if (auto read = all.read_logins(); !read) return read.error();
  return rows(public_keys_prefix(), [&](std::string_view key, std::string_view value) {
    if (const auto what = all.problem_of(key, value); !what.empty()) found(key, value, what);
    return true;
  });
}

void check_public_keys(const row_source& rows, const report_problem& report) {
  const auto read =
      find_wrong_public_keys(rows, [&](auto, auto, const std::string& what) { report(std::string(what)); });
  if (!read) report("the TLS public keys could not be read to their end: " + read.error().what);
}

}  // namespace stagecoach::store

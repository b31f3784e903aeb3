#include "store/check/check_store.hpp"

#include <filesystem>

#include "store/check/account_check.hpp"
#include "store/check/blob_check.hpp"
#include "store/check/public_key_check.hpp"
#include "store/check/session_check.hpp"
#include "store/keys.hpp"
#include "store/store.hpp"

namespace stagecoach::store {

store_report check_store(store& what) { return check_store(what.rows(), what.bodies()); }

store_report check_store(index& rows, blobs& bodies) {
  store_report report;
  const auto add = [&](std::string problem) { report.problems.push_back(std::move(problem)); };
  {
    const auto view = rows.view();
    const auto source = [&](std::string_view prefix, const visit_row& visit) { return view.scan(prefix, visit); };
    const auto counted = view.scan("", [&](std::string_view key, std::string_view) {
      if (const auto parts = parse_account_key(key)) {
        report.accounts += parts->kind == row_kind::account ? 1 : 0;
        report.messages += parts->kind == row_kind::message ? 1 : 0;
      }
      report.bodies += parse_blob_key(key) ? 1 : 0;
      return true;
    });
    if (!counted) add("the rows cannot be read: " + counted.error().what);
    check_all_accounts(source, add);
    check_public_keys(source, add);
    check_sessions(source, add);
  }
  for (auto& problem : check_blobs(rows, bodies, blob_check_depth::full)) add(std::move(problem));
  return report;
}

result<std::unique_ptr<store>, failure> open_existing(files& disk, store_options options) {
  std::error_code error;
  if (!std::filesystem::is_directory(options.directory, error))
    return failure{fault_code::not_found, "there is no data directory " + options.directory};
  return store::open(disk, std::move(options));
}

result<store_report, failure> check_directory(const std::string& directory) {
  const auto disk = make_system_files();
  store_options options;
  options.directory = directory;
  const auto opened = open_existing(*disk, std::move(options));
  if (opened) return check_store(**opened);
  if (opened.error().code != fault_code::corrupt) return opened.error();
  store_report report;
  report.problems.push_back(opened.error().what);
  return report;
}

}  // namespace stagecoach::store

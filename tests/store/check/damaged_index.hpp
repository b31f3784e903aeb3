// A store whose index has tables and a log, with mail that was changed, moved and removed, and copies of it in which a
// file of the index is damaged.
#pragma once

#include <gtest/gtest.h>
#include <leveldb/db.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "store/check/repair.hpp"
#include "tests/store/account/operations.hpp"

namespace stagecoach::store {

namespace fs = std::filesystem;

inline std::string octets_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}
inline void write_octets(const fs::path& path, const std::string& octets) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << octets;
}

// By account, mailbox and UID: the body and the flags. By account and mailbox: its name and UIDVALIDITY.
struct served_mail {
  struct message {
    blob_hash body;
    message_flags flags;
    message_id id;
    bool operator==(const message&) const = default;
  };
  std::map<std::tuple<account_id, mailbox_id, uid>, message> messages;
  std::map<std::pair<account_id, mailbox_id>, mailbox_row> mailboxes;
};

inline served_mail mail_in(store& from) {
  served_mail found;
  const auto view = from.rows().view();
  EXPECT_TRUE(view.scan(all_accounts_prefix(), [&](std::string_view key, std::string_view value) {
    const auto at = parse_account_key(key);
    if (at->kind == row_kind::mailbox) found.mailboxes[{at->account, at->mailbox}] = *read_record<mailbox_row>(value);
    if (at->kind != row_kind::message) return true;
    const auto row = *read_record<message_row>(value);
    const auto octets = from.bodies().read(row.blob, {0, row.blob_bytes});
    EXPECT_TRUE(octets && hash_of(*octets) == row.blob) << "a message that cannot be read";
    found.messages[{at->account, at->mailbox, at->message}] = {row.blob, row.flags, row.message};
    return true;
  }));
  return found;
}

struct DamagedIndex : testing::Test {
  DamagedIndex() {
    options.arriving = {5000, 100000, 10000};
    options.rows.write_buffer_bytes = 64 * 1024;
    auto world = open_store(disk, options);
    for (const auto& what : operating::operations()) EXPECT_TRUE(what.run(*world)) << what.name;
    // Opened again its log becomes a table; what comes then stays in the log.
    world.reset();
    world = open_store(disk, options);
    for (std::uint64_t seed = 50; seed < 56; ++seed)
      EXPECT_TRUE(operating::deliver_to(*world, {operating::ada, operating::bob}, made_of(700, seed), {}));
    EXPECT_EQ(operating::all_problems_of(*world), "");
    truth = mail_in(*world);
    world.reset();
    copy_to_damaged();
  }

  void copy_to_damaged() const {
    fs::remove_all(scratch.path("damaged"));
    fs::copy(options.directory, scratch.path("damaged"), fs::copy_options::recursive);
  }
  [[nodiscard]] fs::path damaged(const std::string& name) const { return fs::path(scratch.path("damaged")) / name; }
  [[nodiscard]] std::vector<std::string> index_files(const std::string& form) const {
    std::vector<std::string> names;
    for (const auto& one : fs::directory_iterator(options.directory + "/index"))
      if (one.path().filename().string().find(form) != std::string::npos && one.file_size() > 0)
        names.push_back("index/" + one.path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
  }
  [[nodiscard]] std::map<std::string, std::string> files_in(const fs::path& folder) const {
    std::map<std::string, std::string> all;
    for (const auto& one : fs::directory_iterator(folder))
      if (one.is_regular_file() && one.path().filename().string().find("LO") != 0)  // LOCK, LOG
        all[one.path().filename()] = octets_of(one.path());
    return all;
  }
  [[nodiscard]] store_options damaged_options() const {
    auto changed = options;
    changed.directory = scratch.path("damaged");
    return changed;
  }
  [[nodiscard]] repair_order order() const {
    repair_order one;
    one.directory = scratch.path("damaged");
    one.now = unix_ms{1'795'737'600'000};  // 2026-11-27
    one.rows = options.rows;
    return one;
  }

  struct outcome {
    bool is_repaired = false;
    std::string said;  // steps, warnings, or why not
    served_mail mail;
  };
  // Repaired, and in order again.
  outcome repair() {
    outcome seen;
    std::string announced;
    const auto report = repair_directory(order(), [&](const std::string& step) { announced += step + "\n"; });
    if (!report) {
      seen.said = report.error().what;
      return seen;
    }
    seen.said = announced;
    for (const auto& warning : report->warnings) seen.said += warning + "\n";
    EXPECT_TRUE(report->after.problems.empty()) << report->after.problems.front() << "\n" << seen.said;
    const auto again = open_store(disk, damaged_options());
    if (!again) return seen;
    EXPECT_EQ(operating::all_problems_of(*again), "");
    EXPECT_TRUE(plan_repair(again->rows(), again->bodies())->steps.empty());
    seen.mail = mail_in(*again);
    // It goes on: new mail, and what was there is changed.
    EXPECT_TRUE(operating::deliver_to(*again, {operating::ada}, made_of(900, 77), {}));
    EXPECT_EQ(operating::all_problems_of(*again), "");
    seen.is_repaired = true;
    return seen;
  }

  // No UID under a UIDVALIDITY means two messages: after rows were lost every mailbox has another one, and a higher.
  void expect_new_validities(const served_mail& now) const {
    std::uint32_t highest = 0;
    for (const auto& [at, box] : truth.mailboxes) highest = std::max(highest, box.validity.value);
    for (const auto& [at, box] : now.mailboxes)
      if (!box.is_expunged) {
        EXPECT_GT(box.validity.value, highest) << box.name;
      }
  }

  scratch_directory scratch{memory_file_system()};
  const std::unique_ptr<files> system = make_system_files();
  files& disk = *system;
  store_options options = options_for(scratch.path("data"));
  served_mail truth;
};

}  // namespace stagecoach::store

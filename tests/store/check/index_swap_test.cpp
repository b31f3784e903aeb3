// A repair of an index that is stopped or fails anywhere: the damaged index stays as it was, in its place or set aside,
// and the next repair, or the next opening, ends what was begun.
#include "store/index_swap.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "tests/store/check/damaged_index.hpp"
#include "tests/store/faulty_env.hpp"
#include "tests/store/faulty_files.hpp"

namespace stagecoach::store {
namespace {

struct IndexSwap : DamagedIndex {
  IndexSwap() { begin(); }

  void begin() {
    copy_to_damaged();
    fs::remove(damaged(index_files("MANIFEST").back()));
    before = files_in(damaged("index"));
  }
  // Where the damaged index is; empty: nowhere as it was.
  [[nodiscard]] std::string place_of_damaged() const {
    for (const auto& one : fs::directory_iterator(scratch.path("damaged"))) {
      const auto name = one.path().filename().string();
      if (name.starts_with("index") && one.is_directory() && files_in(one.path()) == before) return name;
    }
    return {};
  }
  // All is there and in order, and the damaged index is beside it.
  void expect_repaired() {
    const auto seen = repair();
    ASSERT_TRUE(seen.is_repaired) << seen.said;
    EXPECT_EQ(seen.mail.messages, truth.messages);
    EXPECT_TRUE(place_of_damaged().starts_with("index.set-aside-2026-11-27")) << place_of_damaged();
    EXPECT_FALSE(fs::exists(damaged(rebuilding_name)));
    EXPECT_FALSE(fs::exists(damaged(rebuilt_name)));
  }
  result<repair_report, failure> try_to_repair(files& with, leveldb::Env& env) const {
    auto faulty = order();
    faulty.disk = &with;
    faulty.rows.env = &env;
    return repair_directory(faulty, [](const auto&) {});
  }
  // In a process of its own; how it ended.
  int repair_and_die(faulty_files& with, faulty_env& env) const {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(try_to_repair(with, env) ? 0 : 3);
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 100;
  }
  void expect_unchanged(const failure& why) const {
    if (why.what.find("run stagecoach verify") != std::string::npos) return;  // it is done, and could not be looked at
    EXPECT_NE(why.what.find("nothing was changed"), std::string::npos) << why.what;
    EXPECT_EQ(place_of_damaged(), "index") << why.what;
  }

  std::map<std::string, std::string> before;
};

TEST_F(IndexSwap, SurvivesACrashBetweenAnyTwoCalls) {
  for (std::uint64_t n = 1;; ++n) {
    SCOPED_TRACE(n);
    begin();
    faulty_files dying;
    faulty_env env;
    dying.die_at = n;
    const int status = repair_and_die(dying, env);
    ASSERT_NE(place_of_damaged(), "");
    expect_repaired();
    if (HasFailure() || status == 0) {
      EXPECT_GT(n, 20U);
      break;
    }
    EXPECT_EQ(status, 9);
  }
}

TEST_F(IndexSwap, SurvivesACrashBetweenCallsOfLevelDb) {
  for (std::uint64_t n = 1;; n += 1 + n / 8) {
    SCOPED_TRACE(n);
    begin();
    faulty_files system_calls;
    faulty_env dying;
    dying.die_at = n;
    const int status = repair_and_die(system_calls, dying);
    ASSERT_NE(place_of_damaged(), "");
    expect_repaired();
    if (HasFailure() || status == 0) {
      EXPECT_GT(n, 40U);
      break;
    }
    EXPECT_EQ(status, 9);
  }
}

TEST_F(IndexSwap, LeavesTheIndexWhenACallFails) {
  for (const int error : {ENOSPC, EIO}) {
    bool was_hit = true;
    for (std::uint64_t n = 1; was_hit; ++n) {
      SCOPED_TRACE(std::to_string(error) + " at call " + std::to_string(n));
      begin();
      faulty_files failing;
      faulty_env env;
      failing.error = error;
      failing.is_lasting = error == ENOSPC;
      failing.fail_at = n;
      const auto report = try_to_repair(failing, env);
      was_hit = failing.was_hit();
      const bool is_done = report || report.error().what.find("run stagecoach verify") != std::string::npos;
      EXPECT_TRUE(is_done || place_of_damaged() == "index") << report.error().what;
      ASSERT_NE(place_of_damaged(), "");
      expect_repaired();
      if (HasFailure()) return;
    }
  }
}

TEST_F(IndexSwap, LeavesTheIndexWhenACallOfLevelDbFails) {
  std::size_t failed = 0;
  for (std::uint64_t n = 1;; n += 1 + n / 16) {
    SCOPED_TRACE(n);
    begin();
    faulty_files system_calls;
    faulty_env failing;
    failing.fail_at = n;
    const auto report = try_to_repair(system_calls, failing);
    if (!report) expect_unchanged(report.error());
    failed += report ? 0 : 1;
    expect_repaired();
    if (HasFailure() || failing.calls < n) break;
  }
  EXPECT_GT(failed, 5U);
}

TEST_F(IndexSwap, NeedsRoomForItsCopies) {
  faulty_files full;
  faulty_env env;
  full.free_bytes = 100'000;
  const auto report = try_to_repair(full, env);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, fault_code::full);
  EXPECT_NE(report.error().what.find("KiB on its disk"), std::string::npos) << report.error().what;
  expect_unchanged(report.error());
}

TEST_F(IndexSwap, IsFinishedByTheNextOpening) {
  ASSERT_TRUE(repair().is_repaired);
  fs::rename(damaged("index"), damaged(rebuilt_name));
  const auto opened = open_store(disk, damaged_options());
  ASSERT_TRUE(opened);
  EXPECT_EQ(operating::all_problems_of(*opened), "");
  EXPECT_FALSE(fs::exists(damaged(rebuilt_name)));
}

}  // namespace
}  // namespace stagecoach::store

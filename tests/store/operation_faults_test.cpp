// Each thing that people do to their mail, while any one call to the disk fails, once or for ever, or the process ends
// there. What was acknowledged is there afterwards, what was refused or broken off is there wholly or not at all, and
// the checker finds nothing.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <iostream>
#include <set>

#include "tests/store/account/operations.hpp"
#include "tests/store/faulty_env.hpp"
#include "tests/store/faulty_files.hpp"

namespace stagecoach::store {
namespace {

enum class layer { files, rows };
struct fault {
  const char* name;
  layer where = layer::files;
  int error = EIO;
  bool is_lasting = false;
  bool writes_half = false;
  bool ends_process = false;
};
constexpr fault faults[] = {
    {"a call fails", layer::files, EIO},
    {"all calls fail from there on", layer::files, EIO, true},
    {"the disk is full", layer::files, ENOSPC, true},
    {"a write is cut short", layer::files, ENOSPC, false, true},
    {"the process ends", layer::files, 0, false, false, true},
    {"a call of LevelDB fails", layer::rows, EIO},
    {"the process ends in LevelDB", layer::rows, 0, false, false, true},
};

struct OperationFaults : testing::Test {
  OperationFaults() {
    options.bodies.segment_bytes_max = 40000;
    options.arriving = {5000, 100000, 10000};
    options.rows.write_buffer_bytes = 64 * 1024;
  }

  // Runs the operation with the fault at call `n`: was it acknowledged? `was_hit`: there was such a call.
  bool run(const operating::operation& what, const fault& how, std::uint64_t n, bool& was_hit) {
    faulty_files files;
    faulty_env env;
    store_options faulty = options;
    faulty.rows.env = &env;
    auto opened = store::open(files, faulty);
    EXPECT_TRUE(opened);
    if (!opened) return false;
    files.forget();
    env.calls = 0;
    if (how.ends_process) {
      (how.where == layer::files ? files.die_at : env.die_at) = n;
    } else {
      files.error = how.error;
      files.is_lasting = how.is_lasting;
      files.writes_half = how.writes_half;
      (how.where == layer::files ? files.fail_at : env.fail_at) = n;
    }
    const bool is_acknowledged = what.run(**opened);
    was_hit = (how.where == layer::files ? files.calls : env.calls) >= n;
    return is_acknowledged;
  }

  // The same in a process of its own; its end is not orderly in any case.
  bool run_and_die(const operating::operation& what, const fault& how, std::uint64_t n, bool& was_hit) {
    const pid_t child = ::fork();
    if (child == 0) {
      const bool is_acknowledged = run(what, how, n, was_hit);
      ::_exit(is_acknowledged ? 1 : 2);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_TRUE(WIFEXITED(status));
    was_hit = WEXITSTATUS(status) == 9;
    EXPECT_TRUE(was_hit || WEXITSTATUS(status) == 1) << WEXITSTATUS(status);
    return WEXITSTATUS(status) == 1;
  }

  scratch_directory scratch{memory_file_system()};
  const std::unique_ptr<files> disk = make_system_files();
  store_options options = options_for(scratch.path("data"));
};

TEST_F(OperationFaults, LeaveTheWholeOrNothing) {
  namespace fs = std::filesystem;
  std::size_t faults_made = 0;
  std::set<std::string> hit;  // operations
  for (const auto& what : operating::operations()) {
    const std::string before = scratch.path("before"), after = scratch.path("after");
    fs::remove_all(before);
    if (fs::exists(after)) fs::rename(after, before);
    std::string picture_before, picture_after;
    if (fs::exists(before)) fs::copy(before, options.directory, fs::copy_options::recursive);
    {
      auto world = open_store(*disk, options);
      ASSERT_TRUE(world);
      picture_before = operating::picture_of(*world);
      ASSERT_TRUE(what.run(*world)) << what.name;
      picture_after = operating::picture_of(*world);
      ASSERT_NE(picture_before, picture_after);
      ASSERT_EQ(operating::all_problems_of(*world), "") << what.name;
    }
    fs::rename(options.directory, after);
    for (const auto& how : faults) {
      for (std::uint64_t n = 1; !HasFailure(); ++n) {
        SCOPED_TRACE(std::string(what.name) + ": " + how.name + " at " + std::to_string(n));
        if (fs::exists(before)) {
          fs::copy(before, options.directory, fs::copy_options::recursive);
        } else {
          auto world = open_store(*disk, options);
        }
        bool was_hit = false;
        const bool is_acknowledged = how.ends_process ? run_and_die(what, how, n, was_hit) : run(what, how, n, was_hit);
        auto world = open_store(*disk, options);
        ASSERT_TRUE(world);
        const auto picture = operating::picture_of(*world);
        EXPECT_TRUE(picture == picture_after || (picture == picture_before && !is_acknowledged));
        EXPECT_EQ(operating::all_problems_of(*world), "");
        EXPECT_TRUE(deliver(*world, {{9}, {1}, {1}}, "goes on"));
        world.reset();
        fs::remove_all(options.directory);
        if (!was_hit) {
          EXPECT_TRUE(is_acknowledged);
          break;
        }
        ++faults_made;
        hit.insert(what.name);
      }
    }
  }
  std::cout << "score {\"faults\": " << faults_made << "}\n";
  EXPECT_EQ(hit.size(), operating::operations().size());
  EXPECT_GT(faults_made, 200U);
}

}  // namespace
}  // namespace stagecoach::store

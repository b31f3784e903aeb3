// The index on a disk that is full or fails: security's rows D1 and D6.
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <set>
#include <thread>

#include "store/index.hpp"
#include "tests/store/faulty_env.hpp"
#include "tests/store/faulty_files.hpp"
#include "tests/store/store_world.hpp"

namespace stagecoach::store {
namespace {

struct IndexFaults : testing::Test {
  void open() {
    rows.reset();
    auto opened = index::open(disk, scratch.path("index"), options);
    ASSERT_TRUE(opened) << opened.error().what;
    rows = std::move(*opened);
  }
  result<done, failure> put(const std::string& key, std::string_view value) const {
    row_batch batch;
    batch.put(key, value);
    return rows->write(std::move(batch));
  }
  scratch_directory scratch{memory_file_system()};
  faulty_files disk;
  faulty_env env;
  index_options options{16 * 1024 * 1024, 1024 * 1024, &env};
  std::unique_ptr<index> rows;
};

struct tally {
  int acknowledged = 0;
  int refused = 0;
  int lost = 0;  // acknowledged, and not there
};

// Writes of 3 KB until 50 are refused, then the disk has room again and 100 more are written; then a new start.
tally fill_and_free(files& disk, const std::string& directory, index_options options, const std::function<void()>& fill,
                    const std::function<void()>& free) {
  tally counted;
  std::set<std::string> acknowledged;
  {
    auto rows = index::open(disk, directory, options);
    if (!rows) return {0, 0, -1};
    const auto write = [&](const std::string& key) {
      row_batch batch;
      batch.put(key, made_of(3000, acknowledged.size()));
      const bool is_written = static_cast<bool>((*rows)->write(std::move(batch)));
      if (is_written) acknowledged.insert(key);
      if (!is_written) ++counted.refused;
    };
    for (int i = 0; i < 51; ++i) write("before " + std::to_string(i));
    fill();
    for (int i = 0; counted.refused < 50; ++i) write("full " + std::to_string(i));
    for (const auto& key : acknowledged) {  // it can be read while it is full
      auto stored = (*rows)->get(key);
      if (!stored || !*stored) ++counted.lost;
    }
    free();
    for (int i = 0; i < 100; ++i) write("after " + std::to_string(i));
  }
  counted.acknowledged = static_cast<int>(acknowledged.size());
  auto rows = index::open(disk, directory, options);
  if (!rows) return {0, 0, -1};
  for (const auto& key : acknowledged) {
    auto stored = (*rows)->get(key);
    if (!stored || !*stored) ++counted.lost;
  }
  return counted;
}

TEST_F(IndexFaults, NothingAcknowledgedIsLostWhenTheDiskWasFull) {
  const auto counted = fill_and_free(
      disk, scratch.path("index"), options, [&] { env.is_full = true, disk.free_bytes = 0; },
      [&] { env.is_full = false, disk.free_bytes = ~0ULL; });
  EXPECT_EQ(counted.lost, 0);
  EXPECT_EQ(counted.acknowledged, 151);
  EXPECT_EQ(counted.refused, 50);
}

TEST_F(IndexFaults, TheSameWhenItSeemsToHaveRoomAndHasNot) {
  const auto counted = fill_and_free(
      disk, scratch.path("index"), options, [&] { env.is_full = true; }, [&] { env.is_full = false; });
  EXPECT_EQ(counted.acknowledged, 151);
  EXPECT_EQ(counted.refused, 50);
  // Opening again failed, so nothing could be read meanwhile; but nothing is gone.
  EXPECT_EQ(counted.lost, 51);
}

// In a mount namespace of its own, so that the mount ends with the process; 9: a mount is not permitted here.
int on_a_small_disk(const std::string& directory, const std::string& size, const std::function<int()>& run) {
  const pid_t child = ::fork();
  if (child == 0) {
    const int flags = CLONE_NEWNS | (::geteuid() == 0 ? 0 : CLONE_NEWUSER);
    if (::unshare(flags) != 0 || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount("tmpfs", directory.c_str(), "tmpfs", 0, ("size=" + size + ",mode=0700").c_str()) != 0)
      ::_exit(9);
    ::_exit(run());
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 100 + WTERMSIG(status);
}

TEST_F(IndexFaults, NothingAcknowledgedIsLostOnARealFullDisk) {
  const std::string directory = scratch.path("small");
  std::filesystem::create_directory(directory);
  const int answer = on_a_small_disk(directory, "4m", [&] {
    const auto system = make_system_files();
    const std::string filler = directory + "/filler";
    const auto counted = fill_and_free(
        *system, directory + "/index", {16 * 1024 * 1024, 1024 * 1024, nullptr},
        [&] {
          std::ofstream out(filler, std::ios::binary);
          const std::string page(4096, 'x');
          while (out.write(page.data(), 4096).flush()) continue;
        },
        [&] { std::filesystem::remove(filler); });
    return counted.lost == 0 && counted.refused == 50 && counted.acknowledged >= 151 ? 0 : 1;
  });
  // Where mounting is not permitted, the faults above are all there is.
  EXPECT_TRUE(answer == 0 || answer == 9) << answer;
}

TEST_F(IndexFaults, AFailedSyncMakesItReadOnly) {
  open();
  ASSERT_TRUE(put("k", "v"));
  env.syncs_fail = true;
  EXPECT_EQ(put("k", "w").error().code, fault_code::disk);
  env.syncs_fail = false;
  EXPECT_TRUE(rows->is_read_only());
  EXPECT_EQ(put("k", "x").error().code, fault_code::disk);
  EXPECT_EQ(rows->make_writable().error().code, fault_code::disk);
  EXPECT_EQ(**rows->get("k"), "v");
  open();
  EXPECT_TRUE(put("k", "y"));
}

TEST_F(IndexFaults, OpensAgainOnceAfterAFailedWrite) {
  open();
  ASSERT_TRUE(put("k", "v"));
  EXPECT_FALSE(*rows->make_writable());
  env.is_full = true;
  EXPECT_EQ(put("k", "w").error().code, fault_code::full);
  env.is_full = false;
  EXPECT_TRUE(*rows->make_writable());
  EXPECT_FALSE(*rows->make_writable());
  EXPECT_EQ(rows->reopened(), 1U);
  EXPECT_TRUE(put("k", "x"));
  EXPECT_EQ(**rows->get("k"), "x");
}

TEST_F(IndexFaults, WaitsForViewsBeforeItOpensAgain) {
  open();
  ASSERT_TRUE(put("k", "v"));
  auto view = std::make_unique<index_view>(rows->view());
  env.is_full = true;
  EXPECT_FALSE(put("k", "w"));
  env.is_full = false;
  std::atomic<bool> is_written{false};
  std::thread writer([&] { is_written = static_cast<bool>(put("k", "x")); });
  EXPECT_EQ(**view->get("k"), "v");  // the view is of use for as long as it is held
  view.reset();
  writer.join();
  EXPECT_TRUE(is_written);
  EXPECT_EQ(rows->reopened(), 1U);
}

TEST_F(IndexFaults, ReadersGoOnWhileItIsOpenedAgainAndAgain) {
  open();
  ASSERT_TRUE(put("k", "v"));
  std::atomic<bool> is_over{false};
  std::atomic<int> wrong{0};
  std::vector<std::thread> readers;
  for (int i = 0; i < 4; ++i)
    readers.emplace_back([&, i] {
      while (!is_over) {
        if (i % 2 == 0) {
          auto stored = rows->get("k");
          if (!stored || *stored != "v") ++wrong;
        } else {
          const auto view = rows->view();
          int count = 0;
          auto scanned =
              view.scan("k", [&](std::string_view, std::string_view value) { return ++count, value == "v"; });
          if (!scanned || count != 1) ++wrong;
        }
      }
    });
  for (int i = 0; i < 20; ++i) {
    env.is_full = true;
    EXPECT_FALSE(put("other", "w"));
    env.is_full = false;
    EXPECT_TRUE(put("other", "x"));
  }
  is_over = true;
  for (auto& one : readers) one.join();
  EXPECT_EQ(wrong.load(), 0);
  EXPECT_EQ(rows->reopened(), 20U);
}

// Every call of LevelDB that changes a file fails once, compactions included.
TEST_F(IndexFaults, AnyOneCallMayFailAndNothingAcknowledgedIsLost) {
  store_options all = options_for(scratch.path("data"));
  all.rows = options;
  all.rows.write_buffer_bytes = 64 * 1024;
  bool is_untouched = false;
  for (std::uint64_t n = 1; !is_untouched && !HasFailure(); n += n < 60 ? 1 : 7) {
    SCOPED_TRACE("call " + std::to_string(n));
    std::filesystem::remove_all(all.directory);
    env.calls = 0;
    env.fail_at = n;
    std::map<std::uint32_t, std::string> acknowledged;
    auto world = store::open(disk, all);
    if (world) {
      for (std::uint32_t i = 1; i <= 60; ++i) {
        const auto staged = stage((*world)->arriving(), made_of(100, i));
        auto what = adding(**world, {{i % 3}, {1}, {i}}, *staged);
        what.rows.push_back({"l" + std::to_string(i), made_of(6000, i)});  // fills LevelDB's buffers
        if (commit_one(**world, std::move(what))) acknowledged[i] = made_of(100, i);
        (*world)->arriving().discard(staged->id);
      }
    }
    is_untouched = env.calls < n;
    env.fail_at = 0;
    if (world) world = failure{};  // ends it
    auto again = open_store(disk, all);
    ASSERT_TRUE(again);
    for (const auto& [i, body] : acknowledged) EXPECT_EQ(*body_at(*again, {{i % 3}, {1}, {i}}), body) << i;
    EXPECT_EQ(problems_of(*again), "");
    EXPECT_TRUE(deliver(*again, {{9}, {1}, {1}}, "goes on"));
  }
}

}  // namespace
}  // namespace stagecoach::store

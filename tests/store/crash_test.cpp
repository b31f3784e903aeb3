// The process ends at a random moment, or between any two calls that change a file, as after kill -9. What was
// acknowledged is there at the next start, and the checker finds nothing.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <random>
#include <set>

#include "tests/store/faulty_env.hpp"
#include "tests/store/faulty_files.hpp"
#include "tests/store/store_world.hpp"
#include "tests/support/let_pass.hpp"

namespace stagecoach::store {
namespace {

std::string body_of(std::uint32_t i) { return made_of(i % 7 == 0 ? 15000 : i % 3 == 0 ? 6000 : 900, i); }

struct CrashTest : ::testing::Test {
  CrashTest() {
    options.bodies.segment_bytes_max = 40000;
    options.arriving = {5000, 100000, 10000};
    options.rows.write_buffer_bytes = 64 * 1024;
  }

  // Delivers, deletes and rewrites, and says on the pipe what it was answered: message i is there, or -i is gone.
  [[noreturn]] void work(faulty_files& dying, int pipe, std::uint32_t first, std::uint32_t last) const {
    auto opened = store::open(dying, options);
    if (!opened) ::_exit(3);
    store& world = **opened;
    const auto tell = [&](std::int32_t what) { (void)!::write(pipe, &what, sizeof what); };
    for (std::uint32_t i = first; i < last; ++i) {
      if (deliver(world, {{1}, {1}, {i}}, body_of(i))) tell(static_cast<std::int32_t>(i));
      if (i % 4 != 0) {
        // Told first: once the deletion may have happened, the message need not be there.
        tell(-static_cast<std::int32_t>(i));
        (void)commit_one(world, removing(world, {{1}, {1}, {i}}, hash_of(body_of(i))));
      }
      (void)world.log().tidy();
    }
    ::_exit(0);
  }

  // What the child has told; its exit status.
  int run(faulty_files& dying, std::uint32_t first, std::uint32_t last, std::set<std::uint32_t>& there,
          std::chrono::microseconds until_killed) {
    int ends[2] = {};
    EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    const pid_t child = ::fork();
    if (child == 0) work(dying, ends[1], first, last);
    ::close(ends[1]);
    if (until_killed.count() > 0) {
      // Every other life is given the time until it has acknowledged something, however slow the machine is.
      pollfd acknowledged{ends[0], POLLIN, 0};
      if (until_killed.count() % 2 == 0) {
        EXPECT_EQ(::poll(&acknowledged, 1, 60'000), 1);
      }
      testing::let_pass(until_killed);
      ::kill(child, SIGKILL);
    }
    std::int32_t told = 0;
    while (::read(ends[0], &told, sizeof told) == sizeof told) {
      if (told > 0) there.insert(static_cast<std::uint32_t>(told));
      if (told < 0) there.erase(static_cast<std::uint32_t>(-told));
    }
    ::close(ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 100;
  }

  void expect_all(const std::set<std::uint32_t>& there) {
    auto world = open_store(disk, options);
    ASSERT_TRUE(world);
    for (const auto i : there) {
      auto octets = body_at(*world, {{1}, {1}, {i}});
      ASSERT_TRUE(octets) << i << ": " << octets.error().what;
      EXPECT_EQ(*octets, body_of(i)) << i;
    }
    EXPECT_EQ(problems_of(*world), "");
  }

  scratch_directory scratch{memory_file_system()};
  faulty_files disk;
  store_options options = options_for(scratch.path("data"));
};

TEST_F(CrashTest, BetweenAnyTwoCalls) {
  for (std::uint64_t n = 1;; ++n) {
    SCOPED_TRACE(n);
    std::filesystem::remove_all(options.directory);
    std::set<std::uint32_t> there;
    faulty_files dying;
    dying.die_at = n;
    const int status = run(dying, 1, 25, there, {});
    expect_all(there);
    if (HasFailure() || status == 0) {
      EXPECT_GT(n, 100U);
      break;
    }
    EXPECT_EQ(status, 9);
  }
}

TEST_F(CrashTest, BetweenAnyTwoCallsOfLevelDb) {
  for (std::uint64_t n = 1;; ++n) {
    SCOPED_TRACE(n);
    std::filesystem::remove_all(options.directory);
    std::set<std::uint32_t> there;
    faulty_env dying;
    dying.die_at = n;
    options.rows.env = &dying;
    const int status = run(disk, 1, 15, there, {});
    options.rows.env = nullptr;
    expect_all(there);
    if (HasFailure() || status == 0) {
      EXPECT_GT(n, 100U);
      break;
    }
    EXPECT_EQ(status, 9);
  }
}

TEST_F(CrashTest, AtRandomMomentsOfOneLife) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  std::set<std::uint32_t> there;
  std::uint32_t first = 1;
  // A slow machine acknowledges little in a life: it gets more lives.
  for (int life = 0; (life < 50 || there.size() <= 50) && life < 1000 && !HasFailure(); ++life, first += 100000) {
    (void)run(disk, first, first + 100000, there, std::chrono::microseconds(1000 + random() % 30000));
    expect_all(there);
  }
  EXPECT_GT(there.size(), 50U);
}

}  // namespace
}  // namespace stagecoach::store

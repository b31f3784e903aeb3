#include "store/blobs.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <thread>

#include "tests/store/faulty_files.hpp"
#include "tests/store/store_world.hpp"

namespace stagecoach::store {
namespace {

struct BlobsTest : testing::Test {
  void open() {
    world.reset();
    world = open_store(disk, options);
    ASSERT_TRUE(world);
  }
  std::string segment(unsigned number) const { return options.directory + "/bodies/" + segment_name(number); }
  std::uint64_t bytes_on_disk() const {
    std::uint64_t total = 0;
    for (const auto& one : std::filesystem::directory_iterator(options.directory + "/bodies")) total += one.file_size();
    return total;
  }
  void tidy() const {
    for (int slice = 0; world->log().tidy(); ++slice) ASSERT_LT(slice, 10000);
  }
  scratch_directory scratch{memory_file_system()};
  faulty_files disk;
  store_options options = options_for(scratch.path("data"));
  std::unique_ptr<store> world;
};

TEST_F(BlobsTest, SegmentNamesCanBeTakenApart) {
  EXPECT_EQ(segment_name(12), "0000000012.seg");
  EXPECT_EQ(parse_segment_name("0000000012.seg"), 12U);
  EXPECT_EQ(parse_segment_name(segment_name(4294967295U)), 4294967295U);
  for (const char* name :
       {"", "12.seg", "0000000000.seg", "9999999999.seg", "00000000x2.seg", "0000000012.tmp", "+000000012.seg"})
    EXPECT_EQ(parse_segment_name(name), std::nullopt) << name;
}

TEST_F(BlobsTest, ASegmentThatHasGrownToItsLimitIsFollowedByAnother) {
  options.bodies.segment_bytes_max = 10000;
  open();
  for (std::uint32_t i = 1; i <= 20; ++i) ASSERT_TRUE(deliver(*world, {{1}, {1}, {i}}, made_of(3000, i)));
  EXPECT_TRUE(std::filesystem::exists(segment(5)));
  EXPECT_FALSE(std::filesystem::exists(segment(6)));
  open();
  ASSERT_TRUE(deliver(*world, {{1}, {1}, {21}}, "small"));
  EXPECT_TRUE(std::filesystem::exists(segment(6)));
  for (std::uint32_t i = 1; i <= 20; ++i) EXPECT_EQ(*body_at(*world, {{1}, {1}, {i}}), made_of(3000, i));
  EXPECT_EQ(problems_of(*world), "");
}

TEST_F(BlobsTest, ALargeBodyBecomesASegmentByLink) {
  open();
  const auto body = made_of(3000000, 1);
  const auto staged = stage(world->arriving(), body);
  ASSERT_TRUE(staged);
  struct stat before {};
  ASSERT_EQ(::stat(world->arriving().find(staged->id)->on_disk().path().c_str(), &before), 0);
  ASSERT_TRUE(commit_one(*world, adding(*world, {{1}, {1}, {1}}, *staged)));
  struct stat after {};
  ASSERT_EQ(::stat(segment(1).c_str(), &after), 0);
  EXPECT_EQ(after.st_ino, before.st_ino);
  // Staging stays the deliverer's until it discards it; the next commit removes the other name.
  EXPECT_EQ(after.st_nlink, 2U);
  ASSERT_TRUE(commit_one(*world, adding(*world, {{2}, {1}, {1}}, *staged)));
  world->arriving().discard(staged->id);
  ASSERT_TRUE(deliver(*world, {{1}, {1}, {2}}, "next"));
  ASSERT_EQ(::stat(segment(1).c_str(), &after), 0);
  EXPECT_EQ(after.st_nlink, 1U);
  EXPECT_EQ(*body_at(*world, {{2}, {1}, {1}}), body);
  open();
  EXPECT_EQ(*body_at(*world, {{1}, {1}, {1}}), body);
  EXPECT_EQ(problems_of(*world), "");
}

TEST_F(BlobsTest, ALargeBodyIsCopiedFromAnotherFileSystem) {
  const scratch_directory elsewhere;
  options.staging_directory = elsewhere.path("staging");
  open();
  const auto body = made_of(3000000, 1);
  ASSERT_TRUE(deliver(*world, {{1}, {1}, {1}}, body));
  open();
  EXPECT_EQ(*body_at(*world, {{1}, {1}, {1}}), body);
  EXPECT_EQ(problems_of(*world), "");
  EXPECT_TRUE(std::filesystem::is_empty(options.staging_directory));
}

TEST_F(BlobsTest, APartialCopyIsRemoved) {
  open();
  disk.refuses_links = true;
  const auto body = made_of(3000000, 1);
  for (std::uint64_t n = 1;; ++n) {
    SCOPED_TRACE(n);
    const auto staged = stage(world->arriving(), body);
    auto what = adding(*world, {{1}, {1}, {1}}, *staged);
    disk.calls = 0;
    disk.fail_at = n;
    disk.error = ENOSPC;
    disk.writes_half = true;
    const auto answer = commit_one(*world, std::move(what));
    const auto calls = disk.calls.load();
    disk.forget();
    if (answer) {
      EXPECT_GT(calls, 4U);
      break;
    }
    if (world->log().is_read_only()) {
      open();  // the directory's sync failed
      continue;
    }
    EXPECT_FALSE(std::filesystem::exists(segment(static_cast<unsigned>(n))));
    world->arriving().discard(staged->id);
  }
  EXPECT_EQ(*body_at(*world, {{1}, {1}, {1}}), body);
  EXPECT_EQ(problems_of(*world), "");
}

TEST_F(BlobsTest, APartOfALargeBodyIsReadWithoutTheRest) {
  open();
  const auto body = made_of(3000000, 1);
  ASSERT_TRUE(deliver(*world, {{1}, {1}, {1}}, body));
  world.reset();
  {
    auto opened = file::open(disk, segment(1), 2);
    ASSERT_TRUE(opened->write("damage", 2500000));
  }
  open();
  EXPECT_EQ(*world->bodies().read(hash_of(body), {1000000, 262144}), body.substr(1000000, 262144));
  EXPECT_EQ(world->bodies().read(hash_of(body), {2400000, 262144}).error().code, fault_code::corrupt);
  EXPECT_NE(problems_of(*world), "");
}

TEST_F(BlobsTest, TheRoomOfDeadBodiesComesBack) {
  options.bodies.segment_bytes_max = 100000;
  open();
  for (std::uint32_t i = 1; i <= 300; ++i) ASSERT_TRUE(deliver(*world, {{1}, {1}, {i}}, made_of(3000, i)));
  for (std::uint32_t i = 1; i <= 300; ++i) {
    if (i % 10 != 0) {
      ASSERT_TRUE(commit_one(*world, removing(*world, {{1}, {1}, {i}}, hash_of(made_of(3000, i)))));
    }
  }
  const auto before = bytes_on_disk();
  tidy();
  EXPECT_LT(bytes_on_disk(), before / 4);
  EXPECT_GT(world->log().counters().rewritten_bytes, 0U);
  EXPECT_FALSE(world->log().tidy());
  EXPECT_EQ(problems_of(*world), "");
  open();
  for (std::uint32_t i = 10; i <= 300; i += 10) EXPECT_EQ(*body_at(*world, {{1}, {1}, {i}}), made_of(3000, i));
  EXPECT_EQ(problems_of(*world), "");
  EXPECT_TRUE(world->notes().empty());
}

TEST_F(BlobsTest, ALargeBodyThatNobodyUsesGoesWhole) {
  open();
  const auto body = made_of(3000000, 1);
  ASSERT_TRUE(deliver(*world, {{1}, {1}, {1}}, body));
  ASSERT_TRUE(commit_one(*world, removing(*world, {{1}, {1}, {1}}, hash_of(body))));
  EXPECT_TRUE(std::filesystem::exists(segment(1)));
  tidy();
  EXPECT_FALSE(std::filesystem::exists(segment(1)));
  EXPECT_EQ(problems_of(*world), "");
}

TEST_F(BlobsTest, ADamagedSegmentIsNotRewritten) {
  options.bodies.segment_bytes_max = 20000;
  open();
  for (std::uint32_t i = 1; i <= 20; ++i) ASSERT_TRUE(deliver(*world, {{1}, {1}, {i}}, made_of(3000, i)));
  for (std::uint32_t i = 1; i <= 6; ++i)
    ASSERT_TRUE(commit_one(*world, removing(*world, {{1}, {1}, {i}}, hash_of(made_of(3000, i)))));
  world.reset();
  {
    auto opened = file::open(disk, segment(1), 2);
    ASSERT_TRUE(opened->write("damage", segment_header_bytes + record_bytes(3000)));  // a dead record's header
  }
  open();
  tidy();
  EXPECT_TRUE(std::filesystem::exists(segment(1)));
  for (std::uint32_t i = 7; i <= 20; ++i) EXPECT_EQ(*body_at(*world, {{1}, {1}, {i}}), made_of(3000, i));
}

TEST_F(BlobsTest, ReadersGoOnWhileSegmentsAreRewritten) {
  options.bodies.segment_bytes_max = 10000;
  open();
  constexpr std::uint32_t kept = 20;
  std::uint32_t next = 1000;
  const auto bring = [&](std::uint32_t count) {
    for (const std::uint32_t end = next + count; next < end; ++next)
      EXPECT_TRUE(deliver(*world, {{2}, {1}, {next}}, made_of(2000, next)));
  };
  const auto take_away = [&](std::uint32_t first) {
    for (std::uint32_t i = first; i < next; ++i)
      EXPECT_TRUE(commit_one(*world, removing(*world, {{2}, {1}, {i}}, hash_of(made_of(2000, i)))));
  };
  for (std::uint32_t i = 1; i <= kept; ++i) {
    ASSERT_TRUE(deliver(*world, {{1}, {1}, {i}}, made_of(2000, i)));
    bring(6);
  }
  take_away(1000);
  std::atomic<bool> is_over{false};
  std::atomic<int> wrong{0};
  std::atomic<std::uint64_t> reads{0};
  std::vector<std::thread> readers;
  for (std::uint64_t seed = 0; seed < 4; ++seed)
    readers.emplace_back([&, seed] {
      std::mt19937_64 random(seed);
      while (!is_over) {
        const auto i = static_cast<std::uint32_t>(random() % kept + 1);
        auto octets = body_at(*world, {{1}, {1}, {i}});
        if (!octets || *octets != made_of(2000, i)) ++wrong;
        ++reads;
      }
    });
  // Bodies come and go between the slices, so that the ones that stay get among new ones and are moved again.
  for (int round = 0; round < 20; ++round) {
    const std::uint32_t first = next;
    for (std::uint32_t i = 0; i < kept; ++i) {
      bring(6);
      for (int slice = 0; slice < 4; ++slice) (void)world->log().tidy();
    }
    take_away(first);
  }
  is_over = true;
  for (auto& one : readers) one.join();
  EXPECT_EQ(wrong.load(), 0);
  EXPECT_GT(reads.load(), 100U);
  EXPECT_GT(world->log().counters().rewritten_bytes, 3 * kept * 2000U);
  EXPECT_FALSE(std::filesystem::exists(segment(1)));
  EXPECT_EQ(problems_of(*world), "");
}

TEST_F(BlobsTest, AnyOneCallMayFailWhileItIsRewritten) {
  options.bodies.segment_bytes_max = 20000;
  for (std::uint64_t n = 1;; ++n) {
    SCOPED_TRACE(n);
    std::filesystem::remove_all(options.directory);
    open();
    for (std::uint32_t i = 1; i <= 30; ++i) ASSERT_TRUE(deliver(*world, {{1}, {1}, {i}}, made_of(3000, i)));
    for (std::uint32_t i = 1; i <= 30; ++i) {
      if (i % 5 != 0) {
        ASSERT_TRUE(commit_one(*world, removing(*world, {{1}, {1}, {i}}, hash_of(made_of(3000, i)))));
      }
    }
    disk.error = n % 2 == 0 ? ENOSPC : EIO;
    disk.calls = 0;
    disk.fail_at = n;
    for (int slice = 0; slice < 20; ++slice) (void)world->log().tidy();
    const bool was_hit = disk.was_hit();
    disk.forget();
    for (const bool is_new_start : {false, true}) {
      if (is_new_start) open();
      if (is_new_start) tidy();
      for (std::uint32_t i = 5; i <= 30; i += 5) EXPECT_EQ(*body_at(*world, {{1}, {1}, {i}}), made_of(3000, i));
    }
    EXPECT_EQ(problems_of(*world), "");
    if (HasFailure() || !was_hit) {
      EXPECT_GT(n, 5U);
      break;
    }
  }
}

}  // namespace
}  // namespace stagecoach::store

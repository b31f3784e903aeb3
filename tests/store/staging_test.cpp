#include "store/staging.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "tests/store/store_world.hpp"

namespace stagecoach::store {
namespace {

struct StagingTest : testing::Test {
  std::unique_ptr<staging> open(staging_options options) {
    auto opened = staging::open(*disk, scratch.path("staging"), options);
    EXPECT_TRUE(opened) << opened.error().what;
    return std::move(*opened);
  }
  std::size_t files_left() const {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& one : std::filesystem::directory_iterator(scratch.path("staging"))) ++count;
    return count;
  }
  // As a connection does it: to memory while that is possible, then to the disk, in pieces of `cut`.
  static messages::staged_body arrive(staging& area, std::string_view body, std::size_t cut) {
    const auto id = area.begin();
    bool is_on_disk = false;
    while (!body.empty()) {
      const auto piece = body.substr(0, cut);
      if (!is_on_disk) is_on_disk = !area.try_append(id, piece);
      if (is_on_disk) {
        auto size = area.append_to_disk(id, piece);
        EXPECT_TRUE(size) << size.error().what;
      }
      body.remove_prefix(piece.size());
    }
    EXPECT_EQ(area.is_in_memory(id), !is_on_disk);
    auto ended = area.finish(id);
    EXPECT_TRUE(ended) << ended.error().what;
    return *ended;
  }
  static std::string octets_of(const staging& area, const messages::staged_body& body) {
    const auto kept = area.find(body.id);
    if (!kept) return "(gone)";
    if (kept->is_in_memory()) return std::string(kept->octets());
    auto read = read_body(kept->on_disk(), segment_header_bytes, {body.hash, body.size}, {0, body.size});
    return read ? *read : read.error().what;
  }

  scratch_directory scratch;
  std::unique_ptr<files> disk = make_system_files();
};

TEST_F(StagingTest, KeepsSmallBodiesInMemoryAndLargeOnesInAFile) {
  auto area = open({1000, 64 * 1024, 1024 * 1024});
  for (const std::size_t size : {0UL, 1UL, 999UL, 1000UL, 1001UL, 65535UL, 65536UL, 65537UL, 200000UL, 2000000UL}) {
    SCOPED_TRACE(size);
    const auto body = made_of(size, static_cast<unsigned>(size));
    const auto ended = arrive(*area, body, 7001);
    EXPECT_EQ(ended.size, size);
    EXPECT_EQ(ended.hash, hash_of(body));
    EXPECT_EQ(area->is_in_memory(ended.id), size <= 1000);
    EXPECT_EQ(octets_of(*area, ended), body);
    EXPECT_EQ(area->find(ended.id)->is_synced(), size >= 1024 * 1024);
    area->discard(ended.id);
  }
  EXPECT_EQ(area->memory_in_use(), 0U);
  area->sweep();
  EXPECT_EQ(files_left(), 0U);
}

TEST_F(StagingTest, EveryCutOfTheStreamGivesTheSameBody) {
  auto area = open({40, 64 * 1024, 1});
  const std::string body = "Subject: x\r\nTo: y\r\n\r\nThe body.\r\n\r\nMore of it, so that it goes to a file.\r\n";
  const auto whole = arrive(*area, body, body.size());
  for (std::size_t cut = 1; cut < body.size(); ++cut) {
    const auto ended = arrive(*area, body, cut);
    EXPECT_EQ(ended.hash, whole.hash) << cut;
    EXPECT_EQ(ended.header_bytes, 21U) << cut;
    EXPECT_EQ(octets_of(*area, ended), body) << cut;
    area->discard(ended.id);
  }
}

TEST_F(StagingTest, TheHeaderEndsWithTheFirstEmptyLine) {
  struct row {
    std::string_view body;
    std::uint32_t header_bytes;
  };
  constexpr row rows[] = {
      {"", 0},
      {"\r\n", 2},
      {"\r\n\r\n", 2},
      {"\n\n", 1},  // APPEND may bring bare line feeds
      {"A: b\r\n", 6},
      {"A: b\r\n\r\n", 8},
      {"A: b\r\n\r\nbody\r\n\r\n", 8},
      {"A: b\r\r\n\r\nbody", 9},
      {"A: b\r\n\r\r\nbody\r\n\r\nx", 17},
      {"A: b\n\nbody", 6},
      {"A: b\r\n\n\r\nbody", 7},
      {"\rA\r\n\r\nx", 6},
  };
  auto area = open({});
  for (const auto& r : rows) {
    for (std::size_t cut = 1; cut <= r.body.size(); ++cut)
      EXPECT_EQ(arrive(*area, r.body, cut).header_bytes, r.header_bytes) << r.body << " cut at " << cut;
  }
}

TEST_F(StagingTest, ADifferentBodyGoesToDiskWhenTheBudgetIsUsedUp) {
  auto area = open({1000, 2500, 1024 * 1024});
  const auto one = area->begin();
  const auto two = area->begin();
  const auto three = area->begin();
  EXPECT_TRUE(area->try_append(one, made_of(1000, 1)));
  EXPECT_TRUE(area->try_append(two, made_of(1000, 2)));
  EXPECT_FALSE(area->try_append(three, made_of(501, 3)));
  EXPECT_EQ(area->memory_in_use(), 2000U);
  area->discard(one);
  EXPECT_TRUE(area->try_append(three, made_of(501, 3)));
  EXPECT_FALSE(area->try_append(three, made_of(500, 4)));  // above its own limit
  auto spilled = area->append_to_disk(three, made_of(500, 4));
  ASSERT_TRUE(spilled);
  EXPECT_EQ(*spilled, 1001U);
  EXPECT_EQ(area->memory_in_use(), 1000U);
  EXPECT_FALSE(area->try_append(three, "x"));  // no way back
  auto ended = area->finish(three);
  ASSERT_TRUE(ended);
  EXPECT_EQ(octets_of(*area, *ended), made_of(501, 3) + made_of(500, 4));
}

TEST_F(StagingTest, HasNoMoreFilesThanItMay) {
  staging_options options;
  options.memory_each = 10;
  options.files_max = 2;
  auto area = open(options);
  const auto one = area->begin();
  ASSERT_TRUE(area->append_to_disk(one, made_of(100, 1)));
  const auto two = area->begin();
  ASSERT_TRUE(area->append_to_disk(two, made_of(100, 2))) << "as many as there may be";
  EXPECT_TRUE(area->append_to_disk(two, made_of(100, 3))) << "in the file that it has";
  const auto three = area->begin();
  const auto refused = area->append_to_disk(three, made_of(100, 4));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, fault_code::busy);
  EXPECT_FALSE(area->finish(three)) << "it is not whole";
  EXPECT_EQ(files_left(), 2U);
  area->discard(one);
  const auto four = area->begin();
  EXPECT_TRUE(area->append_to_disk(four, made_of(100, 5))) << "one has gone";
  EXPECT_EQ(files_left(), 2U);
}

TEST_F(StagingTest, FilesAreForTheOwnerOnly) {
  auto area = open({10, 1000, 1024});
  (void)arrive(*area, made_of(5000, 5), 1000);
  ASSERT_EQ(files_left(), 1U);
  for (const auto& one : std::filesystem::directory_iterator(scratch.path("staging"))) {
    struct stat seen {};
    ASSERT_EQ(::stat(one.path().c_str(), &seen), 0);
    EXPECT_EQ(seen.st_mode & 07777U, 0600U);
  }
  struct stat directory {};
  ASSERT_EQ(::stat(scratch.path("staging").c_str(), &directory), 0);
  EXPECT_EQ(directory.st_mode & 07777U, 0700U);
}

TEST_F(StagingTest, AnExistingFileIsNeverWrittenTo) {
  auto area = open({10, 1000, 1024});
  std::ofstream(scratch.path("staging/1")) << "not ours";
  const auto id = area->begin();
  EXPECT_FALSE(area->append_to_disk(id, "octets"));
  EXPECT_FALSE(area->append_to_disk(id, "octets"));  // and it stays failed
  EXPECT_FALSE(area->finish(id));
  std::string content;
  std::getline(std::ifstream(scratch.path("staging/1")), content);
  EXPECT_EQ(content, "not ours");
}

TEST_F(StagingTest, LeftoversAreRemovedAtTheStart) {
  {
    auto area = open({10, 1000, 1024});
    std::ofstream(scratch.path("staging/77")) << "half a mail";
  }
  ASSERT_EQ(files_left(), 1U);
  auto area = open({10, 1000, 1024});
  EXPECT_EQ(files_left(), 0U);
}

TEST_F(StagingTest, ADiscardedBodyIsUnknown) {
  auto area = open({10, 1000, 1024});
  const auto id = area->begin();
  ASSERT_TRUE(area->append_to_disk(id, "octets"));
  area->discard(id);
  area->discard(id);
  EXPECT_EQ(area->count(), 0U);
  EXPECT_FALSE(area->try_append(id, "x"));
  EXPECT_EQ(area->append_to_disk(id, "x").error().code, fault_code::not_found);
  EXPECT_EQ(area->finish(id).error().code, fault_code::not_found);
  EXPECT_EQ(area->find(id), nullptr);
  EXPECT_FALSE(area->is_in_memory(id));
  EXPECT_EQ(files_left(), 0U);  // append_to_disk swept
}

TEST_F(StagingTest, WhoHoldsABodyMayReadItAfterItsDiscard) {
  auto area = open({10, 1000, 1024});
  const auto body = made_of(70000, 9);
  const auto ended = arrive(*area, body, 4096);
  auto kept = area->find(ended.id);
  area->discard(ended.id);
  area->sweep();
  auto read = read_body(kept->on_disk(), segment_header_bytes, {ended.hash, ended.size}, {0, ended.size});
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, body);
  kept.reset();
  area->sweep();
  EXPECT_EQ(files_left(), 0U);
}

TEST_F(StagingTest, ManyThreadsAtOnce) {
  auto area = open({2000, 20000, 4096});
  std::vector<std::thread> threads;
  std::atomic<int> wrong{0};
  for (unsigned thread = 0; thread < 8; ++thread)
    threads.emplace_back([&, thread] {
      for (unsigned round = 0; round < 60; ++round) {
        const auto body = made_of((thread * 977 + round * 131) % 9000, thread * 100 + round);
        const auto ended = arrive(*area, body, 1 + (thread + round) * 17);
        if (ended.hash != hash_of(body) || octets_of(*area, ended) != body) ++wrong;
        area->discard(ended.id);
      }
    });
  for (auto& one : threads) one.join();
  EXPECT_EQ(wrong.load(), 0);
  EXPECT_EQ(area->count(), 0U);
  EXPECT_EQ(area->memory_in_use(), 0U);
  area->sweep();
  EXPECT_EQ(files_left(), 0U);
}

}  // namespace
}  // namespace stagecoach::store

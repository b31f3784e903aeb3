// Security's row D2: single bits flipped in every kind of file. Each is detected, none is served: after opening, a
// message that was acknowledged is either what it was, or a failure. Never something else, and never gone without a
// word.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>

#include "tests/store/faulty_files.hpp"
#include "tests/store/store_world.hpp"

namespace stagecoach::store {
namespace {

constexpr std::uint32_t message_count = 120;
constexpr int flips = 40;

std::string body_of(std::uint32_t i) { return made_of(i % 20 == 0 ? 150000 : 700, i); }

struct seen {
  int refused_to_open = 0;
  int failed_reads = 0;  // opened, and the checker or a reader met it
  int harmless = 0;      // everything was read, and was what it was
  int wrong = 0;
};

struct CorruptionTest : testing::Test {
  // In `settled` form the rows are in tables; otherwise in LevelDB's log.
  void fill(bool is_settled) {
    std::filesystem::remove_all(options.directory);
    options.rows.write_buffer_bytes = is_settled ? 64 * 1024 : 16 * 1024 * 1024;
    auto world = open_store(disk, options);
    ASSERT_TRUE(world);
    for (std::uint32_t i = 1; i <= message_count; ++i) {
      const auto staged = stage(world->arriving(), body_of(i));
      auto what = adding(*world, {{1}, {1}, {i}}, *staged);
      what.rows.push_back({"l" + std::to_string(i), made_of(1000, i)});
      ASSERT_TRUE(commit_one(*world, std::move(what)));
      world->arriving().discard(staged->id);
    }
  }

  std::vector<std::string> files_of(const std::string& folder, const std::string& form) const {
    std::vector<std::string> found;
    for (const auto& one : std::filesystem::directory_iterator(options.directory + "/" + folder)) {
      const auto name = one.path().filename().string();
      if (one.file_size() > 0 && name.find(form) != std::string::npos) found.push_back(folder + "/" + name);
    }
    std::sort(found.begin(), found.end());
    return found;
  }

  static void judge(files& disk, const store_options& at, seen& counted) {
    auto opened = store::open(disk, at);
    if (!opened) {
      ++counted.refused_to_open;
      return;
    }
    bool is_noticed = !(*opened)->notes().empty();
    for (std::uint32_t i = 1; i <= message_count; ++i) {
      auto octets = body_at(**opened, {{1}, {1}, {i}});
      if (octets && *octets != body_of(i)) ++counted.wrong;
      if (!octets && octets.error().code != fault_code::not_found) is_noticed = true;
      if (!octets && octets.error().code == fault_code::not_found) ++counted.wrong;  // gone without a word
      auto row = (*opened)->rows().get("l" + std::to_string(i));
      if (row && *row != made_of(1000, i)) ++counted.wrong;
      if (!row) is_noticed = true;
    }
    if (!check_blobs((*opened)->rows(), (*opened)->bodies(), blob_check_depth::full).empty()) is_noticed = true;
    ++(is_noticed ? counted.failed_reads : counted.harmless);
  }

  seen flip(const std::string& folder, const std::string& form, unsigned seed) {
    seen counted;
    std::mt19937_64 random(seed);
    const auto names = files_of(folder, form);
    EXPECT_FALSE(names.empty());
    for (int i = 0; i < flips && !names.empty(); ++i) {
      std::uint64_t total = 0;
      for (const auto& name : names) total += std::filesystem::file_size(options.directory + "/" + name);
      std::uint64_t at = random() % total;
      std::string name;
      for (const auto& one : names) {
        name = one;
        const auto size = std::filesystem::file_size(options.directory + "/" + one);
        if (at < size) break;
        at -= size;
      }
      store_options damaged = options;
      damaged.directory = scratch.path("damaged");
      std::filesystem::remove_all(damaged.directory);
      std::filesystem::copy(options.directory, damaged.directory, std::filesystem::copy_options::recursive);
      {
        std::fstream file(damaged.directory + "/" + name, std::ios::in | std::ios::out | std::ios::binary);
        file.seekg(static_cast<std::streamoff>(at));
        const auto octet = static_cast<char>(file.get() ^ (1 << (random() % 8)));
        file.seekp(static_cast<std::streamoff>(at));
        file.put(octet);
      }
      SCOPED_TRACE(name + " at " + std::to_string(at) + ", seed " + std::to_string(seed));
      const int wrong_before = counted.wrong;
      judge(disk, damaged, counted);
      EXPECT_EQ(counted.wrong, wrong_before);
    }
    std::printf("%s: %d refusals to open, %d failed reads, %d harmless, %d wrong\n", form.c_str(),
                counted.refused_to_open, counted.failed_reads, counted.harmless, counted.wrong);
    return counted;
  }
  scratch_directory scratch{memory_file_system()};
  faulty_files disk;
  store_options options = options_for(scratch.path("data"));
};

TEST_F(CorruptionTest, InTheLogOfTheIndex) {
  fill(false);
  const auto counted = flip("index", ".log", 1);
  EXPECT_EQ(counted.refused_to_open + counted.failed_reads, flips);
}

// LevelDB takes a record whose length points behind the end of its log for one that a crash has cut, and forgets it
// with all that follows in its block, silently. The bodies' records know how many commits there were, so that all but
// the loss of the very last one is noticed.
TEST_F(CorruptionTest, InTheLengthsOfTheLogOfTheIndex) {
  fill(false);
  const std::string name = files_of("index", ".log").back();
  std::ifstream in(options.directory + "/" + name, std::ios::binary);
  const std::string log((std::istreambuf_iterator<char>(in)), {});
  constexpr std::size_t log_block = 32768;
  constexpr std::size_t log_header = 7;  // checksum 4, length 2, type 1
  std::vector<std::size_t> lengths;
  for (std::size_t at = log.size() / log_block * log_block; at + log_header <= log.size();) {
    lengths.push_back(at + 4);
    at += log_header + static_cast<unsigned char>(log[at + 4]) + 256U * static_cast<unsigned char>(log[at + 5]);
  }
  ASSERT_GT(lengths.size(), 4U);
  lengths.pop_back();  // of the last commit: nothing was written after it that could know of it
  for (const auto length : lengths) {
    for (std::size_t bit = 0; bit < 16; ++bit) {
      SCOPED_TRACE("length at " + std::to_string(length) + ", bit " + std::to_string(bit));
      store_options damaged = options;
      damaged.directory = scratch.path("damaged");
      std::filesystem::remove_all(damaged.directory);
      std::filesystem::copy(options.directory, damaged.directory, std::filesystem::copy_options::recursive);
      std::string flipped = log;
      flipped[length + bit / 8] = static_cast<char>(flipped[length + bit / 8] ^ (1 << (bit % 8)));
      std::ofstream(damaged.directory + "/" + name, std::ios::binary | std::ios::trunc) << flipped;
      seen counted;
      judge(disk, damaged, counted);
      EXPECT_EQ(counted.refused_to_open, 1);
    }
  }
}

TEST_F(CorruptionTest, InTheTablesOfTheIndex) {
  fill(true);
  const auto counted = flip("index", ".ldb", 2);
  EXPECT_EQ(counted.refused_to_open + counted.failed_reads + counted.harmless, flips);
  EXPECT_LE(counted.harmless, 2);
}

TEST_F(CorruptionTest, InTheManifestOfTheIndex) {
  fill(true);
  const auto counted = flip("index", "MANIFEST", 3);
  EXPECT_EQ(counted.refused_to_open + counted.failed_reads, flips);
}

TEST_F(CorruptionTest, InASegment) {
  fill(false);
  const auto counted = flip("bodies", ".seg", 4);
  EXPECT_EQ(counted.refused_to_open + counted.failed_reads, flips);
}

}  // namespace
}  // namespace stagecoach::store

// LevelDB's own log, cut and changed: what is left of it is whole commits, each as it was written.
#include "store/check/sound_log.hpp"

#include <gtest/gtest.h>
#include <leveldb/db.h>
#include <leveldb/write_batch.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <memory>

#include "tests/store/scratch.hpp"

namespace stagecoach::store {
namespace {

struct SoundLog : testing::Test {
  SoundLog() {
    auto database = open(scratch.path("written"));
    for (int i = 0; i < commits; ++i) {
      // Of every size, so that some are cut in two and three by the blocks.
      const std::string value(i % 10 == 9 ? 70'000 : static_cast<std::size_t>(i) * 37, static_cast<char>('a' + i % 26));
      wanted["key " + std::to_string(i)] = value;
      EXPECT_TRUE(database->Put({}, "key " + std::to_string(i), value).ok());
    }
    database.reset();
    for (const auto& one : std::filesystem::directory_iterator(scratch.path("written")))
      if (one.path().extension() == ".log") {
        std::ifstream in(one.path(), std::ios::binary);
        log.assign(std::istreambuf_iterator<char>(in), {});
      }
  }
  static std::unique_ptr<leveldb::DB> open(const std::string& path) {
    leveldb::Options options;
    options.create_if_missing = true;
    options.paranoid_checks = true;
    options.write_buffer_size = 16 * 1024 * 1024;
    leveldb::DB* database = nullptr;
    EXPECT_TRUE(leveldb::DB::Open(options, path, &database).ok());
    return std::unique_ptr<leveldb::DB>(database);
  }
  // What LevelDB reads of a log.
  std::map<std::string, std::string> rows_of(const std::string& octets) const {
    const auto path = scratch.path("read");
    std::filesystem::remove_all(path);
    open(path).reset();
    for (const auto& one : std::filesystem::directory_iterator(path))
      if (one.path().extension() == ".log") std::ofstream(one.path(), std::ios::binary | std::ios::trunc) << octets;
    std::map<std::string, std::string> found;
    const auto database = open(path);
    const std::unique_ptr<leveldb::Iterator> at(database->NewIterator({}));
    for (at->SeekToFirst(); at->Valid(); at->Next()) found[at->key().ToString()] = at->value().ToString();
    EXPECT_TRUE(at->status().ok());
    return found;
  }
  void expect_part(const sound_log& sound, std::size_t lost_at_most) const {
    const auto found = rows_of(sound.octets);
    EXPECT_EQ(found.size(), sound.commits);
    EXPECT_GE(found.size() + lost_at_most, wanted.size());
    for (const auto& [key, value] : found) EXPECT_EQ(value, wanted.at(key)) << key;
  }

  static constexpr int commits = 60;
  scratch_directory scratch{memory_file_system()};
  std::map<std::string, std::string> wanted;
  std::string log;
};

TEST_F(SoundLog, IsTheWholeOfASoundOne) {
  const auto sound = sound_part_of_log(log);
  EXPECT_EQ(sound.octets, log);
  EXPECT_EQ(sound.commits, static_cast<std::uint64_t>(commits));
  EXPECT_EQ(sound.left_out, 0U);
  EXPECT_EQ(rows_of(sound.octets), wanted);
}

TEST_F(SoundLog, LosesNoMoreThanABlockToAFlippedBit) {
  for (std::size_t at = 3; at < log.size(); at += 9973) {
    SCOPED_TRACE(at);
    auto changed = log;
    changed[at] = static_cast<char>(changed[at] ^ 4);
    const auto sound = sound_part_of_log(changed);
    if (sound.octets != log) {
      EXPECT_GT(sound.left_out, 0U);
    }
    expect_part(sound, 45);  // in the first block many small ones stand together
  }
}

TEST_F(SoundLog, HasWholeCommitsOfACutOne) {
  for (std::size_t size = 0; size < log.size(); size += 7919) {
    SCOPED_TRACE(size);
    const auto sound = sound_part_of_log(std::string_view(log).substr(0, size));
    EXPECT_LE(sound.octets.size(), size);
    expect_part(sound, commits);
  }
}

TEST_F(SoundLog, OfAnythingElseIsEmpty) {
  EXPECT_EQ(sound_part_of_log("").octets, "");
  EXPECT_EQ(sound_part_of_log(std::string(100'000, '\0')).left_out, 0U);
  EXPECT_EQ(sound_part_of_log(std::string(100'000, 'x')).commits, 0U);
  EXPECT_EQ(sound_part_of_log(std::string(100'000, 'x')).left_out, 100'000U);
}

}  // namespace
}  // namespace stagecoach::store

#include "store/check/blob_check.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "tests/store/faulty_files.hpp"
#include "tests/store/store_world.hpp"

namespace stagecoach::store {
namespace {

struct BlobCheckTest : testing::Test {
  void SetUp() override {
    world = open_store(disk, options);
    ASSERT_TRUE(world);
    for (std::uint32_t i = 1; i <= 5; ++i) ASSERT_TRUE(deliver(*world, {{1}, {1}, {i}}, made_of(1000, i)));
    ASSERT_EQ(problems_of(*world), "");
  }
  template <class Row, class Change>
  void change(const std::string& key, Change how) {
    auto stored = world->rows().get(key);
    ASSERT_TRUE(stored && *stored);
    auto row = read_record<Row>(**stored);
    ASSERT_TRUE(row);
    how(*row);
    put(key, write_record(*row));
  }
  void put(const std::string& key, const std::optional<std::string>& value) {
    row_batch batch;
    if (value) batch.put(key, *value);
    if (!value) batch.remove(key);
    ASSERT_TRUE(world->rows().write(std::move(batch)));
  }
  // Exactly one problem, and it names these.
  void expect_one(const std::vector<std::string>& names) {
    const auto problems = check_blobs(world->rows(), world->bodies(), blob_check_depth::full);
    ASSERT_EQ(problems.size(), 1U) << problems_of(*world);
    for (const auto& name : names) EXPECT_NE(problems[0].find(name), std::string::npos) << problems[0];
  }
  static std::string hex(std::uint32_t i) { return to_hex(hash_of(made_of(1000, i))); }
  static std::string key(std::uint32_t i) { return blob_key(hash_of(made_of(1000, i))); }

  scratch_directory scratch{memory_file_system()};
  faulty_files disk;
  store_options options = options_for(scratch.path("data"));
  std::unique_ptr<store> world;
};

TEST_F(BlobCheckTest, AWrongReferenceCount) {
  change<blob_row>(key(2), [](blob_row& row) { row.references = 3; });
  expect_one({"body " + hex(2), "1 messages", "counts 3"});
}

TEST_F(BlobCheckTest, ABodyThatNoMessageUses) {
  put(key_of({{1}, {1}, {2}}), std::nullopt);
  expect_one({"body " + hex(2), "0 messages", "counts 1"});
}

TEST_F(BlobCheckTest, AMessageWithoutItsBody) {
  put(key(3), std::nullopt);
  const auto problems = problems_of(*world);
  EXPECT_NE(problems.find("body " + hex(3) + " is not in the index, but message 3 of mailbox 1 of account 1 uses it"),
            std::string::npos)
      << problems;
  EXPECT_NE(problems.find("segment 1 has"), std::string::npos) << problems;  // whose count is now too high
}

TEST_F(BlobCheckTest, AMessageOfAnotherSize) {
  change<message_row>(key_of({{1}, {1}, {4}}), [](message_row& row) { row.blob_bytes = 999; });
  expect_one({"message 4 of mailbox 1 of account 1", "999", "1000"});
}

TEST_F(BlobCheckTest, AStructureOfAnotherBody) {
  change<content_row>(content_key_of({{1}, {1}, {4}}), [](content_row& row) { row.parts.envelope.subject = "other"; });
  expect_one({"message 4 of mailbox 1 of account 1", "structure is not that of its body"});
}

TEST_F(BlobCheckTest, ARowThatCannotBeRead) {
  put(key_of({{1}, {1}, {4}}), "\xff\xff\xff");
  const auto problems = problems_of(*world);
  EXPECT_NE(problems.find("message 4 of mailbox 1 of account 1: its row cannot be read"), std::string::npos)
      << problems;
}

TEST_F(BlobCheckTest, ARowThatPointsToAnotherBody) {
  blob_row other;
  change<blob_row>(key(1), [&](blob_row& row) { other = row; });
  change<blob_row>(key(2), [&](blob_row& row) { row.offset = other.offset; });
  expect_one({"body " + hex(2), "another body"});
}

TEST_F(BlobCheckTest, DamagedOctets) {
  const std::string segment = options.directory + "/bodies/0000000001.seg";
  world.reset();
  {
    auto opened = file::open(disk, segment, 2);
    ASSERT_TRUE(opened->write("x", segment_header_bytes + record_bytes(1000) + record_header_bytes + 500));
  }
  world = open_store(disk, options);
  expect_one({"body " + hex(2), "checksum"});
  // Only the header of its record is looked at.
  EXPECT_TRUE(check_blobs(world->rows(), world->bodies(), blob_check_depth::quick).empty());
}

TEST_F(BlobCheckTest, OctetsThatAreNotThoseOfTheHash) {
  // As a fault of ours would leave it: a record with good checksums under the name of another body.
  const blob_hash wrong = hash_of("something else");
  const std::string body = made_of(1000, 77);
  const new_body one{wrong, body};
  auto place = world->bodies().append(std::span(&one, 1), 5);
  ASSERT_TRUE(place);
  row_batch batch;
  batch.put(blob_key(wrong), write_record(blob_row{(*place)[0].segment, (*place)[0].offset, 1000, 1}));
  message_row row;
  row.blob = wrong;
  row.blob_bytes = 1000;
  batch.put(key_of({{1}, {1}, {9}}), write_record(row));
  world->bodies().put_rows(batch);
  ASSERT_TRUE(world->rows().write(std::move(batch)));
  world->bodies().settle();
  expect_one({"body " + to_hex(wrong), "another hash"});
}

TEST_F(BlobCheckTest, AWrongCountOfASegment) {
  change<segment_row>(segment_key(1), [](segment_row& row) { row.live_bytes -= 1; });
  expect_one({"segment 1", "octets in use"});
}

TEST_F(BlobCheckTest, ASegmentThatIsGone) {
  world.reset();
  std::filesystem::remove(options.directory + "/bodies/0000000001.seg");
  world = open_store(disk, options);
  EXPECT_EQ(check_blobs(world->rows(), world->bodies(), blob_check_depth::quick).size(),
            6U);  // five bodies, one segment
}

}  // namespace
}  // namespace stagecoach::store

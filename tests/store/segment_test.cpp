#include "store/segment.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>

#include "store/checksum.hpp"
#include "tests/store/store_world.hpp"

namespace stagecoach::store {
namespace {

struct SegmentTest : testing::Test {
  // A segment with these bodies, as blobs::append lays them out.
  file segment_of(const std::vector<std::string>& bodies) {
    (void)disk->remove(scratch.path("x.seg"));
    auto opened = file::open(*disk, scratch.path("x.seg"), O_RDWR | O_CREAT | O_EXCL);
    EXPECT_TRUE(opened);
    const auto header = encode_segment_header();
    EXPECT_TRUE(opened->write(std::string_view(header.data(), header.size()), 0));
    std::uint64_t at = segment_header_bytes;
    for (const auto& body : bodies) {
      auto head = encode_record_header({hash_of(body), body.size(), 5});
      std::vector<iovec> pieces{{head.data(), head.size()}};
      block_cutter cutter;
      cutter.add(body, pieces);
      cutter.end(pieces);
      EXPECT_TRUE(opened->write(pieces, at));
      places.push_back(at);
      at += record_bytes(body.size());
    }
    EXPECT_EQ(*opened->size(), at);
    return std::move(*opened);
  }
  std::vector<std::uint64_t> whole_records(const file& segment, std::uint64_t& end) {
    std::vector<std::uint64_t> found;
    auto scanned = scan_records(segment, segment_header_bytes, [&](std::uint64_t at, const record_header& header) {
      EXPECT_EQ(header.sequence, 5U);
      found.push_back(at);
      return true;
    });
    EXPECT_TRUE(scanned);
    end = *scanned;
    return found;
  }
  scratch_directory scratch{memory_file_system()};
  std::unique_ptr<files> disk = make_system_files();
  std::vector<std::uint64_t> places;
};

TEST(Checksum, IsTheOneOfRfc3720) {
  // RFC 3720 B.4.
  EXPECT_EQ(crc32c(0, std::string(32, '\0')), 0x8a9136aaU);
  EXPECT_EQ(crc32c(0, std::string(32, '\xff')), 0x62a8ab43U);
  EXPECT_EQ(crc32c(0, "123456789"), 0xe3069283U);
}

TEST(Checksum, BothWaysAndAnyPiecesGiveTheSame) {
  const auto octets = made_of(1000, 1);
  for (std::size_t size = 0; size < octets.size(); size += 7) {
    const auto part = std::string_view(octets).substr(3, size);
    EXPECT_EQ(crc32c(0, part), crc32c_by_tables(0, part));
    EXPECT_EQ(crc32c(crc32c(0, part.substr(0, size / 3)), part.substr(size / 3)), crc32c(0, part));
    EXPECT_EQ(crc32c_by_tables(crc32c_by_tables(0, part.substr(0, size / 3)), part.substr(size / 3)), crc32c(0, part));
  }
}

TEST_F(SegmentTest, AnyPartOfABodyCanBeRead) {
  const std::string body = made_of(3 * block_bytes + 1000, 1);
  const auto segment = segment_of({"first", body, "last"});
  const body_name name{hash_of(body), body.size()};
  std::vector<std::uint64_t> edges;
  for (const std::uint64_t near :
       {std::uint64_t{0}, std::uint64_t{block_bytes}, std::uint64_t{2 * block_bytes}, body.size()})
    for (const int by : {-1, 0, 1})
      if (by >= 0 || near > 0) edges.push_back(near + static_cast<std::uint64_t>(by));
  for (const auto offset : edges)
    for (const auto length : edges) {
      auto octets = read_body(segment, places[1], name, {offset, length});
      ASSERT_TRUE(octets) << octets.error().what;
      EXPECT_EQ(*octets, offset > body.size() ? "" : body.substr(offset, length)) << offset << " " << length;
    }
  EXPECT_EQ(read_body(segment, places[1], name, {1, ~0ULL})->size(), body.size() - 1);
}

TEST_F(SegmentTest, BodiesOfEverySizeAroundABlock) {
  std::vector<std::string> bodies{""};
  for (const std::size_t blocks : {1U, 2U})
    for (const std::size_t more : {0U, 1U, 2U})
      bodies.push_back(made_of(blocks * block_bytes + more - 1, blocks + more));
  const auto segment = segment_of(bodies);
  for (std::size_t i = 0; i < bodies.size(); ++i) {
    auto octets = read_body(segment, places[i], {hash_of(bodies[i]), bodies[i].size()}, {0, bodies[i].size()});
    ASSERT_TRUE(octets);
    EXPECT_EQ(*octets, bodies[i]);
  }
  std::uint64_t end = 0;
  EXPECT_EQ(whole_records(segment, end), places);
}

TEST_F(SegmentTest, ABodyIsNotServedUnderAnotherName) {
  const auto segment = segment_of({"one body", "another."});
  EXPECT_EQ(read_body(segment, places[0], {hash_of("another."), 8}, {0, 8}).error().code, fault_code::corrupt);
  EXPECT_EQ(read_body(segment, places[0], {hash_of("one body"), 7}, {0, 7}).error().code, fault_code::corrupt);
  EXPECT_EQ(read_body(segment, places[0] + 1, {hash_of("one body"), 8}, {0, 8}).error().code, fault_code::corrupt);
  EXPECT_EQ(read_body(segment, 100000, {hash_of("one body"), 8}, {0, 8}).error().code, fault_code::corrupt);
}

TEST_F(SegmentTest, BlocksCannotChangePlaces) {
  const std::string body = made_of(2 * block_bytes, 1);
  const auto segment = segment_of({body});
  std::string first(block_bytes + block_sum_bytes, '\0');
  std::string second = first;
  const std::uint64_t at = places[0] + record_header_bytes;
  ASSERT_TRUE(segment.read(std::span<char>(first), at));
  ASSERT_TRUE(segment.read(std::span<char>(second), at + first.size()));
  ASSERT_TRUE(segment.write(second, at));
  ASSERT_TRUE(segment.write(first, at + first.size()));
  EXPECT_EQ(read_body(segment, places[0], {hash_of(body), body.size()}, {0, 10}).error().code, fault_code::corrupt);
}

// Each single bit of a record, one after the other.
TEST_F(SegmentTest, NoFlippedBitIsServed) {
  const std::string body = "Subject: bits\r\n\r\nEvery one of them counts.\r\n";
  const auto segment = segment_of({body});
  const body_name name{hash_of(body), body.size()};
  std::string record(record_bytes(body.size()), '\0');
  ASSERT_TRUE(segment.read(std::span<char>(record), places[0]));
  for (std::size_t bit = 0; bit < record.size() * 8; ++bit) {
    std::string flipped = record;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    ASSERT_TRUE(segment.write(flipped, places[0]));
    EXPECT_EQ(read_body(segment, places[0], name, {0, body.size()}).error().code, fault_code::corrupt) << bit;
    std::uint64_t end = 0;
    EXPECT_TRUE(whole_records(segment, end).empty()) << bit;
    EXPECT_EQ(end, places[0]);
  }
}

TEST_F(SegmentTest, ATornTailEndsAtTheLastWholeRecord) {
  const std::vector<std::string> bodies{made_of(300, 1), made_of(500, 2), made_of(200, 3)};
  for (std::uint64_t cut = record_bytes(200); cut > 0; --cut) {
    places.clear();
    const auto segment = segment_of(bodies);
    ASSERT_TRUE(segment.truncate(places[2] + record_bytes(200) - cut));
    std::uint64_t end = 0;
    EXPECT_EQ(whole_records(segment, end).size(), 2U) << cut;
    EXPECT_EQ(end, places[2]);
  }
}

TEST_F(SegmentTest, KnowsItsOwnHeader) {
  const auto segment = segment_of({});
  EXPECT_TRUE(check_segment_header(segment));
  for (std::size_t bit = 0; bit < segment_header_bytes * 8; ++bit) {
    auto header = encode_segment_header();
    header[bit / 8] = static_cast<char>(header[bit / 8] ^ (1 << (bit % 8)));
    ASSERT_TRUE(segment.write(std::string_view(header.data(), header.size()), 0));
    EXPECT_FALSE(check_segment_header(segment)) << bit;
  }
  ASSERT_TRUE(segment.truncate(10));
  EXPECT_EQ(check_segment_header(segment).error().code, fault_code::corrupt);
}

}  // namespace
}  // namespace stagecoach::store

// Zip archives as they are sent: read again by libarchive, which is strict, as a stream and by their list.
#include "protocols/zip/writer.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <vector>

namespace stagecoach::zip {
namespace {

constexpr std::int64_t noon = 1'764'244'800;

struct member {
  std::string name;
  std::vector<std::string> pieces;
};

std::string zipped(extent size, const std::vector<member>& members) {
  writer to(size, noon);
  std::string out;
  for (const auto& one : members) {
    to.begin(out, one.name);
    for (const auto& piece : one.pieces) to.add(out, piece);
  }
  to.finish(out);
  return out;
}

std::map<std::string, std::string> unzipped(const std::string& octets, bool as_stream) {
  std::map<std::string, std::string> all;
  auto* from = archive_read_new();
  EXPECT_EQ(
      as_stream ? archive_read_support_format_zip_streamable(from) : archive_read_support_format_zip_seekable(from),
      ARCHIVE_OK);
  EXPECT_EQ(archive_read_open_memory(from, octets.data(), octets.size()), ARCHIVE_OK) << archive_error_string(from);
  archive_entry* entry = nullptr;
  while (archive_read_next_header(from, &entry) == ARCHIVE_OK) {
    EXPECT_EQ(archive_entry_mtime(entry), noon);
    const auto* raw = archive_entry_pathname_utf8(entry) != nullptr ? archive_entry_pathname_utf8(entry)
                                                                    : archive_entry_pathname(entry);
    auto& body = all[raw];
    std::string piece(10'000, '\0');
    for (la_ssize_t size = 0; (size = archive_read_data(from, piece.data(), piece.size())) != 0;) {
      EXPECT_GT(size, 0) << archive_error_string(from);
      if (size < 0) break;
      body.append(piece, 0, static_cast<std::size_t>(size));
    }
  }
  archive_read_free(from);
  return all;
}

TEST(ZipWriter, IsReadAsItWasWritten) {
  std::mt19937 chance(20261127);
  std::string noise(300'000, '\0');
  for (auto& c : noise) c = static_cast<char>(chance());
  const std::vector<member> members = {{"a.txt", {"hel", "lo"}},
                                       {"empty", {}},
                                       {"noise", {noise.substr(0, 70'000), noise.substr(70'000)}},
                                       {"same", {std::string(200'000, 'x')}}};
  for (const auto size : {extent::small, extent::large}) {
    const auto octets = zipped(size, members);
    for (const bool as_stream : {true, false}) {
      const auto found = unzipped(octets, as_stream);
      ASSERT_EQ(found.size(), members.size()) << as_stream;
      for (const auto& one : members) {
        std::string whole;
        for (const auto& piece : one.pieces) whole += piece;
        EXPECT_TRUE(found.at(one.name) == whole) << one.name;
      }
    }
  }
  EXPECT_LT(zipped(extent::small, {members[3]}).size(), 2'000U);
}

// Programs of every age open what is small: version 2.0 of the format, names marked as UTF-8 (APPNOTE 4.4.3, 4.4.4).
TEST(ZipWriter, NeedsOnlyWhatItHasToUse) {
  const auto small = zipped(extent::small, {{"\xc3\xa4.txt", {"x"}}});
  EXPECT_EQ(small.substr(0, 6), std::string("PK\3\4\x14\0", 6));
  EXPECT_EQ(static_cast<unsigned char>(small[6]), 0x08) << "sizes stand behind";
  EXPECT_EQ(static_cast<unsigned char>(small[7]), 0x08) << "the name is UTF-8";
  EXPECT_EQ(small.substr(30, 6), "\xc3\xa4.txt");
  const auto large = zipped(extent::large, {{"a.txt", {"x"}}});
  EXPECT_EQ(large.substr(0, 6), std::string("PK\3\4\x2d\0", 6));
  EXPECT_EQ(static_cast<unsigned char>(large[7]), 0);
}

TEST(ZipWriter, SendsWhatItHas) {
  std::mt19937 chance(1);
  writer to(extent::small, -5);
  std::string out;
  to.begin(out, "a");
  std::size_t most = 0, all = 0;
  for (int i = 0; i < 100; ++i) {
    std::string piece(64 * 1024, '\0');
    for (auto& c : piece) c = static_cast<char>(chance());
    out.clear();
    to.add(out, piece);
    most = std::max(most, out.size());
    all += out.size();
  }
  EXPECT_GT(all, 95U * 64 * 1024) << "it keeps no more than a window";
  EXPECT_LT(most, std::size_t{256} * 1024);
}

TEST(ZipWriter, CanBeGivenUp) {
  writer to(extent::small, noon);
  std::string out;
  to.begin(out, "a");
  to.add(out, "half of it");
}

}  // namespace
}  // namespace stagecoach::zip

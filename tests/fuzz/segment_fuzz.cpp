// Recovery and reading of a segment file of any octets: no crash, only whole records, and what is read has the hash
// under which it was asked for, or is nothing.
#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "protocols/base/check.hpp"
#include "store/segment.hpp"

namespace {

using namespace stagecoach;
using namespace stagecoach::store;

// One file, in memory, read only.
class octets_as_file final : public files {
 public:
  explicit octets_as_file(std::string_view octets) : octets_(octets) {}
  int open(const std::string&, int) override { return 0; }
  int close(int) override { return 0; }
  std::int64_t write_at(int, std::span<const iovec>, std::uint64_t) override { return -EROFS; }
  std::int64_t read_at(int, std::span<const iovec> pieces, std::uint64_t offset) override {
    std::int64_t total = 0;
    for (const auto& piece : pieces) {
      if (offset >= octets_.size()) break;
      const std::size_t count = std::min(piece.iov_len, octets_.size() - static_cast<std::size_t>(offset));
      if (count > 0) std::memcpy(piece.iov_base, octets_.data() + offset, count);
      offset += count;
      total += static_cast<std::int64_t>(count);
    }
    return total;
  }
  int sync_data(int) override { return -EROFS; }
  int sync_directory(const std::string&) override { return -EROFS; }
  int truncate(int, std::uint64_t) override { return -EROFS; }
  std::int64_t size(int) override { return static_cast<std::int64_t>(octets_.size()); }
  int lock(int) override { return 0; }
  int link(const std::string&, const std::string&) override { return -EROFS; }
  int rename(const std::string&, const std::string&) override { return -EROFS; }
  int remove(const std::string&) override { return -EROFS; }
  int make_directory(const std::string&) override { return -EROFS; }
  int list(const std::string&, std::vector<std::string>&) override { return 0; }
  int status(const std::string&, file_status&) override { return 0; }
  int space(const std::string&, disk_space&) override { return 0; }

 private:
  std::string_view octets_;
};

// The body with its checksums, in place of what stands there.
void mend_blocks(std::string& octets, std::uint64_t at, std::uint64_t size) {
  const std::string body = octets.substr(at, size);
  std::vector<iovec> pieces;
  block_cutter cutter;
  cutter.add(body, pieces);
  cutter.end(pieces);
  for (const auto& piece : pieces) {
    std::memcpy(octets.data() + at, piece.iov_base, piece.iov_len);
    at += piece.iov_len;
  }
}

// Puts right what a fuzzer cannot guess: the magic numbers and checksums, where the input says so with its first octet.
std::string with_headers_mended(std::string_view input) {
  std::string octets(input);
  std::uint64_t at = segment_header_bytes;
  while (octets.size() >= at + record_header_bytes) {
    record_header header;
    header.size = static_cast<unsigned char>(octets[at + 8]) + 256U * static_cast<unsigned char>(octets[at + 9]);
    header.size += static_cast<unsigned char>(octets[at + 15]) == 0xff ? ~std::uint64_t{0} - 70000 : 0;
    std::memcpy(header.hash.bytes.data(), octets.data() + at + 24, header.hash.bytes.size());
    const auto encoded = encode_record_header(header);
    std::memcpy(octets.data() + at, encoded.data(), encoded.size());
    const std::uint64_t end = at + record_bytes(header.size);
    if (header.size > octets.size() || end > octets.size()) break;
    if (static_cast<unsigned char>(octets[at + 24]) % 4 != 0)
      mend_blocks(octets, at + record_header_bytes, header.size);
    at = end;
  }
  return octets;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::string octets = data[0] % 2 == 0 ? std::string(input) : with_headers_mended(input);
  octets_as_file disk(octets);
  auto segment = file::open(disk, "segment", 0);
  CHECK_STORE(segment);
  (void)check_segment_header(*segment);
  std::uint64_t expected = segment_header_bytes;
  auto end = scan_records(*segment, segment_header_bytes, [&](std::uint64_t at, const record_header& header) {
    CHECK_STORE(at == expected);
    expected = at + record_bytes(header.size);
    CHECK_STORE(expected <= octets.size());
    const body_range range{size % 70000, 1 + data[0] * 300U};
    auto body = read_body(*segment, at, {header.hash, header.size}, range);
    CHECK_STORE(body);  // it is whole, so it can be read
    const std::uint64_t left = range.offset < header.size ? header.size - range.offset : 0;
    CHECK_STORE(body->size() == std::min(left, range.length));
    return true;
  });
  CHECK_STORE(end && *end == expected);
  // Anywhere, under any name: an answer, not necessarily a body.
  blob_hash hash;
  std::memcpy(hash.bytes.data(), data, std::min(size, hash.bytes.size()));
  (void)read_body(*segment, data[0] * 3U, {hash, size * 1000}, {size, 300000});
  return 0;
}

// The format of a segment file (docs/formats/segments.md): a header, then records, each a body with its hash and a
// checksum for every 64 KB, so that a part of a large body can be read and verified without the rest. Pure layout and
// reading; which segments there are is the business of store/blobs.hpp.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/base/ids.hpp"
#include "store/files.hpp"

namespace stagecoach::store {

inline constexpr std::uint32_t segment_version = 1;
inline constexpr std::size_t segment_header_bytes = 16;  // magic, version, checksum
inline constexpr std::size_t record_header_bytes = 56;
inline constexpr std::size_t block_bytes = 64 * 1024;  // of body under one checksum
inline constexpr std::size_t block_sum_bytes = 4;      // follows its block

struct record_header {
  blob_hash hash;
  std::uint64_t size = 0;  // octets of the body
  // The last commit that was in the index when this record was written. An index that knows fewer has lost some.
  std::uint64_t sequence = 0;
  friend bool operator==(const record_header&, const record_header&) = default;
};

[[nodiscard]] std::array<char, segment_header_bytes> encode_segment_header();
[[nodiscard]] result<done, failure> check_segment_header(const file& segment);
[[nodiscard]] std::array<char, record_header_bytes> encode_record_header(const record_header& header);
[[nodiscard]] std::optional<record_header> decode_record_header(std::string_view octets);

// Header, body and checksums of a record with a body of this size.
[[nodiscard]] constexpr std::uint64_t record_bytes(std::uint64_t body_bytes) {
  return record_header_bytes + body_bytes + (body_bytes + block_bytes - 1) / block_bytes * block_sum_bytes;
}

// Cuts a body that comes in any pieces into blocks and their checksums. What is put into `pieces` refers to the octets
// given and to the checksums kept here: write it before either ends.
class block_cutter {
 public:
  void add(std::string_view octets, std::vector<iovec>& pieces);
  void end(std::vector<iovec>& pieces);  // the checksum of the last block, when it is not full
  void written() { sums_.clear(); }      // the pieces so far are not needed any more

 private:
  void put_sum(std::vector<iovec>& pieces);
  std::deque<std::array<char, block_sum_bytes>> sums_;
  std::uint32_t block_ = 0;
  std::uint32_t sum_ = 0;
  std::size_t filled_ = 0;
};

struct body_name {
  blob_hash hash;
  std::uint64_t size = 0;
};
struct body_range {
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};
// Octets of the body whose record begins at `at`: verified, or a failure (corrupt) and nothing. Fewer only at its end.
[[nodiscard]] result<std::string, failure> read_body(const file& segment, std::uint64_t at, const body_name& body,
                                                     body_range range);

// Visits every whole record from `from` on and answers where the last one ends; what follows is a torn tail (or damage:
// the caller knows up to where records were synced). `visit` answers false to stop early.
[[nodiscard]] result<std::uint64_t, failure> scan_records(
    const file& segment, std::uint64_t from,
    const std::function<bool(std::uint64_t at, const record_header& header)>& visit);

}  // namespace stagecoach::store

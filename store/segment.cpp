#include "store/segment.hpp"

#include <algorithm>
#include <cstring>

#include "protocols/base/reader.hpp"
#include "store/checksum.hpp"

namespace stagecoach::store {

namespace {

constexpr std::string_view segment_magic = "SCbodies";
constexpr std::uint32_t record_magic = 0x31724353;  // "SCr1"

// A block's checksum begins with its number, so that two blocks of one body cannot change places.
std::uint32_t first_sum_of(std::uint32_t block) { return block * 0x9e3779b1U; }

void put32(char* at, std::uint32_t value) {
  for (int i = 0; i < 4; ++i) at[i] = static_cast<char>(value >> (8 * i));
}
void put64(char* at, std::uint64_t value) {
  for (int i = 0; i < 8; ++i) at[i] = static_cast<char>(value >> (8 * i));
}
std::uint32_t take32(const char* at) {
  std::uint32_t value = 0;
  for (int i = 3; i >= 0; --i) value = (value << 8) | static_cast<unsigned char>(at[i]);
  return value;
}

failure corrupt(const file& segment, std::uint64_t at, std::string_view what) {
  std::string text = segment.path();
  text.append(": the record at ").append(std::to_string(at)).append(" ").append(what);
  return {fault_code::corrupt, std::move(text)};
}

// The blocks [first, last] of the record at `at`, whose body has `size` octets.
struct block_span {
  std::uint64_t at = 0;
  std::uint64_t size = 0;
  std::uint64_t first = 0;
  std::uint64_t last = 0;
};

std::size_t bytes_in_block(std::uint64_t block, std::uint64_t size) {
  return static_cast<std::size_t>(std::min<std::uint64_t>(block_bytes, size - block * block_bytes));
}

// Reads the blocks one after the other into `into` and verifies them: one call, which also takes the checksums between
// them and, for a span from the first block on, the record's header when `header` is not empty.
result<done, failure> read_blocks(const file& segment, const block_span& span, std::span<char> into,
                                  std::span<char> header) {
  std::vector<std::array<char, block_sum_bytes>> sums(span.last - span.first + 1);
  std::vector<iovec> pieces;
  pieces.reserve(sums.size() * 2 + 1);
  pieces.push_back({header.data(), header.size()});
  char* to = into.data();
  std::size_t expected = header.size();
  for (std::uint64_t block = span.first; block <= span.last; ++block) {
    const std::size_t bytes = bytes_in_block(block, span.size);
    auto& sum = sums[block - span.first];
    pieces.push_back({to, bytes});
    pieces.push_back({sum.data(), sum.size()});
    to += bytes;
    expected += bytes + sum.size();
  }
  const std::uint64_t first = span.at + record_header_bytes + span.first * (block_bytes + block_sum_bytes);
  auto count = segment.read(pieces, first - header.size());
  if (!count) return count.error();
  if (*count != expected) return corrupt(segment, span.at, "is cut off");
  const char* octets = into.data();
  for (std::uint64_t block = span.first; block <= span.last; ++block) {
    const std::size_t bytes = bytes_in_block(block, span.size);
    const auto number = static_cast<std::uint32_t>(block);
    if (crc32c(first_sum_of(number), {octets, bytes}) != take32(sums[block - span.first].data()))
      return corrupt(segment, span.at, "has a block whose checksum is wrong");
    octets += bytes;
  }
  return done{};
}

// Whether every block of the record can be read and has its checksum; a failure when the disk does not answer.
result<bool, failure> record_is_whole(const file& segment, std::uint64_t at, std::uint64_t size, std::string& scratch) {
  constexpr std::uint64_t blocks_at_once = 16;
  const std::uint64_t blocks = (size + block_bytes - 1) / block_bytes;
  for (std::uint64_t block = 0; block < blocks; block += blocks_at_once) {
    const std::uint64_t last = std::min(block + blocks_at_once, blocks) - 1;
    scratch.resize(std::min((last + 1) * block_bytes, size) - block * block_bytes);
    auto read = read_blocks(segment, {at, size, block, last}, scratch, {});
    if (!read && read.error().code == fault_code::corrupt) return false;
    if (!read) return read.error();
  }
  return true;
}

result<record_header, failure> expect_header(const file& segment, std::uint64_t at, std::string_view octets,
                                             const body_name& body) {
  const auto header = decode_record_header(octets);
  if (!header) return corrupt(segment, at, "has no valid header");
  if (header->hash != body.hash || header->size != body.size)
    return corrupt(segment, at, "is of another body than the index says");
  return *header;
}

}  // namespace

std::array<char, segment_header_bytes> encode_segment_header() {
  std::array<char, segment_header_bytes> out{};
  std::memcpy(out.data(), segment_magic.data(), segment_magic.size());
  put32(out.data() + 8, segment_version);
  put32(out.data() + 12, crc32c(0, {out.data(), 12}));
  return out;
}

result<done, failure> check_segment_header(const file& segment) {
  std::array<char, segment_header_bytes> octets{};
  auto count = segment.read(std::span<char>(octets), 0);
  if (!count) return count.error();
  const std::string_view seen(octets.data(), *count);
  if (seen.size() < octets.size() || seen.substr(0, 8) != segment_magic ||
      crc32c(0, seen.substr(0, 12)) != take32(octets.data() + 12))
    return failure{fault_code::corrupt, segment.path() + " does not begin as a segment file"};
  const std::uint32_t version = take32(octets.data() + 8);
  if (version > segment_version)
    return failure{fault_code::newer_format, segment.path() + " was written by a newer stagecoach (segment version " +
                                                 std::to_string(version) + ", this one knows " +
                                                 std::to_string(segment_version) + ")"};
  return done{};
}

std::array<char, record_header_bytes> encode_record_header(const record_header& header) {
  std::array<char, record_header_bytes> out{};
  put32(out.data(), record_magic);
  put64(out.data() + 8, header.size);
  put64(out.data() + 16, header.sequence);
  std::memcpy(out.data() + 24, header.hash.bytes.data(), header.hash.bytes.size());
  put32(out.data() + 4, crc32c(0, std::string_view(out.data(), out.size()).substr(8)));
  return out;
}

std::optional<record_header> decode_record_header(std::string_view octets) {
  if (octets.size() < record_header_bytes) return std::nullopt;
  octets = octets.substr(0, record_header_bytes);
  if (take32(octets.data()) != record_magic || take32(octets.data() + 4) != crc32c(0, octets.substr(8)))
    return std::nullopt;
  reader in(octets.substr(8));
  record_header header;
  header.size = in.fixed64("size");
  header.sequence = in.fixed64("sequence");
  const auto hash = in.take(header.hash.bytes.size(), "hash");
  std::memcpy(header.hash.bytes.data(), hash.data(), hash.size());
  return header;
}

void block_cutter::add(std::string_view octets, std::vector<iovec>& pieces) {
  while (!octets.empty()) {
    if (filled_ == 0) sum_ = first_sum_of(block_);
    const auto part = octets.substr(0, block_bytes - filled_);
    sum_ = crc32c(sum_, part);
    pieces.push_back({const_cast<char*>(part.data()), part.size()});
    filled_ += part.size();
    octets.remove_prefix(part.size());
    if (filled_ == block_bytes) put_sum(pieces);
  }
}

void block_cutter::end(std::vector<iovec>& pieces) {
  if (filled_ > 0) put_sum(pieces);
}

void block_cutter::put_sum(std::vector<iovec>& pieces) {
  auto& sum = sums_.emplace_back();
  put32(sum.data(), sum_);
  pieces.push_back({sum.data(), sum.size()});
  filled_ = 0;
  ++block_;
}

result<std::string, failure> read_body(const file& segment, std::uint64_t at, const body_name& body, body_range range) {
  std::array<char, record_header_bytes> octets{};
  const bool is_empty = range.offset >= body.size || range.length == 0;
  const std::uint64_t end = is_empty ? 0 : range.offset + std::min(range.length, body.size - range.offset);
  if (is_empty || range.offset >= block_bytes) {
    auto count = segment.read(std::span<char>(octets), at);
    if (!count) return count.error();
    auto header = expect_header(segment, at, {octets.data(), *count}, body);
    if (!header) return header.error();
    if (is_empty) return std::string();
  }
  const block_span span{at, body.size, range.offset / block_bytes, (end - 1) / block_bytes};
  const std::uint64_t start = span.first * block_bytes;
  std::string found(std::min((span.last + 1) * block_bytes, body.size) - start, '\0');
  auto read = read_blocks(segment, span, found, span.first == 0 ? std::span<char>(octets) : std::span<char>());
  if (!read) return read.error();
  auto header = expect_header(segment, at, {octets.data(), octets.size()}, body);
  if (!header) return header.error();
  found.resize(end - start);
  found.erase(0, range.offset - start);
  return found;
}

result<std::uint64_t, failure> scan_records(
    const file& segment, std::uint64_t from,
    const std::function<bool(std::uint64_t at, const record_header& header)>& visit) {
  auto size = segment.size();
  if (!size) return size.error();
  std::string scratch;
  std::uint64_t at = from;
  while (at <= *size && *size - at >= record_header_bytes) {
    std::array<char, record_header_bytes> octets{};
    auto count = segment.read(std::span<char>(octets), at);
    if (!count) return count.error();
    const auto header = decode_record_header({octets.data(), *count});
    // A size is compared before anything is computed from it: it may be any number.
    if (!header || header->size > *size - at || record_bytes(header->size) > *size - at) break;
    auto whole = record_is_whole(segment, at, header->size, scratch);
    if (!whole) return whole.error();
    if (!*whole) break;
    if (!visit(at, *header)) break;
    at += record_bytes(header->size);
  }
  return at;
}

}  // namespace stagecoach::store

#include "store/checksum.hpp"

#include <array>
#include <bit>
#include <cstring>

namespace stagecoach::store {

namespace {

constexpr std::uint32_t polynomial = 0x82f63b78;  // reflected

using tables_of_eight = std::array<std::array<std::uint32_t, 256>, 8>;

constexpr tables_of_eight make_tables() {
  tables_of_eight tables{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ ((value & 1) != 0 ? polynomial : 0);
    tables[0][i] = value;
  }
  for (std::size_t k = 1; k < 8; ++k)
    for (std::size_t i = 0; i < 256; ++i) tables[k][i] = (tables[k - 1][i] >> 8) ^ tables[0][tables[k - 1][i] & 0xff];
  return tables;
}

constexpr tables_of_eight tables = make_tables();

std::uint64_t little_endian_word(const char* at) {
  std::uint64_t word = 0;
  std::memcpy(&word, at, sizeof word);
  if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
  return word;
}

std::uint32_t one_octet(std::uint32_t crc, char octet) {
  return (crc >> 8) ^ tables[0][(crc ^ static_cast<unsigned char>(octet)) & 0xff];
}

#if defined(__x86_64__)
[[gnu::target("sse4.2")]] std::uint32_t by_instruction(std::uint32_t before, std::string_view octets) {
  std::uint64_t crc = ~before;
  const char* at = octets.data();
  std::size_t left = octets.size();
  for (; left >= 8; left -= 8, at += 8) crc = __builtin_ia32_crc32di(crc, little_endian_word(at));
  auto narrow = static_cast<std::uint32_t>(crc);
  for (; left > 0; --left, ++at) narrow = __builtin_ia32_crc32qi(narrow, static_cast<unsigned char>(*at));
  return ~narrow;
}
#endif

}  // namespace

std::uint32_t crc32c_by_tables(std::uint32_t before, std::string_view octets) {
  std::uint32_t crc = ~before;
  const char* at = octets.data();
  std::size_t left = octets.size();
  for (; left >= 8; left -= 8, at += 8) {
    const std::uint64_t word = little_endian_word(at) ^ crc;
    crc = 0;
    for (std::size_t k = 0; k < 8; ++k) crc ^= tables[7 - k][(word >> (8 * k)) & 0xff];
  }
  for (; left > 0; --left, ++at) crc = one_octet(crc, *at);
  return ~crc;
}

std::uint32_t crc32c(std::uint32_t before, std::string_view octets) {
#if defined(__x86_64__)
  static const bool has_instruction = __builtin_cpu_supports("sse4.2") != 0;
  if (has_instruction) return by_instruction(before, octets);
#endif
  return crc32c_by_tables(before, octets);
}

}  // namespace stagecoach::store

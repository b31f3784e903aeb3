// CRC32C (Castagnoli, RFC 3720 B.4), the checksum of records and blocks in segment files. By the processor's
// instruction where there is one, else by tables of eight.
#pragma once

#include <cstdint>
#include <string_view>

namespace stagecoach::store {

// Goes on from `before` (0 at the start), so that a checksum can be taken in pieces.
[[nodiscard]] std::uint32_t crc32c(std::uint32_t before, std::string_view octets);

// Without the instruction; the same numbers. Apart so that a test can hold the two against each other.
[[nodiscard]] std::uint32_t crc32c_by_tables(std::uint32_t before, std::string_view octets);

}  // namespace stagecoach::store

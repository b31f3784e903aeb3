// A log of any octets, as it is and with checksums made right: what is kept of it is a whole log of the same commits,
// which is kept as it is.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "store/check/sound_log.hpp"
#include "store/checksum.hpp"

using namespace stagecoach;
using namespace stagecoach::store;

namespace {

void demand(bool holds) {
  if (!holds) std::abort();
}

void check(std::string_view log) {
  const auto kept = sound_part_of_log(log);
  // A commit has at least 12 octets and is cut once in a block at most, with 7 octets before each piece.
  demand(kept.commits <= log.size() / 19 && kept.left_out <= log.size());
  const auto again = sound_part_of_log(kept.octets);
  demand(again.octets == kept.octets && again.commits == kept.commits && again.left_out == 0);
}

// Pieces of the lengths and types that the input says, in no block's way.
std::string with_checksums(std::string_view input) {
  std::string log;
  while (input.size() >= 2 && log.size() < 30'000) {
    const auto type = static_cast<unsigned char>(input[0]) % 6;
    const auto length = std::min<std::size_t>(static_cast<unsigned char>(input[1]), input.size() - 2);
    std::string typed(1, static_cast<char>(type));
    typed.append(input.substr(2, length));
    const auto plain = crc32c(0, typed);
    const std::uint32_t sum = ((plain >> 15) | (plain << 17)) + 0xa282ead8U;
    for (int i = 0; i < 4; ++i) log += static_cast<char>(sum >> (8 * i));
    log += static_cast<char>(length);
    log += static_cast<char>(length >> 8);
    log += typed;
    input.remove_prefix(2 + length);
  }
  return log;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  check(input);
  check(with_checksums(input));
  return 0;
}

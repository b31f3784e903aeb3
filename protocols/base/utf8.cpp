#include "protocols/base/utf8.hpp"

#include <cstdint>
#include <cstring>

namespace stagecoach {

namespace {
// Table 3-7: the first byte decides how many follow and what the second may be; later ones are 80..BF.
struct shape {
  std::uint8_t first_from;
  std::uint8_t first_to;
  std::uint8_t second_from;
  std::uint8_t second_to;
  std::size_t bytes;
};
constexpr shape shapes[] = {
    {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3}, {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3},
    {0xee, 0xef, 0x80, 0xbf, 3}, {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
};
}  // namespace

utf8_step next_utf8(std::string_view bytes) {
  const auto at = [&](std::size_t i) { return static_cast<std::uint8_t>(bytes[i]); };
  if (at(0) < 0x80) return {1, true};
  for (const auto& shape : shapes) {
    if (at(0) < shape.first_from || at(0) > shape.first_to) continue;
    if (bytes.size() < 2 || at(1) < shape.second_from || at(1) > shape.second_to) return {1, false};
    for (std::size_t i = 2; i < shape.bytes; ++i)
      if (bytes.size() <= i || at(i) < 0x80 || at(i) > 0xbf) return {i, false};
    return {shape.bytes, true};
  }
  return {1, false};
}

char32_t code_point(std::string_view character) {
  const auto first = static_cast<std::uint8_t>(character.front());
  if (character.size() == 1) return first;
  char32_t code = first & (0xffU >> (character.size() + 1));
  for (const char c : character.substr(1)) code = code << 6 | (static_cast<std::uint8_t>(c) & 0x3fU);
  return code;
}

// Most text is ASCII: eight at a time.
std::size_t ascii_prefix(std::string_view bytes) {
  constexpr std::uint64_t high_bits = 0x8080808080808080;
  std::size_t at = 0;
  for (std::uint64_t eight = 0; bytes.size() - at >= sizeof(eight); at += sizeof(eight)) {
    std::memcpy(&eight, bytes.data() + at, sizeof(eight));
    if ((eight & high_bits) != 0) break;
  }
  while (at < bytes.size() && static_cast<unsigned char>(bytes[at]) < 0x80) ++at;
  return at;
}

std::size_t valid_utf8_prefix(std::string_view bytes) {
  std::size_t at = 0;
  for (;;) {
    at += ascii_prefix(bytes.substr(at));
    if (at == bytes.size()) return at;
    const auto step = next_utf8(bytes.substr(at));
    if (!step.is_valid) return at;
    at += step.bytes;
  }
}

}  // namespace stagecoach

#include "actors/services/networks.hpp"

#include <arpa/inet.h>

#include <cstdint>
#include <span>

namespace stagecoach::services {

namespace {

// The first bits of an address, and how many they are.
std::string network(std::span<const std::uint8_t> address, unsigned bits) {
  std::string key(1, static_cast<char>(bits));
  key.push_back(static_cast<char>(address.size()));
  for (unsigned i = 0; i * 8 < bits; ++i) {
    const unsigned left = bits - i * 8;
    const unsigned mask = left >= 8 ? 0xffU : 0xffU << (8 - left);
    key.push_back(static_cast<char>(address[i] & mask));
  }
  return key;
}

}  // namespace

std::array<std::string, 3> networks_of(std::string_view ip) {
  const std::string text(ip);
  std::array<std::uint8_t, 16> bytes{};
  const std::span<const std::uint8_t> all(bytes);
  if (::inet_pton(AF_INET, text.c_str(), bytes.data()) == 1)
    return {network(all.first(4), 32), network(all.first(4), 26), network(all.first(4), 21)};
  if (::inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1)
    return {network(all, 64), network(all, 48), network(all, 32)};
  return {text, text, text};
}

}  // namespace stagecoach::services

#include "actors/edge/admission.hpp"

#include <arpa/inet.h>

#include <cstdint>
#include <span>

namespace stagecoach::edge {

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

bool admission::admit(std::string_view ip) {
  if (limits_.total != 0 && count_ >= limits_.total) return false;
  const auto networks = networks_of(ip);
  for (std::size_t i = 0; i < networks.size(); ++i) {
    const auto found = networks_.find(networks[i]);
    if (limits_.per_network[i] != 0 && found != networks_.end() && found->second >= limits_.per_network[i])
      return false;
  }
  for (std::size_t i = 0; i < networks.size(); ++i) ++networks_[networks[i]];
  ++count_;
  return true;
}

void admission::left(std::string_view ip) {
  --count_;
  for (const auto& one : networks_of(ip))
    if (const auto found = networks_.find(one); found != networks_.end() && --found->second == 0)
      networks_.erase(found);
}

}  // namespace stagecoach::edge

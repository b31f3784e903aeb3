// The networks of a client's address, by which connections and failed logins are limited: who has a whole network is
// one client.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace stagecoach::services {

// As keys, the smallest first: /32, /26, /21 of IPv4 and /64, /48, /32 of IPv6. The address itself where it cannot be
// read.
[[nodiscard]] std::array<std::string, 3> networks_of(std::string_view ip);

// What network number `i` of these may, of which the smallest may `of_address`; 0: as much as it likes.
[[nodiscard]] constexpr std::uint64_t limit_of_network(std::uint64_t of_address, std::size_t i) {
  constexpr std::array<std::uint64_t, 3> times{1, 3, 9};
  return of_address * times[i];
}

}  // namespace stagecoach::services

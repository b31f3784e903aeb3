// The networks of a client's address, by which connections and failed logins are limited: who has a whole network is
// one client.
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace stagecoach::services {

// As keys, the smallest first: /32, /26, /21 of IPv4 and /64, /48, /32 of IPv6. The address itself where it cannot be
// read.
[[nodiscard]] std::array<std::string, 3> networks_of(std::string_view ip);

}  // namespace stagecoach::services

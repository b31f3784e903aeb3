// How many connections one listener has, in all and from one network: decided when a connection is accepted, before it
// costs a thread's time or TLS (security.md 4.5). Knows no actor.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>

namespace stagecoach::edge {

// 0: no limit. The networks are /32, /26, /21 of IPv4 and /64, /48, /32 of IPv6.
struct admission_limits {
  std::size_t total = 0;
  std::array<std::size_t, 3> per_network{};
};

class admission {
 public:
  explicit admission(admission_limits limits) : limits_(limits) {}

  // Counts the connection in, or refuses it. Each admitted one is counted out by `left`.
  [[nodiscard]] bool admit(std::string_view ip);
  void left(std::string_view ip);
  [[nodiscard]] std::size_t count() const { return count_; }

 private:
  admission_limits limits_;
  std::size_t count_ = 0;
  std::unordered_map<std::string, std::size_t> networks_;
};

// The three networks of an address as keys, smallest first; the address itself where it cannot be read.
[[nodiscard]] std::array<std::string, 3> networks_of(std::string_view ip);

}  // namespace stagecoach::edge

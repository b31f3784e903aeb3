// How many connections one listener has, in all and from one network, and how many a network makes in a minute: decided
// when a connection is accepted, before it costs a thread's time or TLS (security.md 4.5). Knows no actor.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "actors/services/sliding_counts.hpp"

namespace stagecoach::edge {

// 0: no limit. The networks are those of services/networks.hpp.
struct admission_limits {
  std::size_t total = 0;
  std::array<std::size_t, 3> per_network{};           // at once
  std::array<std::uint32_t, 3> per_network_minute{};  // new ones
};

class admission {
 public:
  explicit admission(admission_limits limits) : limits_(limits) {}

  // Counts the connection in, or refuses it. Each admitted one is counted out by `left`.
  [[nodiscard]] bool admit(std::string_view ip, services::steady_time now);
  void left(std::string_view ip);
  [[nodiscard]] std::size_t count() const { return count_; }

 private:
  // Counts this one, refused or not: who is told to go away comes all the same.
  [[nodiscard]] bool comes_too_often(const std::array<std::string, 3>& networks, services::steady_time now);

  admission_limits limits_;
  std::size_t count_ = 0;
  std::unordered_map<std::string, std::size_t> networks_;
  services::sliding_counts minute_{std::chrono::minutes{1}};
};

}  // namespace stagecoach::edge

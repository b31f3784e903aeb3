// Who may come in: how many connections there are over all ports, in all and from one network, and how many a network
// makes in a minute. Asked when a connection is accepted, before it costs a thread's time or TLS. Shared by all
// listeners and connections of a node, on whatever thread; knows no actor. The limits are those of config/limits.hpp.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "actors/services/sliding_counts.hpp"
#include "config/limits.hpp"

namespace stagecoach::edge {

enum class admitted : std::uint8_t { yes, no_house_full, no_too_many_of_network, no_too_often_of_network };
[[nodiscard]] std::string_view text_of(admitted what);  // for the log

class admission {
 public:
  explicit admission(const config::limit_table& limits) : limits_(limits) {}

  // Counts the connection in, or refuses it. Each admitted one is counted out by `left`.
  [[nodiscard]] admitted admit(std::string_view ip, services::steady_time now);
  void left(std::string_view ip);
  [[nodiscard]] std::size_t count() const { return count_; }
  // Stress: there are so many that strangers have to hurry.
  [[nodiscard]] bool is_nearly_full() const;

 private:
  // Counts this one, refused or not: who is told to go away comes all the same.
  [[nodiscard]] bool comes_too_often(const std::array<std::string, 3>& networks, services::steady_time now);

  const config::limit_table limits_;
  std::atomic<std::size_t> count_ = 0;
  std::mutex mutex_;  // guards what follows
  std::unordered_map<std::string, std::size_t> networks_;
  services::sliding_counts minute_{std::chrono::minutes{1}};
};

}  // namespace stagecoach::edge

// How much mail a network has brought to port 25 in the last minute, in messages and in octets. Shared by all
// connections of a node, on whatever thread; knows no actor. The limits are those of config/limits.hpp.
#pragma once

#include <cstdint>
#include <mutex>
#include <string_view>

#include "actors/services/sliding_counts.hpp"
#include "config/limits.hpp"

namespace stagecoach::edge {

class delivery_rates {
 public:
  explicit delivery_rates(const config::limit_table& limits) : limits_(limits) {}

  // Whether one more mail is taken from there.
  [[nodiscard]] bool takes_more(std::string_view ip, services::steady_time now);
  void brought(std::string_view ip, std::uint64_t octets, services::steady_time now);

 private:
  [[nodiscard]] bool counts() const {
    return limits_.mails_per_address_minute != 0 || limits_.mail_mib_per_address_minute != 0;
  }

  const config::limit_table limits_;
  std::mutex mutex_;  // guards what follows
  services::sliding_counts mails_{std::chrono::minutes{1}};
  services::sliding_counts octets_{std::chrono::minutes{1}};
};

}  // namespace stagecoach::edge

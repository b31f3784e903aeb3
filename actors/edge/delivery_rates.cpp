#include "actors/edge/delivery_rates.hpp"

#include "actors/services/networks.hpp"

namespace stagecoach::edge {

bool delivery_rates::takes_more(std::string_view ip, services::steady_time now) {
  if (!counts()) return true;
  const auto networks = services::networks_of(ip);
  const std::lock_guard held(mutex_);
  const auto is_over = [&](services::sliding_counts& counted, std::uint64_t of_address, std::size_t i) {
    const auto limit = services::limit_of_network(of_address, i);
    return limit != 0 && counted.count(networks[i], now) >= static_cast<double>(limit);
  };
  for (std::size_t i = 0; i < networks.size(); ++i)
    if (is_over(mails_, limits_.mails_per_address_minute, i) ||
        is_over(octets_, limits_.mail_mib_per_address_minute << 20, i))
      return false;
  return true;
}

void delivery_rates::brought(std::string_view ip, std::uint64_t octets, services::steady_time now) {
  if (!counts()) return;
  const auto networks = services::networks_of(ip);
  const std::lock_guard held(mutex_);
  for (const auto& one : networks) {
    mails_.add(one, 1, now);
    octets_.add(one, octets, now);
  }
}

}  // namespace stagecoach::edge

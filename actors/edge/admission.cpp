#include "actors/edge/admission.hpp"

#include "actors/services/networks.hpp"

namespace stagecoach::edge {

bool admission::admit(std::string_view ip, services::steady_time now) {
  const auto networks = services::networks_of(ip);
  if (comes_too_often(networks, now) || (limits_.total != 0 && count_ >= limits_.total)) return false;
  for (std::size_t i = 0; i < networks.size(); ++i) {
    const auto found = networks_.find(networks[i]);
    if (limits_.per_network[i] != 0 && found != networks_.end() && found->second >= limits_.per_network[i])
      return false;
  }
  for (const auto& one : networks) ++networks_[one];
  ++count_;
  return true;
}

bool admission::comes_too_often(const std::array<std::string, 3>& networks, services::steady_time now) {
  bool is_over = false;
  for (std::size_t i = 0; i < networks.size(); ++i) {
    const auto limit = limits_.per_network_minute[i];
    if (limit == 0) continue;
    is_over = is_over || minute_.count(networks[i], now) >= limit;
    minute_.add(networks[i], now);
  }
  return is_over;
}

void admission::left(std::string_view ip) {
  --count_;
  for (const auto& one : services::networks_of(ip))
    if (const auto found = networks_.find(one); found != networks_.end() && --found->second == 0)
      networks_.erase(found);
}

}  // namespace stagecoach::edge

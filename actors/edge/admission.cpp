#include "actors/edge/admission.hpp"

#include "actors/services/networks.hpp"

namespace stagecoach::edge {

std::string_view text_of(admitted what) {
  switch (what) {
    case admitted::yes:
      return "admitted";
    case admitted::no_house_full:
      return "too many connections";
    case admitted::no_too_many_of_network:
      return "too many connections of its network";
    case admitted::no_too_often_of_network:
      return "too many new connections of its network";
  }
  return "unknown";
}

admitted admission::admit(std::string_view ip, services::steady_time now) {
  const auto networks = services::networks_of(ip);
  const std::lock_guard held(mutex_);
  if (comes_too_often(networks, now)) return admitted::no_too_often_of_network;
  if (limits_.connections != 0 && count_ >= limits_.connections) return admitted::no_house_full;
  for (std::size_t i = 0; i < networks.size(); ++i) {
    const auto limit = services::limit_of_network(limits_.connections_per_address, i);
    const auto found = networks_.find(networks[i]);
    if (limit != 0 && found != networks_.end() && found->second >= limit) return admitted::no_too_many_of_network;
  }
  for (const auto& one : networks) ++networks_[one];
  ++count_;
  return admitted::yes;
}

bool admission::comes_too_often(const std::array<std::string, 3>& networks, services::steady_time now) {
  if (limits_.connections_per_address_minute == 0) return false;
  bool is_over = false;
  for (std::size_t i = 0; i < networks.size(); ++i) {
    const auto limit = services::limit_of_network(limits_.connections_per_address_minute, i);
    is_over = is_over || minute_.count(networks[i], now) >= static_cast<double>(limit);
    minute_.add(networks[i], 1, now);
  }
  return is_over;
}

bool admission::is_nearly_full() const {
  return limits_.connections != 0 && count_ * 100 > limits_.connections * limits_.stress_percent;
}

void admission::left(std::string_view ip) {
  const std::lock_guard held(mutex_);
  --count_;
  for (const auto& one : services::networks_of(ip))
    if (const auto found = networks_.find(one); found != networks_.end() && --found->second == 0)
      networks_.erase(found);
}

}  // namespace stagecoach::edge

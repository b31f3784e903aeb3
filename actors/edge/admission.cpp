#include "actors/edge/admission.hpp"

#include "actors/services/networks.hpp"

namespace stagecoach::edge {

bool admission::admit(std::string_view ip) {
  if (limits_.total != 0 && count_ >= limits_.total) return false;
  const auto networks = services::networks_of(ip);
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
  for (const auto& one : services::networks_of(ip))
    if (const auto found = networks_.find(one); found != networks_.end() && --found->second == 0)
      networks_.erase(found);
}

}  // namespace stagecoach::edge

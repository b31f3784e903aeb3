#include "actors/services/failed_logins.hpp"

#include "actors/services/login_book.hpp"
#include "actors/services/networks.hpp"

namespace stagecoach::services {

namespace {

constexpr std::size_t neighbourhood = 1;  // the network in which somebody stays who is known

// A name of any length is one of these many octets.
std::string name_key(std::string_view name) { return login_name(name.substr(0, 254)); }

}  // namespace

bool failed_logins::may_try(std::string_view name, std::string_view remote_ip, steady_time now) {
  if (remote_ip.empty()) return true;
  const auto networks = networks_of(remote_ip);
  const auto is_over = [now](sliding_counts& counts, const std::string& key, std::uint32_t limit) {
    return limit != 0 && counts.count(key, now) >= limit;
  };
  for (std::size_t i = 0; i < networks.size(); ++i)
    if (is_over(minute_, networks[i], limits_.per_minute[i]) || is_over(day_, networks[i], limits_.per_day[i]))
      return false;
  const auto key = name_key(name);
  return !is_over(of_name_, key, limits_.of_name_per_hour) || known_.count(networks[neighbourhood] + key, now) > 0;
}

void failed_logins::ended(std::string_view name, std::string_view remote_ip, bool is_good, steady_time now) {
  if (remote_ip.empty()) return;
  const auto networks = networks_of(remote_ip);
  const auto key = name_key(name);
  if (is_good) return known_.add(networks[neighbourhood] + key, now);
  for (const auto& network : networks) {
    minute_.add(network, now);
    day_.add(network, now);
  }
  of_name_.add(key, now);
}

}  // namespace stagecoach::services

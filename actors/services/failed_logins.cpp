#include "actors/services/failed_logins.hpp"

#include <algorithm>

#include "actors/services/networks.hpp"

namespace stagecoach::services {

failed_logins::windows failed_logins::new_windows() {
  return {sliding_counts(std::chrono::minutes{1}), sliding_counts(std::chrono::hours{24})};
}

bool failed_logins::is_over(windows& counted, const std::string& key, std::size_t network, steady_time now) const {
  const std::array<std::uint64_t, 2> limits{limits_.failed_logins_per_address_minute,
                                            limits_.failed_logins_per_address_day};
  for (std::size_t i = 0; i < limits.size(); ++i) {
    const auto limit = limit_of_network(limits[i], network);
    if (limit != 0 && counted[i].count(key, now) >= static_cast<double>(limit)) return true;
  }
  return false;
}

std::optional<std::chrono::milliseconds> failed_logins::wait_before(const login_target& whom,
                                                                    std::string_view remote_ip, steady_time now) {
  constexpr std::chrono::milliseconds at_once{0};
  if (remote_ip.empty()) return at_once;
  const auto networks = networks_of(remote_ip);
  const auto at_home = networks[0] + whom.key;
  if (known_.count(at_home, now) > 0) {
    if (is_over(of_owner_, at_home, 0, now)) return std::nullopt;
    return at_once;
  }
  for (std::size_t i = 0; i < networks.size(); ++i)
    if (is_over(of_network_, networks[i], i, now)) return std::nullopt;
  const auto failed = static_cast<std::uint64_t>(of(whom).count(whom.key, now));
  if (failed < limits_.logins_undelayed) return at_once;
  const auto seconds =
      std::min((failed + 1 - limits_.logins_undelayed) * limits_.login_delay_s, limits_.login_delay_max_s);
  return std::chrono::milliseconds(seconds * 1000);
}

void failed_logins::ended(const login_target& whom, std::string_view remote_ip, bool is_good, steady_time now) {
  if (remote_ip.empty()) return;
  const auto networks = networks_of(remote_ip);
  const auto at_home = networks[0] + whom.key;
  if (is_good) return known_.add(at_home, 1, now);
  for (const auto& network : networks)
    for (auto& window : of_network_) window.add(network, 1, now);
  if (known_.count(at_home, now) > 0)
    for (auto& window : of_owner_) window.add(at_home, 1, now);
  of(whom).add(whom.key, 1, now);
}

}  // namespace stagecoach::services

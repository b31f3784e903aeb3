// Who has failed to sign in too often, by network and by name (security.md 4.5): rates over windows that slide. Knows
// no actor and no clock; the directory asks it before a password is looked at.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "actors/services/sliding_counts.hpp"

namespace stagecoach::services {

// 0: no limit. Of networks the smallest first.
struct login_limits {
  std::array<std::uint32_t, 3> per_minute{10, 30, 90};
  std::array<std::uint32_t, 3> per_day{50, 150, 450};
  std::uint32_t of_name_per_hour = 100;  // from where nobody has signed in with this name on this day
};
inline constexpr login_limits no_login_limits{{0, 0, 0}, {0, 0, 0}, 0};

class failed_logins {
 public:
  explicit failed_logins(login_limits limits) : limits_(limits) {}

  // Whether this attempt is looked at; `remote_ip` empty: it comes over no network.
  [[nodiscard]] bool may_try(std::string_view name, std::string_view remote_ip, steady_time now);
  void ended(std::string_view name, std::string_view remote_ip, bool is_good, steady_time now);

 private:
  login_limits limits_;
  sliding_counts minute_{std::chrono::minutes{1}};
  sliding_counts day_{std::chrono::hours{24}};
  sliding_counts of_name_{std::chrono::hours{1}};
  sliding_counts known_{std::chrono::hours{24}};  // who has signed in, from which network
};

}  // namespace stagecoach::services

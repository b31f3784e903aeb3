// Who has failed to sign in too often, by network and by account, for all protocols (config/limits.hpp): rates over
// windows that slide. Knows no actor and no clock; the directory asks it before a password is looked at.
//
// Nobody can lock the owner of an account out. Failures with an account's name make its next attempts wait, some
// seconds at most, from wherever they come. An address from which somebody has signed in to the account on that day
// does not wait, and what its network does to others is not its fault: only its own failures with this account count.
#pragma once

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "actors/services/sliding_counts.hpp"
#include "config/limits.hpp"

namespace stagecoach::services {

// Who is signed in to: an account, by whatever names it among all, or a name that is of none. Both wait alike, and are
// counted apart, so that no number of names that somebody makes up leaves no room for accounts.
struct login_target {
  std::string key;
  bool is_account = false;
};

class failed_logins {
 public:
  explicit failed_logins(const config::limit_table& limits) : limits_(limits) {}

  // How long this attempt has to wait before it is looked at; none: it is not. `remote_ip` empty: it comes over no
  // network, and is not limited.
  [[nodiscard]] std::optional<std::chrono::milliseconds> wait_before(const login_target& whom,
                                                                     std::string_view remote_ip, steady_time now);
  void ended(const login_target& whom, std::string_view remote_ip, bool is_good, steady_time now);

 private:
  using windows = std::array<sliding_counts, 2>;  // a minute, a day
  [[nodiscard]] static windows new_windows();
  [[nodiscard]] sliding_counts& of(const login_target& whom) { return whom.is_account ? of_account_ : of_nobody_; }
  [[nodiscard]] bool is_over(windows& counted, const std::string& key, std::size_t network, steady_time now) const;

  const config::limit_table limits_;
  windows of_network_ = new_windows();
  windows of_owner_ = new_windows();  // of an account, at an address that is known for it
  sliding_counts of_account_{std::chrono::hours{1}};
  sliding_counts of_nobody_{std::chrono::hours{1}};
  sliding_counts known_{std::chrono::hours{24}};  // who has signed in, from which address
};

}  // namespace stagecoach::services

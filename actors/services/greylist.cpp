#include "actors/services/greylist.hpp"

#include <algorithm>

namespace stagecoach::services {

bool greylist::may_pass(const std::string& attempt, time_point now) {
  const auto at = first_.find(attempt);
  if (at != first_.end()) {
    const bool is_in_time = now - at->second < remembered;
    first_.erase(at);
    if (is_in_time) return true;
  }
  if (first_.size() >= attempts_max)
    first_.erase(std::min_element(first_.begin(), first_.end(),
                                  [](const auto& a, const auto& b) { return a.second < b.second; }));
  first_.emplace(attempt, now);
  return false;
}

}  // namespace stagecoach::services

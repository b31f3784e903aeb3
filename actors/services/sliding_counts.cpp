#include "actors/services/sliding_counts.hpp"

#include <utility>

namespace stagecoach::services {

void sliding_counts::roll(steady_time now) {
  const auto number = now.time_since_epoch() / window_;
  if (number == number_) return;
  previous_ = number == number_ + 1 ? std::move(current_) : decltype(previous_){};
  current_ = {};
  number_ = number;
}

void sliding_counts::add(const std::string& key, std::uint64_t amount, steady_time now) {
  roll(now);
  const auto found = current_.find(key);
  if (found != current_.end()) {
    found->second += amount;
  } else if (current_.size() < keys_max) {
    current_.emplace(key, amount);
  }
}

double sliding_counts::count(const std::string& key, steady_time now) {
  roll(now);
  const auto of = [&key](const auto& counts) {
    const auto found = counts.find(key);
    return found == counts.end() ? 0.0 : static_cast<double>(found->second);
  };
  const auto passed = std::chrono::duration<double>(now.time_since_epoch() % window_) / window_;
  return of(current_) + of(previous_) * (1.0 - passed);
}

}  // namespace stagecoach::services

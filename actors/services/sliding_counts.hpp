// Rates over a window that slides, for many keys. Knows no clock.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>

namespace stagecoach::services {

using steady_time = std::chrono::steady_clock::time_point;

// How often, or how much of something, happened within the last `window`, for each key. Counted are this window of the
// clock and as much of the one before as is still within reach, evenly spread: constant memory a key, and no moment at
// which all is forgotten.
class sliding_counts {
 public:
  explicit sliding_counts(std::chrono::seconds window) : window_(window) {}

  void add(const std::string& key, std::uint64_t amount, steady_time now);
  [[nodiscard]] double count(const std::string& key, steady_time now);

  // Keys of one window; those beyond are not counted.
  static constexpr std::size_t keys_max = 100'000;

 private:
  void roll(steady_time now);

  std::chrono::seconds window_;
  std::int64_t number_ = 0;  // of the window of the clock
  std::unordered_map<std::string, std::uint64_t> current_;
  std::unordered_map<std::string, std::uint64_t> previous_;
};

}  // namespace stagecoach::services

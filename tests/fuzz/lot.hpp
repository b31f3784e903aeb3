// Which of several ways a target plays an input in. A fuzzer has so many runs that they meet all ways, so each input
// draws a lot, always the same one: what failed once fails again. The replay (replay.cpp) plays each input in all ways.
#pragma once

#include <functional>
#include <string_view>

namespace stagecoach::fuzz {

extern "C" __attribute__((weak)) void stagecoach_fuzz_replays();  // there is one in replay.cpp only

class lot {
 public:
  explicit lot(std::string_view input) : drawn_(std::hash<std::string_view>()(input) % count) {}

  // Whether a way is played that has the lots from `first` to `last`.
  [[nodiscard]] bool is_within(std::size_t first, std::size_t last) const {
    return stagecoach_fuzz_replays != nullptr || (first <= drawn_ && drawn_ <= last);
  }

  static constexpr std::size_t count = 8;

 private:
  std::size_t drawn_;
};

}  // namespace stagecoach::fuzz

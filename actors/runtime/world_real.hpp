// The real clock, the kernel's random numbers, standard error and the process's memory. One real_world per process,
// owned by whoever makes the stage.
#pragma once

#include "actors/runtime/memory.hpp"
#include "actors/runtime/world.hpp"

namespace stagecoach::runtime {

class real_clock final : public clock_source {
 public:
  [[nodiscard]] unix_ms wall() const override;
  [[nodiscard]] std::chrono::steady_clock::time_point steady() const override;
  [[nodiscard]] bool is_real() const override { return true; }
};

class real_random final : public random_source {
 public:
  void fill(std::span<std::uint8_t> bytes) override;
};

// One write(2) a line, so that lines of several threads never mix.
class stderr_log final : public log_sink {
 public:
  void write(std::string_view line) override;
};

class real_world {
 public:
  [[nodiscard]] world view() { return {clock_, random_, log_, memory_}; }

 private:
  real_clock clock_;
  real_random random_;
  stderr_log log_;
  process_memory memory_;
};

}  // namespace stagecoach::runtime

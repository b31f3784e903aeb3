// The cheapest clock there is, for measuring waits and runs of a microsecond: the processor's counter, which is
// constant and synchronous on every x86-64 made since 2008; elsewhere the steady clock. registry.cpp turns ticks into
// time.
#pragma once

#include <chrono>
#include <cstdint>

#if defined(__x86_64__)
#include <x86intrin.h>
#endif

namespace stagecoach::runtime {

[[nodiscard]] inline std::uint64_t ticks() {
#if defined(__x86_64__)
  return __rdtsc();
#else
  return static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
#endif
}

}  // namespace stagecoach::runtime

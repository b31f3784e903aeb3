// The one place where a test or a benchmark waits without a condition: real time passes, in which something must not
// happen, or in which a child process or a peer goes on by itself.
#pragma once

#include <chrono>
#include <thread>

namespace stagecoach::testing {

inline void let_pass(std::chrono::nanoseconds time) { std::this_thread::sleep_for(time); }

}  // namespace stagecoach::testing

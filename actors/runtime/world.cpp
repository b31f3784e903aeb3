#include "actors/runtime/world.hpp"

#include <array>

namespace stagecoach::runtime {

std::uint64_t random_source::u64() {
  std::array<std::uint8_t, 8> bytes{};
  fill(bytes);
  std::uint64_t value = 0;
  for (const auto byte : bytes) value = value << 8 | byte;
  return value;
}

account_id random_source::new_account() {
  for (;;)
    if (const auto value = u64(); value != 0) return account_id{value};
}

trace_context new_trace(random_source& random) {
  trace_context fresh;
  random.fill(fresh.trace);
  random.fill(fresh.span);
  fresh.flags = 1;
  return fresh;
}

trace_context next_span(const trace_context& of, random_source& random) {
  trace_context step = of;
  random.fill(step.span);
  return step;
}

}  // namespace stagecoach::runtime

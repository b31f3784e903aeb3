// Our failures and CAF's errors, converted here and nowhere else. On the wire between actors a failure is a caf::error
// of the category "mail": code is the fault_code, the context carries the text.
#pragma once

#include <caf/error.hpp>
#include <caf/fwd.hpp>
#include <caf/result.hpp>

#include "protocols/base/result.hpp"

namespace stagecoach::runtime {

[[nodiscard]] caf::error to_error(const failure& why);
[[nodiscard]] caf::error to_error(const fault& why);

// CAF's own errors (no answer in time, the asked actor has ended or threw) become fault_code::busy: a temporary
// failure.
[[nodiscard]] failure to_failure(const caf::error& why);

// True when the answer did not come before the deadline of ask().
[[nodiscard]] bool is_late(const caf::error& why);

// True when the asked actor has ended.
[[nodiscard]] bool is_down(const caf::error& why);

// Lets caf::actor_system::render spell our errors.
void register_errors(caf::actor_system_config& config);

// What a handler returns for a result of ours.
template <class T, class E>
[[nodiscard]] caf::result<T> to_reply(result<T, E> outcome) {
  if (outcome) return std::move(*outcome);
  return to_error(outcome.error());
}

}  // namespace stagecoach::runtime

#include "actors/services/store_writer.hpp"

#include "actors/runtime/stage.hpp"

namespace stagecoach::services {

store_writer::store_writer(caf::actor_config& cfg, runtime::stage& on, store::commit_log& log)
    : watched(cfg, on, "store_writer", ""), log_(log) {}

store_writer::behavior_type store_writer::make_behavior() {
  return {
      [this](messages::commit& what) { return take(what); },
      [this](const messages::flush_group&) { flush(); },
  };
}

runtime::reply<messages::committed> store_writer::take(messages::commit& what) {
  auto promise = make_response_promise<messages::committed>();
  waiting_.push_back({std::move(what), [promise](result<messages::committed, failure> outcome) mutable {
                        if (outcome)
                          promise.deliver(*outcome);
                        else
                          promise.deliver(runtime::to_error(outcome.error()));
                      }});
  flush_later();
  return promise;
}

void store_writer::flush() {
  is_armed_ = false;
  log_.append(std::exchange(waiting_, {}));
  // Housekeeping in bounded pieces, so that a commit never waits for more than one of them.
  if (log_.tidy()) flush_later();
}

void store_writer::flush_later() {
  if (!std::exchange(is_armed_, true)) send(this, messages::flush_group{});
}

}  // namespace stagecoach::services

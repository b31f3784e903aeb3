// The stage on which all actors of a process (or of a test) live: CAF's scheduler, the I/O threads, the timer wheels,
// the registry, and the world outside. Every actor gets it by reference. There is no global; two stages in one process
// do not know each other. No handle may outlive it.
#pragma once

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <utility>

#include "actors/runtime/io_unit.hpp"
#include "actors/runtime/log.hpp"
#include "actors/runtime/registry.hpp"
#include "actors/runtime/wheel.hpp"
#include "actors/runtime/world.hpp"

namespace stagecoach::runtime {

struct stage_options {
  std::size_t scheduler_threads = 2;
  std::size_t io_threads = 2;
  std::size_t throughput = 100;         // messages an actor handles before its neighbours have their turn; 64 to 300
  std::chrono::milliseconds tick{100};  // of the timer wheels
  log_level least_logged = log_level::debug;
  // An actor that the process cannot do without has failed. Called on that actor's thread; it must not block.
  std::function<void()> essential_failed = [] {};
};

class stage {
 public:
  stage(const stage_options& options, const world& outside);
  stage(const stage&) = delete;
  stage& operator=(const stage&) = delete;
  ~stage();  // stops

  // Actor(caf::actor_config&, stage&, args...) on the scheduler.
  template <class Actor, class... Args>
  auto spawn(Args&&... args) {
    return make<Actor, caf::no_spawn_options>(*this, std::forward<Args>(args)...);
  }
  // The same with a thread of its own, for what blocks: few, long-lived.
  template <class Actor, class... Args>
  auto spawn_detached(Args&&... args) {
    return make<Actor, caf::detached>(*this, std::forward<Args>(args)...);
  }
  // Actor(caf::actor_config&, stage&, io_unit&, args...) on that I/O thread.
  template <class Actor, class... Args>
  auto spawn_pinned(io_unit& unit, Args&&... args) {
    return make<Actor, caf::no_spawn_options>(*this, unit, std::forward<Args>(args)...);
  }

  [[nodiscard]] caf::actor_system& system() { return *system_; }
  [[nodiscard]] io_units& units() { return *units_; }
  [[nodiscard]] runtime::registry& registry() { return registry_; }
  [[nodiscard]] runtime::shared_wheel& shared_deadlines() { return wheel_; }
  [[nodiscard]] const clock_source& clock() const { return outside_.clock; }
  [[nodiscard]] random_source& random() const { return outside_.random; }
  [[nodiscard]] const memory_gauge& memory() const { return outside_.memory; }
  // Writes the line with its time. watched_actor::log adds who and which trace.
  void log(const log_line& line) const;
  void essential_failed() const { essential_failed_(); }

  // Ends every actor that still lives, parked ones too, waits until they are gone, and then ends all threads. Whoever
  // has something to finish (a running DATA, a commit) is drained before. Not from an actor. Idempotent.
  void stop();

 private:
  class config;

  template <class Actor, caf::spawn_options Options, class... Args>
  auto make(Args&&... args) {
    caf::actor_config cfg;
    return system_->spawn_impl<Actor, Options>(cfg, std::forward<Args>(args)...);
  }

  void end_all_actors();

  world outside_;
  log_level least_logged_;
  std::function<void()> essential_failed_;
  runtime::registry registry_;
  runtime::shared_wheel wheel_;
  std::unique_ptr<config> config_;
  std::unique_ptr<caf::actor_system> system_;
  std::unique_ptr<io_units> units_;
};

}  // namespace stagecoach::runtime

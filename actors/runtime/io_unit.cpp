#include "actors/runtime/io_unit.hpp"

#include <asio/post.hpp>
#include <caf/actor_system.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>

namespace stagecoach::runtime {

io_unit::io_unit(caf::actor_system& system, const clock_source& clock, std::chrono::milliseconds tick,
                 std::size_t throughput)
    : caf::execution_unit(&system),
      clock_(clock),
      tick_(tick),
      throughput_(throughput),
      wheel_(wheel::use::one_thread, clock, tick),
      context_(1),
      work_(asio::make_work_guard(context_)),
      timer_(context_) {
  thread_ = std::thread([this] { context_.run(); });
}

io_unit::~io_unit() { stop(); }

void io_unit::stop() {
  work_.reset();
  context_.stop();
  if (thread_.joinable()) thread_.join();
  // An actor that ended by a socket event may still stand in the queue for a message that came at that moment.
  for (auto* one : std::exchange(queue_, {})) caf::intrusive_ptr_release(one);
}

void io_unit::exec_later(caf::resumable* what) noexcept {
  if (what->subtype() != caf::resumable::io_actor) {
    system().scheduler().enqueue(what);
    return;
  }
  bool kick = false;
  {
    const std::lock_guard held(mutex_);
    queue_.push_back(what);
    kick = !draining_;
    draining_ = true;
  }
  if (kick) asio::post(context_, [this] { drain(); });  // one for a whole burst
}

void io_unit::drain() {
  {
    const std::lock_guard held(mutex_);
    running_.swap(queue_);
  }
  for (auto* one : running_) {
    if (one->resume(this, throughput_) == caf::resumable::resume_later) {
      const std::lock_guard held(mutex_);
      queue_.push_back(one);  // keeps its reference
    } else {
      caf::intrusive_ptr_release(one);
    }
  }
  running_.clear();
  {
    const std::lock_guard held(mutex_);
    draining_ = !queue_.empty();
    if (!draining_) return;
  }
  asio::post(context_, [this] { drain(); });  // sockets have their turn in between
}

wheel::ticket io_unit::add(alarm what, std::chrono::milliseconds after) {
  wake_at(wheel_.due_after(after));
  return wheel_.add(std::move(what), after);
}

// An entry that is taken out before it is due leaves the timer as it is: setting it for every single request would
// cost more than waking once for nothing.
void io_unit::wake_at(wheel::time_point when) {
  if (when >= wakes_at_) return;
  wakes_at_ = when;
  timer_.expires_after(time_until(when, clock_, tick_));
  timer_.async_wait([this](const asio::error_code& failed) {
    if (!failed) look_at_deadlines();
  });
}

void io_unit::look_at_deadlines() {
  wakes_at_ = wheel::never;
  wake_at(wheel_.advance(this));
}

io_units::io_units(caf::actor_system& system, const clock_source& clock, std::chrono::milliseconds tick,
                   std::size_t threads, std::size_t throughput) {
  for (std::size_t i = 0; i < threads; ++i) all_.push_back(std::make_unique<io_unit>(system, clock, tick, throughput));
}

io_unit& io_units::next() { return *all_[turn_.fetch_add(1, std::memory_order_relaxed) % all_.size()]; }

void io_units::stop() {
  for (auto& one : all_) one->stop();
}

}  // namespace stagecoach::runtime

// Deadlines. A coarse timer wheel (256 slots of one tick, 100 ms): adding and cancelling are a few pointer writes, so
// every request has a deadline at no cost, which CAF's own clock cannot offer (it keeps each timeout until it expires
// and then wakes the asker for nothing). There is one wheel per I/O thread, without contention, and one shared by all
// other actors (shared_wheel). An entry is taken out by the destructor of its ticket, which the pending response owns.
#pragma once

#include <array>
#include <atomic>
#include <caf/actor_control_block.hpp>
#include <caf/message_id.hpp>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "actors/runtime/world.hpp"

namespace caf {
class execution_unit;
}

namespace stagecoach::runtime {

// What an actor is sent when a reminder of its is due (watched_actor::remind); never part of a conversation.
struct reminder_due {
  std::uint64_t number = 0;
  static constexpr auto fields = described(field(1, "number", &reminder_due::number));
  friend bool operator==(const reminder_due&, const reminder_due&) = default;
};

// Who is to hear what: a response id gets the error request_timeout, a reminder's number the message reminder_due.
struct alarm {
  caf::strong_actor_ptr who;
  caf::message_id response;
  std::uint64_t reminder = 0;
};

class wheel {
 public:
  enum class use : std::uint8_t { one_thread, many_threads };
  using time_point = std::chrono::steady_clock::time_point;
  static constexpr time_point never = time_point::max();

  struct entry;
  class ticket {
   public:
    ticket() = default;
    ticket(wheel* of, entry* what) : of_(of), what_(what) {}
    ticket(ticket&& other) noexcept : of_(other.of_), what_(std::exchange(other.what_, nullptr)) {}
    ticket& operator=(ticket&& other) noexcept {
      if (this != &other) {
        cancel();
        of_ = other.of_;
        what_ = std::exchange(other.what_, nullptr);
      }
      return *this;
    }
    ~ticket() { cancel(); }
    void cancel() {
      if (auto* what = std::exchange(what_, nullptr)) of_->cancel(what);
    }

   private:
    wheel* of_ = nullptr;
    entry* what_ = nullptr;
  };

  wheel(use how, const clock_source& clock, std::chrono::milliseconds tick);
  wheel(const wheel&) = delete;
  wheel& operator=(const wheel&) = delete;
  ~wheel();

  // Never early, at most two ticks late.
  [[nodiscard]] ticket add(alarm what, std::chrono::milliseconds after);
  // When an entry that is added now will be sent, at the earliest.
  [[nodiscard]] time_point due_after(std::chrono::milliseconds after) const;
  // Sends what is due, on behalf of `unit` (may be none), and says when to come again; never when nothing is pending.
  time_point advance(caf::execution_unit* unit);
  [[nodiscard]] std::size_t pending() const;

 private:
  static constexpr std::size_t slots = 256;

  struct guard;
  void cancel(entry* what);
  [[nodiscard]] std::uint64_t tick_at(std::chrono::steady_clock::time_point when) const;
  [[nodiscard]] std::uint64_t due_tick(std::chrono::milliseconds after) const;
  [[nodiscard]] time_point next_time() const;
  void unlink(entry& what);

  const bool shared_;
  const clock_source& clock_;
  const std::chrono::milliseconds tick_;
  mutable std::mutex mutex_;
  std::array<entry*, slots> heads_{};
  std::uint64_t cursor_ = 0;  // the last tick whose slot was visited
  std::size_t pending_ = 0;
  entry* free_ = nullptr;  // keeps the high-water mark: 48 bytes each
};

// Where an actor's deadlines go: the wheel of its I/O thread or the shared one.
class deadlines {
 public:
  virtual ~deadlines() = default;
  [[nodiscard]] virtual wheel::ticket add(alarm what, std::chrono::milliseconds after) = 0;
};

// How long to wait for a moment of this clock: until then, but no longer than a tick if the clock may jump.
[[nodiscard]] std::chrono::nanoseconds time_until(wheel::time_point when, const clock_source& clock,
                                                  std::chrono::milliseconds tick);

// For the scheduler's actors: eight wheels by actor id, and one thread that sleeps until something is due. Outlives the
// actor system.
class shared_wheel final : public deadlines {
 public:
  shared_wheel(const clock_source& clock, std::chrono::milliseconds tick);
  ~shared_wheel() override;

  [[nodiscard]] wheel::ticket add(alarm what, std::chrono::milliseconds after) override;
  [[nodiscard]] std::size_t pending() const;
  void stop();  // joins the thread; idempotent

 private:
  static constexpr std::size_t shards = 8;

  void run();

  const clock_source& clock_;
  const std::chrono::milliseconds tick_;
  std::vector<std::unique_ptr<wheel>> shards_;
  std::atomic<wheel::time_point> wake_at_{wheel::never};  // lowered by anyone, under the mutex
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace stagecoach::runtime

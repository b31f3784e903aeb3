// One I/O thread: its io_context, its queue of pinned actors that have messages, its timer wheel and one read buffer
// that all its sockets share. A pinned actor's messages, timers and socket events all run here, so none of them needs a
// lock.
#pragma once

#include <array>
#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>
#include <atomic>
#include <caf/execution_unit.hpp>
#include <caf/resumable.hpp>
#include <cstddef>
#include <memory>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include "actors/runtime/wheel.hpp"

namespace stagecoach::runtime {

class io_unit final : public caf::execution_unit, public deadlines {
 public:
  io_unit(caf::actor_system& system, const clock_source& clock, std::chrono::milliseconds tick, std::size_t throughput);
  io_unit(const io_unit&) = delete;
  io_unit& operator=(const io_unit&) = delete;
  ~io_unit() override;

  [[nodiscard]] asio::io_context& context() { return context_; }
  // Valid until the next read on this thread.
  [[nodiscard]] std::span<char> read_buffer() { return buffer_; }

  // From any thread: runs the actor here if it is a pinned one, else gives it to the scheduler.
  // noexcept: half done it would leave the thread's actors without a turn for ever. No memory for it ends the process.
  void exec_later(caf::resumable* what) noexcept override;
  // On this thread only.
  [[nodiscard]] wheel::ticket add(alarm what, std::chrono::milliseconds after) override;
  [[nodiscard]] std::size_t pending_deadlines() const { return wheel_.pending(); }

  void stop();  // joins the thread; all pinned actors are gone before. Idempotent

 private:
  void drain();
  void wake_at(wheel::time_point when);
  void look_at_deadlines();

  const clock_source& clock_;
  const std::chrono::milliseconds tick_;
  const std::size_t throughput_;
  std::array<char, 64 * 1024> buffer_;
  std::mutex mutex_;
  bool draining_ = false;
  std::vector<caf::resumable*> queue_;
  std::vector<caf::resumable*> running_;
  wheel wheel_;
  wheel::time_point wakes_at_ = wheel::never;
  asio::io_context context_;  // before what uses it
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  asio::steady_timer timer_;
  std::thread thread_;
};

// The pool; connections are dealt out in turn.
class io_units {
 public:
  io_units(caf::actor_system& system, const clock_source& clock, std::chrono::milliseconds tick, std::size_t threads,
           std::size_t throughput);
  [[nodiscard]] io_unit& next();
  [[nodiscard]] std::size_t size() const { return all_.size(); }
  [[nodiscard]] io_unit& at(std::size_t place) { return *all_.at(place); }
  void stop();

 private:
  std::vector<std::unique_ptr<io_unit>> all_;
  std::atomic<std::size_t> turn_{0};
};

}  // namespace stagecoach::runtime

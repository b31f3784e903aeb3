// A stage for tests: a clock that stands still until it is told, seeded random numbers, a log that can be read, and
// blocking questions from the test's own thread.
//
//   test_stage on;
//   auto one = on.stage().spawn<account>(...);
//   auto answer = on.ask<delivered>(one, deliver{...});   // result<delivered, failure>
#pragma once

#include <caf/scoped_actor.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "actors/runtime/errors.hpp"
#include "actors/runtime/stage.hpp"
#include "actors/runtime/wire.hpp"
#include "actors/runtime/world.hpp"
#include "protocols/base/result.hpp"

namespace stagecoach::testing {

// Starts at a fixed moment. In `running` mode it goes on like the real one (deadlines expire by themselves); in any
// mode advance() jumps.
class test_clock final : public runtime::clock_source {
 public:
  enum class mode : std::uint8_t { standing, running };
  explicit test_clock(mode how) : mode_(how) {}

  [[nodiscard]] unix_ms wall() const override { return unix_ms{1'800'000'000'000 + passed().count()}; }
  [[nodiscard]] std::chrono::steady_clock::time_point steady() const override { return started_ + passed(); }
  void advance(std::chrono::milliseconds by) { jumped_.fetch_add(by.count()); }

 private:
  [[nodiscard]] std::chrono::milliseconds passed() const {
    auto real = std::chrono::milliseconds(0);
    if (mode_ == mode::running)
      real = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - started_);
    return real + std::chrono::milliseconds(jumped_.load());
  }

  const mode mode_;
  const std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
  std::atomic<std::int64_t> jumped_{0};
};

// splitmix64 from a seed: the same numbers in every run.
class test_random final : public runtime::random_source {
 public:
  explicit test_random(std::uint64_t seed) : state_(seed) {}
  void fill(std::span<std::uint8_t> bytes) override {
    const std::lock_guard held(mutex_);
    for (auto& byte : bytes) {
      state_ += 0x9e3779b97f4a7c15ULL;
      std::uint64_t x = state_;
      x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
      x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
      byte = static_cast<std::uint8_t>(x >> 56);
    }
  }

 private:
  std::mutex mutex_;
  std::uint64_t state_;
};

class test_log final : public runtime::log_sink {
 public:
  void write(std::string_view line) override {
    const std::lock_guard held(mutex_);
    lines_.emplace_back(line);
  }
  [[nodiscard]] std::vector<std::string> lines() const {
    const std::lock_guard held(mutex_);
    return lines_;
  }
  // How many lines hold the text.
  [[nodiscard]] std::size_t count(std::string_view text) const {
    const std::lock_guard held(mutex_);
    std::size_t found = 0;
    for (const auto& line : lines_) found += line.find(text) != std::string::npos ? 1 : 0;
    return found;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> lines_;
};

// Waits for what other threads are about to do; a test that needs it says what, so a failure is readable.
[[nodiscard]] inline bool eventually(const std::function<bool()>& holds) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!holds()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

class test_memory final : public runtime::memory_gauge {
 public:
  [[nodiscard]] bool is_tight() const override { return is_tight_; }
  [[nodiscard]] std::uint64_t bound() const override { return 0; }
  void become(bool tight) { is_tight_ = tight; }

 private:
  std::atomic<bool> is_tight_ = false;
};

class test_stage {
 public:
  test_stage() : test_stage(runtime::stage_options{}, test_clock::mode::running) {}
  test_stage(const runtime::stage_options& options, test_clock::mode how)
      : clock_(how), stage_(options, runtime::world{clock_, random_, log_, memory_}) {}

  [[nodiscard]] runtime::stage& stage() { return stage_; }
  [[nodiscard]] test_clock& clock() { return clock_; }
  [[nodiscard]] test_log& log() { return log_; }
  [[nodiscard]] test_memory& memory() { return memory_; }

  // Blocks the test for at most 30 s of real time.
  template <class Answer, class Handle, class Question>
  [[nodiscard]] result<Answer, failure> ask(const Handle& to, const Question& question) {
    result<Answer, failure> outcome = failure{fault_code::busy, "no answer"};
    caf::scoped_actor self(stage_.system(), true);
    self->request(to, std::chrono::seconds(30), question)
        .receive([&](Answer& answer) { outcome = std::move(answer); },
                 [&](caf::error& why) { outcome = runtime::to_failure(why); });
    return outcome;
  }

  template <class Handle, class Message>
  void tell(const Handle& to, const Message& message) {
    caf::anon_send(to, message);
  }

 private:
  test_clock clock_;
  test_random random_{42};
  test_log log_;
  test_memory memory_;
  runtime::stage stage_;
};

}  // namespace stagecoach::testing

// A small cast for the runtime's tests: an actor that answers, one that never does, and the messages between them.
#pragma once

#include <atomic>
#include <cstdint>
#include <utility>
#include <vector>

#include "actors/runtime/stage.hpp"
#include "actors/runtime/watched.hpp"
#include "messages/conversation.hpp"
#include "protocols/base/described.hpp"

namespace stagecoach::runtime::cast {

struct question {
  std::int64_t value = 0;
  static constexpr auto fields = described(field(1, "value", &question::value));
  friend bool operator==(const question&, const question&) = default;
};
struct answer {
  std::int64_t value = 0;
  static constexpr auto fields = described(field(1, "value", &answer::value));
  friend bool operator==(const answer&, const answer&) = default;
};
struct note {  // < 0: throw; 0: quit
  std::int64_t value = 0;
  static constexpr auto fields = described(field(1, "value", &note::value));
  friend bool operator==(const note&, const note&) = default;
};
// Ask `target` n times with the deadline, then say how it went.
struct ask_many {
  std::int64_t count = 0;
  std::int64_t deadline_ms = 0;
  static constexpr auto fields =
      described(field(1, "count", &ask_many::count), field(2, "deadline_ms", &ask_many::deadline_ms));
  friend bool operator==(const ask_many&, const ask_many&) = default;
};
struct asked_many {
  std::int64_t answers = 0;
  std::int64_t errors = 0;
  std::int64_t early = 0;
  std::int64_t latest_ms = 0;  // the latest error, after its deadline
  static constexpr auto fields =
      described(field(1, "answers", &asked_many::answers), field(2, "errors", &asked_many::errors),
                field(3, "early", &asked_many::early), field(4, "latest_ms", &asked_many::latest_ms));
  friend bool operator==(const asked_many&, const asked_many&) = default;
};

using stagecoach::inspect;

struct answerer_talk : conversation<ask_for<question, answer>, tell<note>> {};
using answerer_handle = handle_of<answerer_talk>;
struct asker_talk : conversation<ask_for<ask_many, asked_many>, tell<note>> {};
using asker_handle = handle_of<asker_talk>;

// Answers with twice the value; 13 is a failure; below zero it throws.
class answerer : public watched<answerer_handle> {
 public:
  answerer(caf::actor_config& cfg, stage& on) : watched(cfg, on, "answerer", "twice") {}

 private:
  behavior_type make_behavior() override {
    return {
        [this](const question& asked) { return reply_to(asked); },
        [this](const note& told) { heard(told); },
    };
  }
  static reply<answer> reply_to(const question& asked) {
    if (asked.value == 13) return to_error(failure{fault_code::full, "thirteen"});
    CHECK(asked.value >= 0);
    return answer{asked.value * 2};
  }
  void heard(const note& told) {
    CHECK(told.value >= 0);
    if (told.value == 0) quit();
  }
};

// The same, and nothing goes on without it.
class essential_answerer final : public answerer {
 public:
  using answerer::answerer;

 private:
  [[nodiscard]] bool is_essential() const override { return true; }
};

// Keeps every promise, in both senses; note(1) answers all of them, note(0) quits.
class silent final : public watched<answerer_handle> {
 public:
  silent(caf::actor_config& cfg, stage& on) : watched(cfg, on, "silent", "") {}
  void on_exit() override { promises_.clear(); }

 private:
  behavior_type make_behavior() override {
    return {
        [this](const question&) -> reply<answer> {
          promises_.push_back(make_response_promise<answer>());
          return promises_.back();
        },
        [this](const note& told) {
          if (told.value == 0) return quit();
          for (auto& one : std::exchange(promises_, {})) one.deliver(answer{told.value});
        },
    };
  }
  std::vector<promise<answer>> promises_;
};

// Counts the closures that live, so that a test sees that none is left.
struct closure {
  explicit closure(std::atomic<int>& count) : count_(&count) { ++*count_; }
  closure(const closure& other) : count_(other.count_) { ++*count_; }
  closure& operator=(const closure&) = delete;
  ~closure() { --*count_; }

 private:
  std::atomic<int>* count_;
};

// On the scheduler (Base = watched) or on an I/O thread (Base = pinned).
template <class Base>
class asker final : public Base {
 public:
  using typename Base::behavior_type;

  asker(caf::actor_config& cfg, stage& on, answerer_handle target, std::atomic<int>& closures)
      : Base(cfg, on, "asker", ""), target_(std::move(target)), closures_(closures) {}
  asker(caf::actor_config& cfg, stage& on, io_unit& unit, answerer_handle target, std::atomic<int>& closures)
      : Base(cfg, on, unit, "asker", ""), target_(std::move(target)), closures_(closures) {}

 private:
  behavior_type make_behavior() override {
    return {
        [this](const ask_many& order) { return ask_all(order); },
        [this](const note& told) {
          if (told.value == 0) this->quit();
        },
    };
  }

  reply<asked_many> ask_all(const ask_many& order) {
    auto report = this->template make_response_promise<asked_many>();
    auto sum = std::make_shared<asked_many>();
    const auto began = std::chrono::steady_clock::now();
    for (std::int64_t i = 0; i < order.count; ++i) {
      // Spread over eleven deadlines.
      const auto deadline = std::chrono::milliseconds(order.deadline_ms + (i % 11) * order.deadline_ms / 11);
      auto finish = [sum, report, total = order.count]() mutable {
        if (sum->answers + sum->errors == total) report.deliver(*sum);
      };
      this->ask(target_, deadline, question{i})
          .then(
              [sum, finish, seen = closure(closures_)](const answer&) mutable {
                ++sum->answers;
                finish();
              },
              [sum, finish, began, deadline, seen = closure(closures_)](caf::error& why) mutable {
                ++sum->errors;
                const auto took =
                    std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began);
                if (is_late(why)) {
                  if (took < deadline) ++sum->early;
                  sum->latest_ms = std::max<std::int64_t>(sum->latest_ms, (took - deadline).count());
                }
                finish();
              });
    }
    return report;
  }

  answerer_handle target_;
  std::atomic<int>& closures_;
};

}  // namespace stagecoach::runtime::cast

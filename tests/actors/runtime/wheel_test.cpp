#include "actors/runtime/wheel.hpp"

#include <gtest/gtest.h>

#include <asio.hpp>
#include <future>

#include "actors/runtime/pinned.hpp"
#include "tests/actors/runtime/cast.hpp"
#include "tests/support/let_pass.hpp"
#include "tests/support/stage.hpp"

namespace stagecoach::runtime {
namespace {

using namespace cast;
using namespace std::chrono_literals;
using testing::eventually;
using testing::test_clock;
using testing::test_stage;

using scheduled_asker = asker<watched<asker_handle>>;
using pinned_asker = asker<pinned<asker_handle>>;

enum class place { scheduler, io_thread };

// Everything about deadlines holds for an actor of the scheduler and for one of an I/O thread.
class Deadlines : public ::testing::TestWithParam<place> {
 protected:
  asker_handle make_asker(const answerer_handle& target) {
    if (GetParam() == place::scheduler) return on_.stage().spawn<scheduled_asker>(target, std::ref(closures_));
    return on_.stage().spawn_pinned<pinned_asker>(on_.stage().units().at(0), target, std::ref(closures_));
  }
  std::size_t pending() {
    if (GetParam() == place::scheduler) return on_.stage().shared_deadlines().pending();
    auto& unit = on_.stage().units().at(0);  // which is asked on its thread
    std::promise<std::size_t> count;
    asio::post(unit.context(), [&] { count.set_value(unit.pending_deadlines()); });
    return count.get_future().get();
  }
  bool all_freed(std::string_view kind) {
    return eventually([&] {
      const auto now = on_.stage().registry().snapshot(kind);
      return now.kinds.size() == 1 && now.kinds[0].births == now.kinds[0].freed;
    });
  }

  std::atomic<int> closures_{0};
  test_stage on_;
};
INSTANTIATE_TEST_SUITE_P(Everywhere, Deadlines, ::testing::Values(place::scheduler, place::io_thread),
                         [](const auto& of) { return of.param == place::scheduler ? "Scheduler" : "IoThread"; });

TEST_P(Deadlines, AnActorThatNeverAnswers) {
  const auto target = on_.stage().spawn<silent>();
  auto outcome = on_.ask<asked_many>(make_asker(target), ask_many{1000, 100});
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->errors, 1000);
  EXPECT_EQ(outcome->early, 0);
  EXPECT_LE(outcome->latest_ms, 400);  // two ticks, and a busy machine
  EXPECT_TRUE(eventually([&] { return closures_ == 0; }));
}

TEST_P(Deadlines, LateAnswersAreDropped) {
  const auto target = on_.stage().spawn<silent>();
  const auto self = make_asker(target);
  auto first = on_.ask<asked_many>(self, ask_many{100, 100});
  ASSERT_TRUE(first);
  EXPECT_EQ(first->errors, 100);
  on_.tell(target, note{1});  // answers all of them, too late
  EXPECT_TRUE(eventually([&] {
    const auto now = on_.stage().registry().snapshot("asker");
    return now.actors.size() == 1 && now.actors[0].dropped == 100 && now.actors[0].depth == 0;
  }));
  auto second = on_.ask<asked_many>(self, ask_many{10, 50});
  ASSERT_TRUE(second);
  EXPECT_EQ(second->errors, 10);
}

TEST_P(Deadlines, AnsweredAsksLeaveNothingBehind) {
  const auto target = on_.stage().spawn<answerer>();
  const auto self = make_asker(target);
  for (int round = 0; round < 200; ++round) {
    auto outcome = on_.ask<asked_many>(self, ask_many{100, 10'000});
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->answers, 99);  // 13 is refused
    EXPECT_EQ(outcome->errors, 1);
  }
  EXPECT_TRUE(eventually([&] { return closures_ == 0 && pending() == 0; }));
}

TEST_P(Deadlines, QuitWithPendingAsksFreesEverything) {
  auto target = on_.stage().spawn<silent>();
  {
    const auto self = make_asker(target);
    caf::anon_send(self, ask_many{150, 60'000});
    on_.tell(self, note{0});
  }
  EXPECT_TRUE(eventually([&] { return closures_ == 0 && pending() == 0; }));
  on_.tell(target, note{0});  // it holds promises, and they hold the asker
  EXPECT_TRUE(all_freed("asker"));
  target = decltype(target)();
  EXPECT_TRUE(all_freed("silent"));
}

TEST_P(Deadlines, KilledFromOutsideWithPendingAsks) {
  const auto target = on_.stage().spawn<silent>();
  {
    const auto self = make_asker(target);
    caf::anon_send(self, ask_many{150, 60'000});
    EXPECT_TRUE(eventually([&] { return closures_ >= 150; }));
    caf::anon_send_exit(self, caf::exit_reason::kill);
  }
  EXPECT_TRUE(eventually([&] { return closures_ == 0 && pending() == 0; }));
  on_.tell(target, note{0});
  EXPECT_TRUE(all_freed("asker"));
}

TEST_P(Deadlines, DeadOrMissingTargetIsAnErrorAtOnce) {
  const auto target = on_.stage().spawn<silent>();
  on_.tell(target, note{0});
  ASSERT_TRUE(eventually([&] { return on_.stage().registry().alive("silent") == 0; }));
  const auto began = std::chrono::steady_clock::now();
  auto dead = on_.ask<asked_many>(make_asker(target), ask_many{50, 20'000});
  auto nobody = on_.ask<asked_many>(make_asker(answerer_handle{}), ask_many{50, 20'000});
  EXPECT_LT(std::chrono::steady_clock::now() - began, 5s);
  ASSERT_TRUE(dead);
  ASSERT_TRUE(nobody);
  EXPECT_EQ(dead->errors, 50);
  EXPECT_EQ(nobody->errors, 50);
  EXPECT_TRUE(eventually([&] { return closures_ == 0 && pending() == 0; }));
}

TEST(Wheel, ExpiresAcrossManyTurnsNeverEarly) {
  test_clock clock(test_clock::mode::standing);
  wheel one(wheel::use::one_thread, clock, 10ms);
  test_stage on;
  const auto target = on.stage().spawn<silent>();
  const auto who = caf::actor_cast<caf::strong_actor_ptr>(target);
  std::vector<wheel::ticket> tickets;
  for (int i = 1; i <= 1000; ++i) tickets.push_back(one.add({who, {}, 1}, i * 20ms));  // eight turns
  for (int passed = 0; passed < 20'000; passed += 10) {
    clock.advance(10ms);
    one.advance(nullptr);
    const auto due = static_cast<std::size_t>(passed + 10) / 20;
    ASSERT_GE(one.pending(), 1000 - due);
    ASSERT_LE(one.pending(), 1000 - due + 1);
  }
  clock.advance(20ms);
  EXPECT_EQ(one.advance(nullptr), wheel::never);
}

// Who waits for it sleeps until then, and no longer than one turn.
TEST(Wheel, SaysWhenToComeAgain) {
  test_clock clock(test_clock::mode::standing);
  wheel one(wheel::use::one_thread, clock, 100ms);
  test_stage on;
  const auto who = caf::actor_cast<caf::strong_actor_ptr>(on.stage().spawn<silent>());
  EXPECT_EQ(one.advance(nullptr), wheel::never);
  const auto began = clock.steady();
  auto far = one.add({who, {}, 1}, 30min);
  auto near = one.add({who, {}, 2}, 5s);
  const auto is_soon = [&](wheel::time_point when, std::chrono::milliseconds after) {
    return when >= began + after && when <= began + after + 100ms;
  };
  EXPECT_TRUE(is_soon(one.due_after(5s), 5s));
  EXPECT_EQ(one.advance(nullptr), one.due_after(5s));
  near.cancel();
  // By hand through every time that it names: never past what is due, and only a few of them.
  std::size_t looks = 0;
  while (one.pending() > 0) {
    const auto next = one.advance(nullptr);
    if (next == wheel::never) break;
    ASSERT_GT(next, clock.steady());
    ASSERT_LE(next, began + 30min + 100ms);
    clock.advance(std::chrono::ceil<std::chrono::milliseconds>(next - clock.steady()));
    ++looks;
  }
  EXPECT_TRUE(is_soon(clock.steady(), 30min)) << (clock.steady() - began) / 1ms;
  EXPECT_LE(looks, 30min / (256 * 100ms) + 2);
}

TEST(Wheel, AJumpOfHoursExpiresAllThatIsDueAndNothingElse) {
  test_clock clock(test_clock::mode::standing);
  wheel one(wheel::use::many_threads, clock, 100ms);
  test_stage on;
  const auto who = caf::actor_cast<caf::strong_actor_ptr>(on.stage().spawn<silent>());
  std::vector<wheel::ticket> tickets;
  for (int i = 1; i <= 100; ++i) tickets.push_back(one.add({who, {}, 1}, i * 1min));
  clock.advance(50min + 1s);
  EXPECT_NE(one.advance(nullptr), wheel::never);
  EXPECT_EQ(one.pending(), 50U);
  tickets.clear();
  EXPECT_EQ(one.pending(), 0U);
}

// --- reminders ---

struct reminded_talk : conversation<ask_for<question, answer>, tell<note>> {};

// Counts how often it was reminded; a question moves the reminder, note(1) cancels it.
class patient final : public watched<handle_of<reminded_talk>> {
 public:
  patient(caf::actor_config& cfg, stage& on) : watched(cfg, on, "patient", "") {}

 private:
  behavior_type make_behavior() override {
    arm();
    return {
        [this](const question&) {
          arm();
          return answer{reminded_};
        },
        [this](const note&) { later_.cancel(); },
    };
  }
  void arm() {
    later_ = remind(300ms, [this] { ++reminded_; });
  }
  reminder later_;
  std::int64_t reminded_ = 0;
};

TEST(Reminder, ComesOnceAndCanBeMovedAndCancelled) {
  test_stage on;
  const auto moved = on.stage().spawn<patient>();
  for (int i = 0; i < 6; ++i) {
    testing::let_pass(100ms);
    auto count = on.ask<answer>(moved, question{});
    ASSERT_TRUE(count);
    EXPECT_EQ(count->value, 0) << "each question moved it";
  }
  testing::let_pass(700ms);
  auto count = on.ask<answer>(moved, question{});
  ASSERT_TRUE(count);
  EXPECT_EQ(count->value, 1);
  on.tell(moved, note{1});
  testing::let_pass(700ms);
  count = on.ask<answer>(moved, question{});
  ASSERT_TRUE(count);
  EXPECT_EQ(count->value, 1);
}

// Rings once, and the test sees it.
class ringing final : public watched<handle_of<reminded_talk>> {
 public:
  ringing(caf::actor_config& cfg, stage& on, std::atomic<int>& rung) : watched(cfg, on, "ringing", ""), rung_(rung) {}

 private:
  behavior_type make_behavior() override {
    later_ = remind(300ms, [this] { ++rung_; });
    return {[](const question&) { return answer{}; }, [](const note&) {}};
  }
  std::atomic<int>& rung_;
  reminder later_;
};

TEST(Reminder, FollowsTheClockOfTheStage) {
  std::atomic<int> rung{0};
  test_stage on(stage_options{}, test_clock::mode::standing);
  const auto one = on.stage().spawn<ringing>(std::ref(rung));
  EXPECT_TRUE(eventually([&] { return on.stage().shared_deadlines().pending() == 1; }));
  EXPECT_EQ(rung, 0);
  on.clock().advance(1h);
  EXPECT_TRUE(eventually([&] { return rung == 1; }));
  EXPECT_EQ(on.stage().shared_deadlines().pending(), 0U);
}

}  // namespace
}  // namespace stagecoach::runtime

#include "actors/runtime/wheel.hpp"

#include <caf/abstract_actor.hpp>
#include <caf/error.hpp>
#include <caf/execution_unit.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/sec.hpp>

#include "actors/runtime/wire.hpp"

namespace stagecoach::runtime {

struct wheel::entry {
  entry* previous = nullptr;  // none and next none: not in a slot
  entry* next = nullptr;
  alarm what;
  std::uint64_t due = 0;
  bool linked = false;
};

struct wheel::guard {
  explicit guard(const wheel& of) : lock(of.mutex_, std::defer_lock) {
    if (of.shared_) lock.lock();
  }
  std::unique_lock<std::mutex> lock;
};

wheel::wheel(use how, const clock_source& clock, std::chrono::milliseconds tick)
    : shared_(how == use::many_threads), clock_(clock), tick_(tick), cursor_(tick_at(clock.steady())) {}

wheel::~wheel() {
  while (free_ != nullptr) delete std::exchange(free_, free_->next);
}

std::uint64_t wheel::tick_at(std::chrono::steady_clock::time_point when) const {
  return static_cast<std::uint64_t>(when.time_since_epoch() / tick_);
}

// Rounded up: never early.
std::uint64_t wheel::due_tick(std::chrono::milliseconds after) const { return tick_at(clock_.steady() + after) + 1; }

wheel::time_point wheel::due_after(std::chrono::milliseconds after) const {
  return time_point(tick_ * due_tick(after));
}

wheel::ticket wheel::add(alarm what, std::chrono::milliseconds after) {
  const auto due = due_tick(after);
  const guard held(*this);
  entry* fresh = free_;
  if (fresh != nullptr) {
    free_ = fresh->next;
  } else {
    fresh = new entry;
  }
  auto*& head = heads_[due % slots];
  fresh->what = std::move(what);
  fresh->due = due;
  fresh->previous = nullptr;
  fresh->next = head;
  fresh->linked = true;
  if (head != nullptr) head->previous = fresh;
  head = fresh;
  ++pending_;
  return {this, fresh};
}

void wheel::unlink(entry& what) {
  if (what.previous != nullptr) {
    what.previous->next = what.next;
  } else {
    heads_[what.due % slots] = what.next;
  }
  if (what.next != nullptr) what.next->previous = what.previous;
  what.linked = false;
  --pending_;
}

void wheel::cancel(entry* what) {
  caf::strong_actor_ptr last;  // may be the last handle: dropped outside the lock
  const guard held(*this);
  if (what->linked) unlink(*what);
  last.swap(what->what.who);
  what->next = std::exchange(free_, what);
}

// The first tick of the next turn that has an entry of its own, or the end of that turn.
wheel::time_point wheel::next_time() const {
  if (pending_ == 0) return never;
  for (std::uint64_t tick = cursor_ + 1; tick < cursor_ + slots; ++tick)
    for (const entry* one = heads_[tick % slots]; one != nullptr; one = one->next)
      if (one->due <= tick) return time_point(tick_ * tick);
  return time_point(tick_ * (cursor_ + slots));
}

wheel::time_point wheel::advance(caf::execution_unit* unit) {
  std::vector<alarm> expired;
  auto next = never;
  {
    const guard held(*this);
    const auto present = tick_at(clock_.steady());
    for (std::size_t turn = 0; cursor_ < present && turn < slots; ++turn) {
      ++cursor_;
      for (entry* one = heads_[cursor_ % slots]; one != nullptr;) {
        entry& seen = *one;
        one = one->next;
        if (seen.due > present) continue;  // a later turn's
        unlink(seen);
        expired.push_back(std::move(seen.what));
      }
    }
    cursor_ = std::max(cursor_, present);
    next = next_time();
  }
  for (auto& one : expired) {
    auto* actor = one.who->get();
    if (one.response.is_response()) {
      actor->eq_impl(one.response, one.who, unit, caf::make_error(caf::sec::request_timeout));
    } else {
      actor->eq_impl(caf::make_message_id(), nullptr, unit, reminder_due{one.reminder});
    }
  }
  return next;
}

std::size_t wheel::pending() const {
  const guard held(*this);
  return pending_;
}

std::chrono::nanoseconds time_until(wheel::time_point when, const clock_source& clock, std::chrono::milliseconds tick) {
  const auto left = std::max<std::chrono::nanoseconds>(when - clock.steady(), std::chrono::nanoseconds(0));
  return clock.is_real() ? left : std::min<std::chrono::nanoseconds>(left, tick);
}

shared_wheel::shared_wheel(const clock_source& clock, std::chrono::milliseconds tick) : clock_(clock), tick_(tick) {
  for (std::size_t i = 0; i < shards; ++i)
    shards_.push_back(std::make_unique<wheel>(wheel::use::many_threads, clock, tick));
  thread_ = std::thread([this] { run(); });
}

shared_wheel::~shared_wheel() { stop(); }

wheel::ticket shared_wheel::add(alarm what, std::chrono::milliseconds after) {
  auto& shard = *shards_[what.who->id() % shards];
  const auto due = shard.due_after(after);
  auto entered = shard.add(std::move(what), after);
  if (due < wake_at_.load()) {  // asked after the entry is in: the thread raises it before it looks
    const std::lock_guard held(mutex_);
    if (due < wake_at_.load()) wake_at_ = due;
    wake_.notify_one();
  }
  return entered;
}

std::size_t shared_wheel::pending() const {
  std::size_t all = 0;
  for (const auto& shard : shards_) all += shard->pending();
  return all;
}

void shared_wheel::stop() {
  {
    const std::lock_guard held(mutex_);
    stopping_ = true;
    wake_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
}

void shared_wheel::run() {
  std::unique_lock held(mutex_);
  while (!stopping_) {
    const auto until = wake_at_.load();
    if (until == wheel::never) {
      wake_.wait(held);
      continue;
    }
    if (const auto left = time_until(until, clock_, tick_); left.count() > 0) {
      wake_.wait_for(held, left);
      if (clock_.is_real()) continue;  // what was added meanwhile may be due before
      if (stopping_) return;
    }
    wake_at_ = wheel::never;
    held.unlock();
    auto next = wheel::never;
    for (auto& shard : shards_) next = std::min(next, shard->advance(nullptr));
    held.lock();
    if (next < wake_at_.load()) wake_at_ = next;
  }
}

}  // namespace stagecoach::runtime

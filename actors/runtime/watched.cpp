#include "actors/runtime/watched.hpp"

#include <caf/make_message.hpp>
#include <caf/sec.hpp>
#include <typeinfo>

#include "actors/runtime/stage.hpp"
#include "actors/runtime/stamped.hpp"

namespace stagecoach::runtime {

namespace {

// Written by one thread at a time, read by any.
template <class T>
void add_one(std::atomic<T>& counter, T amount) {
  counter.store(static_cast<T>(counter.load(std::memory_order_relaxed) + amount), std::memory_order_relaxed);
}

enum gate_state : std::uint8_t { open = 0, closing = 1, parked = 2 };

}  // namespace

watched_actor::watched_actor(stage& on, deadlines& door, std::string_view kind, std::string name,
                             caf::actor_control_block& block)
    : on_(on), door_(door), block_(block), name_(std::move(name)) {
  on_.registry().born(*this, kind);
}

watched_actor::~watched_actor() { on_.registry().freed(*this); }

void watched_actor::rename(std::string name) { on_.registry().rename(*this, std::move(name)); }

void watched_actor::log(log_line line) const {
  std::string actor = on_.registry().kind_of(*this);
  if (!name_.empty()) actor += ":" + name_;
  line.with("actor", std::string_view(actor));
  if (line.text().find(" trace=") == std::string::npos) line.with(trace_);
  on_.log(line);
}

watched_actor::reminder watched_actor::remind(std::chrono::milliseconds after, std::function<void()> what) {
  const auto number = ++reminder_count_;
  auto ticket = door_.add(alarm{caf::strong_actor_ptr{&block_}, caf::message_id{}, number}, after);
  reminders_.push_back({number, std::move(what), std::move(ticket)});
  return {this, number};
}

void watched_actor::forget(std::uint64_t number) {
  for (auto& one : reminders_) {
    if (one.number != number) continue;
    std::swap(one, reminders_.back());
    const auto dropped = std::move(reminders_.back());  // its function may own what owns a reminder
    reminders_.pop_back();
    return;
  }
}

bool watched_actor::reminded(const caf::mailbox_element& what) {
  const auto& content = what.content();
  if (counts_.last_type.load(std::memory_order_relaxed) != &typeid(reminder_due)) return false;
  const auto number = content.get_as<reminder_due>(0).number;
  for (auto& one : reminders_) {
    if (one.number != number) continue;
    std::swap(one, reminders_.back());
    const auto due = std::move(reminders_.back());
    reminders_.pop_back();
    due.what();
    break;
  }
  return true;
}

caf::mailbox_element_ptr watched_actor::arriving(caf::mailbox_element_ptr what) {
  if (counts_.enqueued.fetch_add(1, std::memory_order_relaxed) % sampling_stride != 0) return what;
  return caf::mailbox_element_ptr(new stamped(std::move(what), ticks()));
}

void watched_actor::taking(const caf::mailbox_element& what) {
  const auto& content = what.content();
  const auto type = content.empty() ? caf::rtti_pair{0, nullptr} : content.type(0);
  counts_.last_type.store(type.second, std::memory_order_relaxed);
  counts_.last_builtin.store(type.first, std::memory_order_relaxed);
  if (typeid(what) != typeid(stamped)) return;
  const auto arrived = static_cast<const stamped&>(what).arrived();
  const auto present = ticks();
  add_one<std::uint64_t>(counts_.waited, present > arrived ? present - arrived : 0);
  add_one<std::uint64_t>(counts_.sampled, 1);
}

void watched_actor::taken(caf::invoke_message_result outcome) {
  switch (outcome) {
    case caf::invoke_message_result::consumed:
      return add_one<std::uint64_t>(counts_.handled, 1);
    case caf::invoke_message_result::dropped:
      return add_one<std::uint64_t>(counts_.dropped, 1);
    case caf::invoke_message_result::skipped:
      return;  // it still waits
  }
}

bool watched_actor::held_back() {
  std::uint8_t state = counts_.gate.load(std::memory_order_acquire);
  if (state == open) return false;
  // The mailbox stays unblocked, so senders do not schedule us again: unpark() does.
  return state == parked || counts_.gate.compare_exchange_strong(state, parked);
}

bool watched_actor::park() {
  if (!can_park()) return false;
  std::uint8_t state = open;
  counts_.gate.compare_exchange_strong(state, closing);
  return true;
}

void watched_actor::unpark() {
  if (counts_.gate.exchange(open) != parked) return;
  caf::intrusive_ptr_add_ref(&block_);  // the scheduler's, as for any actor with messages
  reschedule();
}

std::uint64_t watched_actor::run_begins() {
  const auto began = ticks();
  counts_.started.store(began, std::memory_order_relaxed);
  return began;
}

// The actor may already run on another thread: real additions, and `started` only if it is still ours.
void watched_actor::run_ends(std::uint64_t began) {
  const auto present = ticks();
  if (present > began) counts_.busy.fetch_add(present - began, std::memory_order_relaxed);
  counts_.runs.fetch_add(1, std::memory_order_relaxed);
  counts_.started.compare_exchange_strong(began, 0, std::memory_order_relaxed);
}

void watched_actor::ends() {
  reminders_.clear();
  if (counts_.alive.exchange(false)) on_.registry().died(*this);
}

caf::error watched_actor::failed(const std::exception_ptr& why) {
  std::string text = "unknown exception";
  try {
    std::rethrow_exception(why);
  } catch (const std::exception& known) {
    text = known.what();
  } catch (...) {
  }
  on_.registry().failed(*this);
  const auto* type = counts_.last_type.load(std::memory_order_relaxed);
  log(log_line(log_level::error, "actor failed")
          .with("why", std::string_view(text))
          .with("message", type == nullptr ? std::string_view() : std::string_view(type->name())));
  if (is_essential()) on_.essential_failed();
  return caf::make_error(caf::sec::runtime_error, text);
}

wheel::ticket watched_actor::enter_deadline(caf::message_id response, std::chrono::milliseconds after) {
  return door_.add(alarm{caf::strong_actor_ptr{&block_}, response, 0}, after);
}

deadlines& deadlines_of(stage& on) { return on.shared_deadlines(); }

}  // namespace stagecoach::runtime

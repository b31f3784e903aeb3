// The base of every actor of ours. It counts what comes in and what is done with it, measures waiting and work, enters
// the actor in the registry, lets it be parked, and owns the only door to a request: ask(), which always has a
// deadline.
//
//   class account final : public watched<account_handle> {
//    public:
//     account(caf::actor_config& cfg, stage& on, state s) : watched(cfg, on, "account", s.name), state_(std::move(s))
//     {}
//
// An actor that throws (CHECK) ends alone: it is logged with its trace and counted, and its askers get an error.
#pragma once

#include <caf/event_based_actor.hpp>
#include <caf/invoke_message_result.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <chrono>
#include <exception>
#include <functional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "actors/runtime/errors.hpp"
#include "actors/runtime/handles.hpp"
#include "actors/runtime/log.hpp"
#include "actors/runtime/registry.hpp"
#include "actors/runtime/ticks.hpp"
#include "actors/runtime/wheel.hpp"
#include "actors/runtime/wire.hpp"

namespace stagecoach::runtime {

class stage;

// What does not depend on the conversation; the registry sees actors as this.
class watched_actor {
 public:
  watched_actor(const watched_actor&) = delete;
  watched_actor& operator=(const watched_actor&) = delete;

  // A call at a later time; it is cancelled when the reminder is destroyed, and with the actor.
  class reminder {
   public:
    reminder() = default;
    reminder(watched_actor* of, std::uint64_t number) : of_(of), number_(number) {}
    reminder(reminder&& other) noexcept : of_(other.of_), number_(std::exchange(other.number_, 0)) {}
    reminder& operator=(reminder&& other) noexcept {
      if (this != &other) {
        cancel();
        of_ = other.of_;
        number_ = std::exchange(other.number_, 0);
      }
      return *this;
    }
    ~reminder() { cancel(); }
    void cancel() {
      if (const auto number = std::exchange(number_, 0); number != 0) of_->forget(number);
    }

   private:
    watched_actor* of_ = nullptr;
    std::uint64_t number_ = 0;
  };

 protected:
  watched_actor(stage& on, deadlines& door, std::string_view kind, std::string name, caf::actor_control_block& block);
  virtual ~watched_actor();

  [[nodiscard]] stage& on() const { return on_; }
  [[nodiscard]] const std::string& instance() const { return name_; }
  void rename(std::string name);  // when the actor learns who it is

  // What the actor works on now: stands in its log lines, also in the one of its end.
  void tracing(const trace_context& trace) { trace_ = trace; }
  // Writes the line with actor= and, unless it has one, the trace of tracing().
  void log(log_line line) const;

  // Calls `what` in the actor after that time, unless the reminder is destroyed before. Keep it in a member; assigning
  // a new one moves the time. Never early, up to 200 ms late. Not in the constructor, which runs on the spawner's
  // thread.
  [[nodiscard]] reminder remind(std::chrono::milliseconds after, std::function<void()> what);

  // --- for watched and pinned ---
  [[nodiscard]] caf::mailbox_element_ptr arriving(caf::mailbox_element_ptr what);
  void taking(const caf::mailbox_element& what);
  void taken(caf::invoke_message_result outcome);
  // The message is a due reminder of ours: its function was called.
  [[nodiscard]] bool reminded(const caf::mailbox_element& what);
  // True when the actor is parked and must not run now.
  [[nodiscard]] bool held_back();
  [[nodiscard]] std::uint64_t run_begins();
  void run_ends(std::uint64_t began);
  void ends();
  [[nodiscard]] caf::error failed(const std::exception_ptr& why);
  [[nodiscard]] wheel::ticket enter_deadline(caf::message_id response, std::chrono::milliseconds after);
  // The process cannot do without it: when it fails, the process ends and starts anew (stage_options).
  [[nodiscard]] virtual bool is_essential() const { return false; }
  [[nodiscard]] virtual bool can_park() const = 0;
  virtual void reschedule() = 0;

 private:
  friend class registry;

  struct pending_reminder {
    std::uint64_t number;
    std::function<void()> what;
    wheel::ticket ticket;
  };

  void forget(std::uint64_t number);
  bool park();
  void unpark();

  stage& on_;
  deadlines& door_;
  caf::actor_control_block& block_;
  counts counts_;
  std::string name_;  // guarded by the registry's lock: a reader may look while the actor renames itself
  trace_context trace_;
  std::vector<pending_reminder> reminders_;
  std::uint64_t reminder_count_ = 0;
  std::uint64_t born_ = ticks();
  std::pair<const std::string, kind_totals>* kind_ = nullptr;  // the registry's entry
  watched_actor* previous_ = nullptr;
  watched_actor* next_ = nullptr;
};

// A request on its way; then() says what becomes of it, and must be called at once.
template <class Response, class Arm>
class [[nodiscard]] asked {
 public:
  asked(Response response, Arm arm) : response_(std::move(response)), arm_(std::move(arm)) {}

  // on_answer(Answer&) or (const Answer&) or (Answer); on_error(caf::error&). Exactly one of them is called, unless the
  // asker ends before. Neither may hold a reference to a message.
  template <class OnAnswer, class OnError>
  void then(OnAnswer on_answer, OnError on_error) && {
    auto ticket = arm_(response_.id());
    response_.then(std::move(on_answer), [ticket = std::move(ticket),
                                          on_error = std::move(on_error)](caf::error& why) mutable { on_error(why); });
  }

 private:
  Response response_;
  Arm arm_;
};

template <class Handle>
class watched : public Handle::base, public watched_actor {
 public:
  using base = typename Handle::base;
  using handle = Handle;
  using reply_promise = caf::response_promise;

  watched(caf::actor_config& cfg, stage& on, std::string_view kind, std::string name)
      : watched(cfg, on, shared_deadlines(on), kind, std::move(name)) {}

  const char* name() const override { return "stagecoach"; }

  void enqueue(caf::mailbox_element_ptr what, caf::execution_unit* unit) override {
    base::enqueue(arriving(std::move(what)), unit);
  }
  using base::enqueue;

  caf::invoke_message_result consume(caf::mailbox_element& what) override {
    struct counted {  // a handler that throws has handled its message
      watched& self;
      caf::invoke_message_result outcome = caf::invoke_message_result::consumed;
      ~counted() { self.taken(outcome); }
    } count{*this};
    taking(what);
    if (reminded(what)) return count.outcome;
    return count.outcome = base::consume(what);
  }
  using base::consume;

  caf::resumable::resume_result resume(caf::execution_unit* unit, std::size_t max) override {
    if (held_back()) return caf::resumable::awaiting_message;
    const auto began = run_begins();
    const auto outcome = base::resume(unit, max);
    run_ends(began);
    return outcome;
  }

  bool cleanup(caf::error&& why, caf::execution_unit* unit) override {
    ends();
    return base::cleanup(std::move(why), unit);
  }

 protected:
  // For pinned actors, whose deadlines go to their thread's wheel.
  watched(caf::actor_config& cfg, stage& on, deadlines& door, std::string_view kind, std::string name)
      : base(cfg), watched_actor(on, door, kind, std::move(name), *this->ctrl()) {
    this->set_exception_handler([this](std::exception_ptr& why) { return failed(why); });
  }

  // The only door to a request. Too late, dead, nobody: on_error hears of it.
  template <class Target, class Message>
  [[nodiscard]] auto ask(const Target& to, std::chrono::milliseconds deadline, Message&& message) {
    auto response = this->request(to, caf::duration{}, std::forward<Message>(message));
    auto arm = [this, deadline](caf::message_id id) { return enter_deadline(id, deadline); };
    return asked<decltype(response), decltype(arm)>(std::move(response), std::move(arm));
  }

  // Who sent the present message, as one that speaks Talk: for conversations in which the asker is then told things.
  template <class Talk>
  [[nodiscard]] handle_of<Talk> sender_speaking() {
    return caf::actor_cast<handle_of<Talk>>(this->current_sender());
  }

 private:
  [[nodiscard]] bool can_park() const override { return !this->getf(caf::abstract_actor::is_detached_flag); }
  void reschedule() override { this->home_system().scheduler().enqueue(this); }
  static deadlines& shared_deadlines(stage& on);
};

[[nodiscard]] deadlines& deadlines_of(stage& on);

template <class Handle>
deadlines& watched<Handle>::shared_deadlines(stage& on) {
  return deadlines_of(on);
}

}  // namespace stagecoach::runtime

// An actor that lives on one I/O thread (io_unit): its messages run there, beside the events of its socket, which enter
// it by enter(). It holds itself until it quits, so that no foreign thread ever ends it; its destructor may still run
// on any thread, so it releases its socket in on_exit().
#pragma once

#include <string>
#include <string_view>

#include "actors/runtime/io_unit.hpp"
#include "actors/runtime/watched.hpp"

namespace stagecoach::runtime {

template <class Handle>
class pinned : public watched<Handle> {
 public:
  using super = watched<Handle>;

  pinned(caf::actor_config& cfg, stage& on, io_unit& unit, std::string_view kind, std::string name)
      : super(cfg, on, static_cast<deadlines&>(unit), kind, std::move(name)), unit_(unit) {}

  void enqueue(caf::mailbox_element_ptr what, caf::execution_unit*) override {
    super::enqueue(std::move(what), &unit_);
  }
  using super::enqueue;

  void launch(caf::execution_unit*, bool lazy, bool hide) override {
    self_ = caf::strong_actor_ptr{this->ctrl()};
    super::launch(&unit_, lazy, hide);
  }

  [[nodiscard]] caf::resumable::subtype_t subtype() const override { return caf::resumable::io_actor; }

  bool cleanup(caf::error&& why, caf::execution_unit* unit) override {
    const auto last = std::move(self_);  // whoever runs us holds another
    return super::cleanup(std::move(why), unit);
  }

 protected:
  [[nodiscard]] io_unit& unit() const { return unit_; }

  // For the handlers of asynchronous operations: the actor is there as long as they are.
  [[nodiscard]] caf::strong_actor_ptr keep() { return caf::strong_actor_ptr{this->ctrl()}; }

  // Runs an event of the outside, on this unit's thread, as if it were a message. Nothing happens to an actor that has
  // ended; one that throws or quits in f ends.
  template <class F>
  void enter(F f) {
    if (!this->activate(&unit_)) return;
    const auto began = this->run_begins();
    try {
      f();
    } catch (...) {
      auto why = std::current_exception();
      this->quit(this->call_handler(this->exception_handler_, this, why));
    }
    this->finalize();
    this->run_ends(began);
  }

 private:
  void reschedule() override { unit_.exec_later(this); }

  io_unit& unit_;
  caf::strong_actor_ptr self_;
};

}  // namespace stagecoach::runtime

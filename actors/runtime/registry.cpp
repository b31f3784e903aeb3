#include "actors/runtime/registry.hpp"

#include <cxxabi.h>

#include <algorithm>
#include <caf/type_nr.hpp>
#include <chrono>
#include <cstdlib>

#include "actors/runtime/ticks.hpp"
#include "actors/runtime/watched.hpp"

namespace stagecoach::runtime {

namespace {

std::int64_t steady_ns() { return std::chrono::steady_clock::now().time_since_epoch().count(); }

std::uint64_t scaled(std::uint64_t value, double scale) {
  return static_cast<std::uint64_t>(static_cast<double>(value) * scale);
}

// "stagecoach::messages::set_flags" is shown as "set_flags".
std::string type_text(const std::type_info& type) {
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> plain(abi::__cxa_demangle(type.name(), nullptr, nullptr, &status),
                                                          &std::free);
  std::string text = plain ? plain.get() : type.name();
  if (text.find('<') != std::string::npos) return text;
  if (const auto colon = text.rfind("::"); colon != std::string::npos) text.erase(0, colon + 2);
  return text;
}

std::string last_message(const counts& of) {
  if (const auto* type = of.last_type.load(std::memory_order_relaxed)) return type_text(*type);
  const auto builtin = of.last_builtin.load(std::memory_order_relaxed);
  if (builtin == 0 || builtin > caf::type_nrs) return {};
  return caf::numbered_type_names[builtin - 1];
}

// `handled` is read before `enqueued`, so that the difference is never negative.
std::uint64_t depth_of(const counts& of) {
  const auto done_with = of.handled.load() + of.dropped.load();
  const auto in = of.enqueued.load();
  return in > done_with ? in - done_with : 0;
}

}  // namespace

registry::registry() : first_ticks_(ticks()), first_steady_(steady_ns()) {}

registry::~registry() = default;

double registry::microseconds_per_tick() const {
  const auto passed = ticks() - first_ticks_;
  if (passed == 0) return 0;
  return static_cast<double>(steady_ns() - first_steady_) / 1000.0 / static_cast<double>(passed);
}

void registry::born(watched_actor& one, std::string_view kind) {
  const std::lock_guard held(mutex_);
  auto found = kinds_.find(kind);
  if (found == kinds_.end()) found = kinds_.emplace(std::string(kind), kind_totals{}).first;
  auto& entry = found->second;
  ++entry.births;
  ++alive_;
  one.kind_ = &*found;
  one.next_ = entry.first;
  if (entry.first != nullptr) entry.first->previous_ = &one;
  entry.first = &one;
}

void registry::died(watched_actor& one) {
  const std::lock_guard held(mutex_);
  ++one.kind_->second.deaths;
  --alive_;
  if (alive_ == 0) nobody_.notify_all();
}

void registry::failed(watched_actor& one) {
  const std::lock_guard held(mutex_);
  ++one.kind_->second.failed;
}

void registry::freed(watched_actor& one) {
  const std::lock_guard held(mutex_);
  auto& entry = one.kind_->second;
  const auto& of = one.counts_;
  ++entry.freed;
  entry.received += of.enqueued.load();
  entry.handled += of.handled.load();
  entry.dropped += of.dropped.load();
  entry.undelivered += depth_of(of);
  entry.waited += of.waited.load();
  entry.sampled += of.sampled.load();
  entry.busy += of.busy.load();
  if (one.previous_ != nullptr) {
    one.previous_->next_ = one.next_;
  } else {
    entry.first = one.next_;
  }
  if (one.next_ != nullptr) one.next_->previous_ = one.previous_;
}

void registry::rename(watched_actor& one, std::string name) {
  const std::lock_guard held(mutex_);
  one.name_ = std::move(name);
}

const std::string& registry::kind_of(const watched_actor& one) { return one.kind_->first; }

template <class Visit>
void registry::for_each(std::string_view kind, Visit visit) const {
  for (const auto& [name, entry] : kinds_) {
    if (!kind.empty() && name != kind) continue;
    for (auto* one = entry.first; one != nullptr; one = one->next_)
      if (one->counts_.alive.load()) visit(name, *one);
  }
}

messages::actor_row registry::row_of(std::string_view kind, const watched_actor& one, double scale) const {
  const auto& of = one.counts_;
  messages::actor_row row;
  row.kind = kind;
  row.name = one.name_;
  row.id = one.block_.id();
  row.handled = of.handled.load();
  row.dropped = of.dropped.load();
  row.depth = depth_of(of);
  const auto sampled = of.sampled.load();
  row.waited_us = sampled == 0 ? 0 : scaled(of.waited.load() / sampled, scale);
  row.busy_us = scaled(of.busy.load(), scale);
  const auto present = ticks();
  row.age_ms = present > one.born_ ? scaled(present - one.born_, scale) / 1000 : 0;
  row.last_message = last_message(of);
  const auto started = of.started.load();
  row.running_us = started == 0 || present < started ? 0 : scaled(present - started, scale);
  row.parked = of.gate.load() != 0;
  return row;
}

messages::kind_row registry::total_of(std::string_view kind, const kind_totals& entry, double scale) {
  messages::kind_row row;
  row.kind = kind;
  row.births = entry.births;
  row.deaths = entry.deaths;
  row.freed = entry.freed;
  row.failed = entry.failed;
  row.received = entry.received;
  row.handled = entry.handled;
  row.dropped = entry.dropped;
  row.undelivered = entry.undelivered;
  auto waited = entry.waited;
  auto sampled = entry.sampled;
  auto busy = entry.busy;
  for (auto* one = entry.first; one != nullptr; one = one->next_) {
    const auto& of = one->counts_;
    row.handled += of.handled.load();
    row.dropped += of.dropped.load();
    row.received += of.enqueued.load();
    if (!of.alive.load()) row.undelivered += depth_of(of);
    waited += of.waited.load();
    sampled += of.sampled.load();
    busy += of.busy.load();
  }
  row.waited_us = sampled == 0 ? 0 : scaled(waited / sampled, scale);
  row.busy_us = scaled(busy, scale);
  return row;
}

messages::actors_now registry::snapshot(std::string_view kind) const {
  messages::actors_now out;
  const std::lock_guard held(mutex_);
  const auto scale = microseconds_per_tick();
  for_each(kind,
           [&](const std::string& name, const watched_actor& one) { out.actors.push_back(row_of(name, one, scale)); });
  std::stable_sort(out.actors.begin(), out.actors.end(),
                   [](const auto& a, const auto& b) { return a.kind != b.kind ? a.kind < b.kind : a.id < b.id; });
  for (const auto& [name, entry] : kinds_)
    if (kind.empty() || name == kind) out.kinds.push_back(total_of(name, entry, scale));
  return out;
}

std::size_t registry::alive() const {
  const std::lock_guard held(mutex_);
  return alive_;
}

std::size_t registry::alive(std::string_view kind) const {
  const std::lock_guard held(mutex_);
  const auto found = kinds_.find(kind);
  return found == kinds_.end() ? 0 : found->second.births - found->second.deaths;
}

bool registry::await_none(std::chrono::milliseconds at_most) const {
  std::unique_lock held(mutex_);
  return nobody_.wait_for(held, at_most, [this] { return alive_ == 0; });
}

std::vector<caf::strong_actor_ptr> registry::living(std::string_view kind) const {
  std::vector<caf::strong_actor_ptr> out;
  const std::lock_guard held(mutex_);
  // An entry stands until the destructor has run, so its control block is there; whether anybody still holds the actor
  // is what the upgrade finds out.
  for_each(kind, [&](const std::string&, watched_actor& one) {
    if (caf::intrusive_ptr_upgrade_weak(&one.block_)) out.emplace_back(&one.block_, false);
  });
  return out;
}

caf::strong_actor_ptr registry::find(std::uint64_t actor, watched_actor** found) const {
  caf::strong_actor_ptr out;
  const std::lock_guard held(mutex_);
  for_each({}, [&](const std::string&, watched_actor& one) {
    if (one.block_.id() != actor || !caf::intrusive_ptr_upgrade_weak(&one.block_)) return;
    out = caf::strong_actor_ptr(&one.block_, false);
    *found = &one;
  });
  return out;
}

bool registry::park(std::uint64_t actor) {
  watched_actor* found = nullptr;
  const auto held = find(actor, &found);
  return held && found->park();
}

bool registry::unpark(std::uint64_t actor) {
  watched_actor* found = nullptr;
  const auto held = find(actor, &found);
  if (held) found->unpark();
  return static_cast<bool>(held);
}

}  // namespace stagecoach::runtime

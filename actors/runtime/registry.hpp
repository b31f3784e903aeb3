// Who lives on this stage and what each has done. Every watched actor is entered at birth and struck out when its
// memory is given back; a reader walks the list from any thread while the actors count on. The console shows this.
#pragma once

#include <atomic>
#include <caf/actor_control_block.hpp>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <typeinfo>
#include <vector>

#include "messages/inspection.hpp"
#include "protocols/base/trace.hpp"

namespace stagecoach::runtime {

// The counts of one actor. `enqueued` is written by every sender; the others by whoever runs the actor, one at a time,
// but `busy`, `runs` and `started` after the run, when another thread may already run it.
struct counts {
  std::atomic<std::uint64_t> enqueued{0};
  std::atomic<std::uint64_t> handled{0};
  std::atomic<std::uint64_t> dropped{0};
  std::atomic<std::uint64_t> waited{0};  // ticks, of the sampled messages
  std::atomic<std::uint64_t> sampled{0};
  std::atomic<std::uint64_t> busy{0};     // ticks
  std::atomic<std::uint64_t> started{0};  // ticks; 0: at rest
  std::atomic<std::uint32_t> runs{0};
  std::atomic<std::uint16_t> last_builtin{0};  // CAF's number of a builtin type, when last_type is none
  std::atomic<std::uint8_t> gate{0};           // see watched_actor::park
  std::atomic<bool> alive{true};
  std::atomic<const std::type_info*> last_type{nullptr};
};

class watched_actor;

// What the registry keeps of a kind.
struct kind_totals {
  std::uint64_t births = 0;
  std::uint64_t deaths = 0;
  std::uint64_t freed = 0;
  std::uint64_t failed = 0;
  // of those whose memory was given back:
  std::uint64_t received = 0;
  std::uint64_t handled = 0;
  std::uint64_t dropped = 0;
  std::uint64_t undelivered = 0;
  std::uint64_t waited = 0;
  std::uint64_t sampled = 0;
  std::uint64_t busy = 0;
  watched_actor* first = nullptr;
};

class registry {
 public:
  registry();
  registry(const registry&) = delete;
  registry& operator=(const registry&) = delete;
  ~registry();

  // Of the given kind, or of all when it is empty.
  [[nodiscard]] messages::actors_now snapshot(std::string_view kind) const;
  [[nodiscard]] std::size_t alive() const;
  [[nodiscard]] std::size_t alive(std::string_view kind) const;
  // Strong handles to all living actors, or to those of one kind.
  [[nodiscard]] std::vector<caf::strong_actor_ptr> living(std::string_view kind) const;
  // Blocks until nobody lives; false when the time is up before.
  [[nodiscard]] bool await_none(std::chrono::milliseconds at_most) const;

  // The actor takes no message until it is unparked, not even its exit. False when there is none such, or when it has
  // a thread of its own.
  bool park(std::uint64_t actor);
  bool unpark(std::uint64_t actor);

 private:
  friend class watched_actor;

  using kinds = std::map<std::string, kind_totals, std::less<>>;

  void born(watched_actor& one, std::string_view kind);
  void died(watched_actor& one);
  void failed(watched_actor& one);
  void freed(watched_actor& one);
  void rename(watched_actor& one, std::string name);
  [[nodiscard]] static const std::string& kind_of(const watched_actor& one);

  [[nodiscard]] double microseconds_per_tick() const;
  [[nodiscard]] messages::actor_row row_of(std::string_view kind, const watched_actor& one, double scale) const;
  [[nodiscard]] static messages::kind_row total_of(std::string_view kind, const kind_totals& entry, double scale);
  template <class Visit>
  void for_each(std::string_view kind, Visit visit) const;
  [[nodiscard]] caf::strong_actor_ptr find(std::uint64_t actor, watched_actor** found) const;

  mutable std::mutex mutex_;
  mutable std::condition_variable nobody_;
  kinds kinds_;
  std::size_t alive_ = 0;
  std::uint64_t first_ticks_;
  std::int64_t first_steady_;
};

}  // namespace stagecoach::runtime

// What the console and `stagecoach actors` ask: the living actors with their counts, and the totals of each kind.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "messages/conversation.hpp"
#include "protocols/base/described.hpp"
#include "protocols/base/record.hpp"

namespace stagecoach::messages {

// One living actor. What came in is handled + dropped + depth, exactly, whenever it is at rest.
struct actor_row {
  std::string kind;  // "account"
  std::string name;  // which one: an address, a peer; may be empty
  std::uint64_t id = 0;
  std::uint64_t depth = 0;  // messages that wait
  std::uint64_t handled = 0;
  std::uint64_t dropped = 0;    // answers that came after their deadline
  std::uint64_t waited_us = 0;  // mean time of a message in the mailbox, sampled
  std::uint64_t busy_us = 0;    // time spent in handlers and socket events, in all
  std::uint64_t age_ms = 0;
  std::string last_message;      // type of what it handled last
  std::uint64_t running_us = 0;  // 0: not running; else since when the present run
  bool parked = false;
  static constexpr auto fields =
      described(field(1, "kind", &actor_row::kind), field(2, "name", &actor_row::name), field(3, "id", &actor_row::id),
                field(4, "depth", &actor_row::depth, "messages that wait"), field(5, "handled", &actor_row::handled),
                field(6, "dropped", &actor_row::dropped, "answers that came too late"),
                field(7, "waited_us", &actor_row::waited_us, "mean time of a message in the mailbox"),
                field(8, "busy_us", &actor_row::busy_us, "time spent in handlers"),
                field(9, "age_ms", &actor_row::age_ms), field(10, "last_message", &actor_row::last_message),
                field(11, "running_us", &actor_row::running_us, "0: at rest; else how long the present run lasts"),
                field(12, "parked", &actor_row::parked));
  friend bool operator==(const actor_row&, const actor_row&) = default;
};

// All actors of a kind since the start, the dead included.
struct kind_row {
  std::string kind;
  std::uint64_t births = 0;
  std::uint64_t deaths = 0;
  std::uint64_t freed = 0;   // deaths - freed: dead, but somebody still holds a handle
  std::uint64_t failed = 0;  // ended by an exception
  std::uint64_t received = 0;
  std::uint64_t handled = 0;
  std::uint64_t dropped = 0;
  std::uint64_t undelivered = 0;  // still in the mailbox at death, or sent after it; counted when freed
  std::uint64_t waited_us = 0;    // mean, sampled
  std::uint64_t busy_us = 0;
  static constexpr auto fields = described(
      field(1, "kind", &kind_row::kind), field(2, "births", &kind_row::births), field(3, "deaths", &kind_row::deaths),
      field(4, "freed", &kind_row::freed, "memory given back"),
      field(5, "failed", &kind_row::failed, "ended by an exception"), field(6, "received", &kind_row::received),
      field(7, "handled", &kind_row::handled), field(8, "dropped", &kind_row::dropped),
      field(9, "undelivered", &kind_row::undelivered, "left in the mailbox of the dead"),
      field(10, "waited_us", &kind_row::waited_us, "mean time of a message in the mailbox"),
      field(11, "busy_us", &kind_row::busy_us));
  friend bool operator==(const kind_row&, const kind_row&) = default;
};

struct inspect_actors {
  std::string kind;  // only these; empty: all
  static constexpr auto fields = described(field(1, "kind", &inspect_actors::kind, "empty: all"));
  friend bool operator==(const inspect_actors&, const inspect_actors&) = default;
};
struct actors_now {
  std::vector<actor_row> actors;  // by kind, then by id
  std::vector<kind_row> kinds;    // by kind
  static constexpr auto fields =
      described(field(1, "actors", &actors_now::actors), field(2, "kinds", &actors_now::kinds));
  friend bool operator==(const actors_now&, const actors_now&) = default;
};

struct inspector_talk : conversation<ask_for<inspect_actors, actors_now>> {};

}  // namespace stagecoach::messages

// Compiled in records.cpp.
namespace stagecoach {
extern template struct record_of<messages::actor_row>;
extern template struct record_of<messages::kind_row>;
extern template struct record_of<messages::inspect_actors>;
extern template struct record_of<messages::actors_now>;
}  // namespace stagecoach

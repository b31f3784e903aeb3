// What any connection is told by the node.
#pragma once

#include "messages/conversation.hpp"
#include "protocols/base/described.hpp"
#include "protocols/base/record.hpp"

namespace stagecoach::messages {

// The server stops: tell an idle client and close, finish what is running (a DATA within 30 s).
struct drain {
  bool now = false;  // close at once
  static constexpr auto fields = described(field(1, "now", &drain::now));
  friend bool operator==(const drain&, const drain&) = default;
};

struct connection_talk : conversation<tell<drain>> {};

}  // namespace stagecoach::messages

// Compiled in records.cpp.
namespace stagecoach {
extern template struct record_of<messages::drain>;
}  // namespace stagecoach

// Rows of a dialogue: what a client says, and what it hears to that.
#pragma once

#include <gtest/gtest.h>

#include <string_view>

#include "tests/protocols/imap/small_world.hpp"

namespace stagecoach::imap::testing {

struct row {
  const char* name;
  std::string_view in;
  std::string_view out;
};

// The same wherever TCP cuts the input in two. Signed in, with `mailbox` selected unless it is empty.
inline void replay(const row& r, std::string_view mailbox) {
  SCOPED_TRACE(r.name);
  for (std::size_t cut = 0; cut <= r.in.size(); ++cut) ASSERT_EQ(talk(mailbox, r.in, cut), r.out) << "cut at " << cut;
}

}  // namespace stagecoach::imap::testing

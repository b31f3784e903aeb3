#include "actors/runtime/handles.hpp"

#include <gtest/gtest.h>

#include <type_traits>

#include "actors/runtime/wire.hpp"
#include "messages/changes.hpp"
#include "messages/connection.hpp"

namespace stagecoach::runtime {
namespace {

using namespace messages;

struct door;  // a conversation may name another one that is not complete yet
struct opener : conversation<ask_for<drain, handle_to<door>>> {};
struct door : conversation<tell<drain>> {};

// What a conversation becomes is seen by the compiler.
static_assert(std::is_same_v<handle_of<connection_talk>, caf::typed_actor<caf::reacts_to<drain>>>);
static_assert(std::is_same_v<handle_of<opener>,
                             caf::typed_actor<caf::replies_to<drain>::with<caf::typed_actor<caf::reacts_to<drain>>>>>);

using imap_handle = handle_of<joined<viewer_talk, connection_talk>>;
static_assert(std::is_same_v<imap_handle, caf::typed_actor<caf::reacts_to<changes>, caf::reacts_to<drain>>>);

TEST(Handles, AWiderHandleIsANarrowerOne) {
  const imap_handle wide;
  const handle_of<viewer_talk> viewer = wide;
  const handle_of<connection_talk> plain = wide;
  EXPECT_FALSE(viewer);
  EXPECT_FALSE(plain);
}

}  // namespace
}  // namespace stagecoach::runtime

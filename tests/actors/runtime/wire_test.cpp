#include "actors/runtime/wire.hpp"

#include <gtest/gtest.h>
#include <caf/binary_deserializer.hpp>
#include <caf/binary_serializer.hpp>

#include <optional>

#include "messages/changes.hpp"
#include "messages/mailbox.hpp"
#include "tests/support/stage.hpp"

namespace stagecoach::runtime {
namespace {

struct older {
  trace_context trace;
  uid id;
  std::optional<std::string> reason;
  static constexpr auto fields =
      described(field(1, "trace", &older::trace), field(2, "uid", &older::id), field(4, "reason", &older::reason));
  friend bool operator==(const older&, const older&) = default;
};
struct newer {
  trace_context trace;
  uid id;
  std::vector<std::string> keywords;
  std::optional<std::string> reason;
  static constexpr auto fields = described(field(1, "trace", &newer::trace), field(2, "uid", &newer::id),
                                           field(3, "keywords", &newer::keywords), field(4, "reason", &newer::reason));
  friend bool operator==(const newer&, const newer&) = default;
};
using stagecoach::inspect;

template <class To, class From>
caf::error over_the_wire(caf::actor_system& system, From from, To& to) {
  caf::binary_serializer::container_type bytes;
  caf::binary_serializer sink(system, bytes);
  if (auto failed = sink(from)) return failed;
  caf::binary_deserializer source(system, bytes);
  return source(to);
}

TEST(Wire, TwoVersionsOfAStructReadEachOther) {
  testing::test_stage on;
  newer later{{}, uid{7}, {"$junk"}, "because"};
  older before;
  EXPECT_FALSE(over_the_wire(on.stage().system(), later, before));
  EXPECT_EQ(before, (older{{}, uid{7}, "because"}));
  newer back;
  EXPECT_FALSE(over_the_wire(on.stage().system(), before, back));
  EXPECT_EQ(back, (newer{{}, uid{7}, {}, "because"}));
}

TEST(Wire, VariantsAndSetsOfIdsTravel) {
  testing::test_stage on;
  messages::changes sent;
  sent.mailbox = mailbox_id{3};
  sent.up_to = modseq{99};
  sent.entries.push_back(messages::expunged{uid{4}, modseq{98}});
  messages::added fresh;
  fresh.message.id = uid{5};
  sent.entries.push_back(fresh);
  messages::changes received;
  EXPECT_FALSE(over_the_wire(on.stage().system(), sent, received));
  EXPECT_EQ(received, sent);
}

TEST(Wire, ABrokenRecordIsAnErrorOfOurs) {
  testing::test_stage on;
  std::string nonsense = "\xff\xff";
  messages::changes received;
  const auto failed = over_the_wire(on.stage().system(), nonsense, received);
  ASSERT_TRUE(failed);
  EXPECT_NE(to_failure(failed).code, fault_code::none);
}

}  // namespace
}  // namespace stagecoach::runtime

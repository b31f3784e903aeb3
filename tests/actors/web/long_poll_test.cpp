// What polls are given of a stream, which is asked for more only when they have it; and when it ends.
#include "actors/web/long_poll.hpp"

#include <gtest/gtest.h>

#include <caf/scoped_actor.hpp>
#include <optional>

#include "tests/support/stage.hpp"

namespace stagecoach::web {
namespace {

using namespace std::chrono_literals;
using messages::events_polled;
using messages::poll_events;

struct LongPoll : ::testing::Test {
  ~LongPoll() override {
    poller_.reset();
    stream_.reset();
    poll_ = runtime::handle_of<event_collector_talk>();
    on_.stage().stop();
  }

  void say(std::string octets) {
    (*stream_)->send(poll_, messages::stream_octets{{}, std::move(octets), false, false});
  }
  bool is_asked_for_more(std::chrono::milliseconds within) {
    bool is_asked = false;
    (*stream_)->receive([&](const messages::more_octets&) { is_asked = true; }, caf::after(within) >> [] {});
    return is_asked;
  }
  // What it is given at once, or the code of why not.
  std::string poll(std::uint32_t after) {
    const auto given = on_.ask<events_polled>(poll_, poll_events{{}, after});
    return given ? given->octets : std::string(fault_name(given.error().code));
  }
  auto begin_poll(std::uint32_t after) { return (*poller_)->request(poll_, 30s, poll_events{{}, after}); }
  template <class Waiting>
  static std::string end_poll(Waiting& waiting) {
    std::string given;
    waiting.receive([&](const events_polled& m) { given = m.octets; },
                    [&](const caf::error& why) { given = fault_name(runtime::to_failure(why).code); });
    return given;
  }
  bool has_ended() {
    return testing::eventually([&] { return on_.stage().registry().alive("long_poll") == 0; });
  }

  testing::test_stage on_;
  std::optional<caf::scoped_actor> stream_{on_.stage().system()};
  std::optional<caf::scoped_actor> poller_{on_.stage().system()};
  runtime::handle_of<event_collector_talk> poll_ = on_.stage().spawn<long_poll>("ada@localhost");
};

TEST_F(LongPoll, GivesOneAnswerAfterTheOther) {
  say("");  // a stream that says who it is, and nothing
  say("one");
  EXPECT_EQ(poll(0), "one");
  auto waiting = begin_poll(1);
  EXPECT_TRUE(is_asked_for_more(20s));
  say("two");
  EXPECT_EQ(end_poll(waiting), "two");
  EXPECT_FALSE(is_asked_for_more(20ms));
}

TEST_F(LongPoll, GivesAgainWhatWasLostOnItsWay) {
  say("one");
  EXPECT_EQ(poll(0), "one");
  EXPECT_EQ(poll(0), "one");
  EXPECT_FALSE(is_asked_for_more(20ms));
  auto waiting = begin_poll(1);
  EXPECT_TRUE(is_asked_for_more(20s));
  say("two");
  EXPECT_EQ(end_poll(waiting), "two");
  EXPECT_EQ(poll(1), "two");
  EXPECT_EQ(poll(0), "not_found") << "the page has said that it has it";
  EXPECT_EQ(poll(3), "not_found") << "there was none";
}

TEST_F(LongPoll, TheOlderOfTwoIsAnsweredEmpty) {
  say("one");
  EXPECT_EQ(poll(0), "one");
  auto older = begin_poll(1);
  auto newer = begin_poll(1);
  EXPECT_EQ(end_poll(older), "");
  EXPECT_TRUE(is_asked_for_more(20s));
  EXPECT_FALSE(is_asked_for_more(20ms)) << "it is asked once";
  say("two");
  EXPECT_EQ(end_poll(newer), "two");
}

TEST_F(LongPoll, EndsWhenNobodyPolls) {
  say("one");
  EXPECT_EQ(poll(0), "one");
  for (int i = 0; i < 3; ++i) {
    on_.clock().advance(40s);
    EXPECT_EQ(poll(0), "one") << "who polls keeps it";
  }
  on_.clock().advance(61s);
  EXPECT_TRUE(has_ended());
}

TEST_F(LongPoll, EndsWithItsStream) {
  say("one");
  EXPECT_EQ(poll(0), "one");
  auto waiting = begin_poll(1);
  EXPECT_TRUE(is_asked_for_more(20s));
  stream_.reset();
  EXPECT_EQ(end_poll(waiting), "not_found");
  EXPECT_TRUE(has_ended());
}

TEST_F(LongPoll, WhoWaitsHearsTheLastWordOfASession) {
  say("one");
  EXPECT_EQ(poll(0), "one");
  auto waiting = begin_poll(1);
  EXPECT_TRUE(is_asked_for_more(20s));
  on_.tell(poll_, messages::end_session());
  say("bye");
  EXPECT_EQ(end_poll(waiting), "bye");
  on_.tell(poll_, messages::end_session());
  EXPECT_TRUE(has_ended());
}

}  // namespace
}  // namespace stagecoach::web

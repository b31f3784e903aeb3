// A stream whose connection goes: for how long it waits, and what a connection that comes instead is given.
#include "actors/web/event_stream.hpp"

#include <gtest/gtest.h>

#include <caf/scoped_actor.hpp>
#include <memory>

#include "tests/support/core.hpp"

namespace stagecoach::web {
namespace {

using namespace std::chrono_literals;
using testing::eventually;

// As a connection: it is given octets, and says when there is room for more.
class wire {
 public:
  explicit wire(runtime::stage& on) : self_(on.system()) {}

  [[nodiscard]] octet_sink_handle handle() const {
    return caf::actor_cast<octet_sink_handle>(caf::actor_cast<caf::strong_actor_ptr>(self_));
  }
  // What comes next; empty: nothing came.
  messages::stream_octets take() {
    messages::stream_octets taken;
    do {
      bool is_there = false;
      self_->receive(
          [&](const messages::stream_octets& m) {
            is_there = true;
            taken = m;
          },
          caf::after(10s) >> [] {});
      if (!is_there) return {};
    } while (taken.octets.empty() && !taken.is_last);
    return taken;
  }
  void ask_for_more(const event_stream_handle& stream) { self_->send(stream, messages::more_octets()); }
  // Whether it is answered as a stream of events.
  bool resume(const event_stream_handle& stream, std::uint64_t after) {
    bool is_good = false;
    self_->request(stream, 10s, messages::resume_events{{}, after})
        .receive([&](const messages::http_answer& m) { is_good = m.status == 200 && m.is_streamed; },
                 [](const caf::error&) {});
    return is_good;
  }

 private:
  caf::scoped_actor self_;
};

struct EventStream : ::testing::Test {
  EventStream() : ada_(core_.add("ada@localhost")) {}
  ~EventStream() override {
    stream_ = event_stream_handle();
    wire_.reset();
    core_->stop();
  }

  // The stream of a page, which has taken its list.
  void open(event_stream::when_left how) {
    wire_ = std::make_unique<wire>(core_->stage());
    stream_ = core_->stage().spawn<event_stream>(core_->services(), messages::signed_in{ada_, "ada@localhost"}, "s-1",
                                                 first_view{1, "Inbox", "", 10, false, false}, wire_->handle(), how);
    std::string all;
    while (all.find("event: view_items") == std::string::npos) {
      const auto more = wire_->take().octets;
      ASSERT_FALSE(more.empty());
      all += more;
      wire_->ask_for_more(stream_);
    }
    EXPECT_TRUE(all.starts_with("id: s-1.1\nevent: hello\n")) << all;
  }
  void deliver() {
    EXPECT_TRUE(core_.ask<messages::delivered>(core_.account(ada_), core_.mail("Subject: one\r\n\r\n\r\n", "Inbox")));
  }
  [[nodiscard]] bool are(std::size_t count) {
    return eventually([&] {
      return core_->stage().registry().alive("event_stream") == count &&
             core_->stage().registry().alive("mail_view") == count;
    });
  }

  testing::test_directory where_;
  testing::test_core core_{where_};
  account_id ada_;
  std::unique_ptr<wire> wire_;
  event_stream_handle stream_;
};

TEST_F(EventStream, EndsWhenItsPageDoesNotComeBack) {
  open(event_stream::when_left::waits);
  wire_.reset();
  EXPECT_TRUE(eventually([&] {  // it has noticed
    core_.clock().advance(59s);
    return core_->stage().registry().alive("event_stream") == 0;
  }));
  EXPECT_TRUE(are(0));
}

TEST_F(EventStream, OfAPageThatPollsEndsAtOnce) {
  open(event_stream::when_left::ends);
  wire_.reset();
  EXPECT_TRUE(are(0));
}

TEST_F(EventStream, GivesTheNextConnectionWhatWasMissed) {
  open(event_stream::when_left::waits);
  wire_.reset();
  core_.clock().advance(80s);
  deliver();
  wire_ = std::make_unique<wire>(core_->stage());
  ASSERT_TRUE(wire_->resume(stream_, 2));
  std::string all = wire_->take().octets;
  EXPECT_TRUE(all.starts_with("event: resumed\ndata: {\"kind\":\"resumed\"}\n\n")) << all;
  while (all.find("row_added") == std::string::npos) {
    wire_->ask_for_more(stream_);
    const auto more = wire_->take().octets;
    ASSERT_FALSE(more.empty()) << all;
    all += more;
  }
  EXPECT_NE(all.find("id: s-1.3\n"), std::string::npos) << all;
  core_.clock().advance(2min);
  EXPECT_TRUE(are(1)) << "it has a page again";
}

// The page is back before the server knows that the first connection is lost.
TEST_F(EventStream, LeavesTheConnectionThatItHad) {
  open(event_stream::when_left::waits);
  const auto first = std::exchange(wire_, std::make_unique<wire>(core_->stage()));
  ASSERT_TRUE(wire_->resume(stream_, 1));
  EXPECT_TRUE(first->take().is_last);
  const auto again = wire_->take().octets;
  EXPECT_NE(again.find("id: s-1.2\nevent: view_items\n"), std::string::npos) << "it was lost on its way: " << again;
  first->ask_for_more(stream_);  // too late to count
  deliver();
  wire_->ask_for_more(stream_);
  EXPECT_NE(wire_->take().octets.find("id: s-1.3\n"), std::string::npos);
}

TEST_F(EventStream, EndsWhenItDoesNotKnowWhatWasMissed) {
  open(event_stream::when_left::waits);
  const auto first = std::exchange(wire_, std::make_unique<wire>(core_->stage()));
  ASSERT_TRUE(wire_->resume(stream_, 7)) << "that never was";
  EXPECT_TRUE(wire_->take().octets.starts_with("event: resumed\n"));
  wire_->ask_for_more(stream_);
  const auto last = wire_->take();
  EXPECT_TRUE(last.is_last);
  EXPECT_NE(last.octets.find(R"({"kind":"bye","is_signed_out":false})"), std::string::npos) << last.octets;
  EXPECT_TRUE(are(0));
}

}  // namespace
}  // namespace stagecoach::web

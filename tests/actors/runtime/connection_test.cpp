#include "actors/runtime/connection.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <thread>

#include "messages/connection.hpp"
#include "tests/support/sockets.hpp"
#include "tests/support/stage.hpp"

namespace stagecoach::runtime {
namespace {

using namespace std::chrono_literals;
using testing::connect_loopback;
using testing::eventually;
using testing::test_certificate;
using testing::test_client;
using testing::test_stage;

using connection_handle = handle_of<messages::connection_talk>;

// Echoes lines; some are commands: "tls", "quit" (says bye), "die" (throws), "flood N" (N bytes under back-pressure).
class echo final : public connection<connection_handle> {
 public:
  struct seen {
    std::atomic<int> drained{0};
    std::atomic<int> exits{0};
    std::atomic<std::size_t> most_unsent{0};
    std::atomic<bool> secure{false};
  };

  echo(caf::actor_config& cfg, stage& on, io_unit& unit, connected_socket from, std::optional<tls_context> tls,
       seen& what)
      : connection(cfg, on, unit, "echo", std::move(from)), tls_(std::move(tls)), seen_(what) {}

  void on_exit() override {
    ++seen_.exits;
    connection::on_exit();
  }

 private:
  behavior_type make_talk() override {
    return {[this](const messages::drain& m) {
      wire().write("draining\r\n");
      if (m.now) return quit();
      wire().end();
    }};
  }
  void begin() override { wire().write("hello\r\n"); }
  void received(std::string_view bytes) override {
    buffer_ += bytes;
    take_lines();
  }
  void take_lines() {
    for (auto end = buffer_.find("\r\n"); flood_ == 0 && end != std::string::npos; end = buffer_.find("\r\n")) {
      const auto line = buffer_.substr(0, end);
      buffer_.erase(0, end + 2);
      take(line);
      if (!alive()) return;
    }
  }
  void take(const std::string& line) {
    if (line == "tls") {
      wire().write("go\r\n");
      buffer_.clear();
      return wire().start_tls(*tls_, client_certificate::unwanted);
    }
    if (line == "quit") {
      wire().write("bye\r\n");
      return wire().end();
    }
    CHECK(line != "die");
    if (line == "stop") {
      wire().write("stopped\r\n");
      return quit();
    }
    if (line.rfind("flood ", 0) == 0) {
      flood_ = std::stoul(line.substr(6));
      wire().pause();
      return pour();
    }
    wire().write(line + "\r\n");
  }
  void pour() {
    constexpr std::size_t bound = 64 * 1024;
    const std::string chunk(16 * 1024, 'x');
    while (flood_ > 0 && wire().unsent() < bound) {
      const auto size = std::min(flood_, chunk.size());
      wire().write(std::string_view(chunk).substr(0, size));
      flood_ -= size;
      seen_.most_unsent = std::max(seen_.most_unsent.load(), wire().unsent());
    }
    if (flood_ == 0) wire().resume();
  }
  void drained() override {
    ++seen_.drained;
    if (flood_ == 0) return;
    pour();
    take_lines();
  }
  void secured() override {
    seen_.secure = wire().is_secure();
    wire().write("secured " + wire().session()->version + "\r\n");
  }

  std::optional<tls_context> tls_;
  seen& seen_;
  std::string buffer_;
  std::size_t flood_ = 0;
};

class Connection : public ::testing::Test {
 protected:
  connection_handle open(test_client*& client) {
    auto pair = connect_loopback();
    clients_.push_back(std::make_unique<test_client>(pair.client));
    client = clients_.back().get();
    return on_.stage().spawn_pinned<echo>(on_.stage().units().next(), std::move(pair.server),
                                          std::optional<tls_context>(certificate_.context()), std::ref(seen_));
  }
  bool all_gone() {
    return eventually([&] { return on_.stage().registry().alive("echo") == 0; });
  }

  test_certificate certificate_;
  echo::seen seen_;
  test_stage on_;
  std::vector<std::unique_ptr<test_client>> clients_;
};

TEST_F(Connection, EchoesAndEndsWithTheLastLineDelivered) {
  test_client* client = nullptr;
  (void)open(client);
  EXPECT_EQ(client->receive(7), "hello\r\n");
  client->send("one\r\ntwo\r\nqu");
  EXPECT_EQ(client->receive(10), "one\r\ntwo\r\n");
  client->send("it\r\nignored\r\n");
  EXPECT_EQ(client->receive_all(), "bye\r\n");
  client->close();
  EXPECT_TRUE(all_gone());
  EXPECT_EQ(seen_.exits, 1);
}

TEST_F(Connection, StartsTlsOnARunningConnection) {
  test_client* client = nullptr;
  (void)open(client);
  EXPECT_EQ(client->receive(7), "hello\r\n");
  client->send("tls\r\n");
  EXPECT_EQ(client->receive(4), "go\r\n");
  ASSERT_TRUE(client->start_tls());
  EXPECT_EQ(client->receive(17), "secured TLSv1.3\r\n");
  EXPECT_TRUE(seen_.secure);
  client->send("one\r\n");
  EXPECT_EQ(client->receive(5), "one\r\n");
  client->send("quit\r\n");
  EXPECT_EQ(client->receive_all(), "bye\r\n");
  client->close();
  EXPECT_TRUE(all_gone());
}

TEST_F(Connection, GarbageInsteadOfAHandshakeEndsIt) {
  test_client* client = nullptr;
  (void)open(client);
  EXPECT_EQ(client->receive(7), "hello\r\n");
  client->send("tls\r\n");
  EXPECT_EQ(client->receive(4), "go\r\n");
  client->send("EHLO plain.example\r\n");
  EXPECT_TRUE(all_gone());
}

TEST_F(Connection, AProducerStopsWhenThePeerDoesNotRead) {
  for (const bool secure : {false, true}) {
    SCOPED_TRACE(secure ? "TLS" : "plain");
    test_client* client = nullptr;
    (void)open(client);
    EXPECT_EQ(client->receive(7), "hello\r\n");
    if (secure) {
      client->send("tls\r\n");
      EXPECT_EQ(client->receive(4), "go\r\n");
      ASSERT_TRUE(client->start_tls());
      EXPECT_EQ(client->receive(17), "secured TLSv1.3\r\n");
    }
    constexpr std::size_t size = 20'000'000;
    client->send("flood " + std::to_string(size) + "\r\nafter\r\n");
    EXPECT_TRUE(eventually([&] { return seen_.most_unsent >= 64U * 1024; }));  // the peer does not read
    const auto all = client->receive(size + 7);
    EXPECT_EQ(all.size(), size + 7);
    EXPECT_EQ(all.substr(size), "after\r\n");
    EXPECT_GT(seen_.drained, 0);
    EXPECT_LE(seen_.most_unsent, 80U * 1024);
    client->send("quit\r\n");
    EXPECT_EQ(client->receive_all(), "bye\r\n");
    client->close();
    EXPECT_TRUE(all_gone());
  }
}

TEST_F(Connection, LargeInputArrivesWhole) {
  for (const bool secure : {false, true}) {
    SCOPED_TRACE(secure ? "TLS" : "plain");
    test_client* client = nullptr;
    (void)open(client);
    EXPECT_EQ(client->receive(7), "hello\r\n");
    if (secure) {
      client->send("tls\r\n");
      EXPECT_EQ(client->receive(4), "go\r\n");
      ASSERT_TRUE(client->start_tls());
      EXPECT_EQ(client->receive(17), "secured TLSv1.3\r\n");
    }
    const std::string line(3'000'000, 'y');
    std::thread sender([&] { client->send(line + "\r\nquit\r\n"); });
    const auto back = client->receive_all();
    sender.join();
    EXPECT_EQ(back.size(), line.size() + 2 + 5);
    EXPECT_EQ(back.substr(line.size()), "\r\nbye\r\n");
    client->close();
    EXPECT_TRUE(all_gone());
  }
}

TEST_F(Connection, ResetByThePeer) {
  test_client* client = nullptr;
  (void)open(client);
  EXPECT_EQ(client->receive(7), "hello\r\n");
  client->reset();
  EXPECT_TRUE(all_gone());
}

TEST_F(Connection, ResetWhileWriting) {
  test_client* client = nullptr;
  (void)open(client);
  EXPECT_EQ(client->receive(7), "hello\r\n");
  client->send("flood 50000000\r\n");
  EXPECT_EQ(client->receive(1000).empty(), false);
  client->reset();
  EXPECT_TRUE(all_gone());
}

TEST_F(Connection, ResetWhileWritingTls) {
  test_client* client = nullptr;
  (void)open(client);
  EXPECT_EQ(client->receive(7), "hello\r\n");
  client->send("tls\r\n");
  EXPECT_EQ(client->receive(4), "go\r\n");
  ASSERT_TRUE(client->start_tls());
  client->send("flood 50000000\r\n");
  EXPECT_EQ(client->receive(1000).empty(), false);
  client->reset();
  EXPECT_TRUE(all_gone());
}

TEST_F(Connection, PeerThatFinishesSendingGetsItsAnswers) {
  test_client* client = nullptr;
  (void)open(client);
  client->send("one\r\n");
  client->finish_sending();
  EXPECT_EQ(client->receive_all(), "hello\r\none\r\n");
  EXPECT_TRUE(all_gone());
}

TEST_F(Connection, QuitWhileReadingAndWriting) {
  for (int i = 0; i < 20; ++i) {
    test_client* client = nullptr;
    const auto handle = open(client);
    client->send("flood 1000000\r\n");
    if (i % 2 == 0) client->receive(100);
    on_.tell(handle, messages::drain{true});
  }
  EXPECT_TRUE(all_gone());
  EXPECT_EQ(seen_.exits, 20);
}

TEST_F(Connection, AThrowingHandlerEndsOnlyItsConnection) {
  test_client* bad = nullptr;
  test_client* good = nullptr;
  (void)open(bad);
  (void)open(good);
  EXPECT_EQ(bad->receive(7), "hello\r\n");
  EXPECT_EQ(good->receive(7), "hello\r\n");
  bad->send("die\r\n");
  EXPECT_EQ(bad->receive_all(), "");
  good->send("still here\r\n");
  EXPECT_EQ(good->receive(12), "still here\r\n");
  EXPECT_EQ(on_.log().count("event=\"actor failed\""), 1U);
}

TEST_F(Connection, IdleClientIsToldThatTheServerStops) {
  test_client* client = nullptr;
  const auto handle = open(client);
  EXPECT_EQ(client->receive(7), "hello\r\n");
  on_.tell(handle, messages::drain{false});
  EXPECT_EQ(client->receive_all(), "draining\r\n");
  client->close();
  EXPECT_TRUE(all_gone());
}

TEST_F(Connection, StopEndsOpenConnections) {
  std::vector<test_client*> all(50);
  for (auto& client : all) (void)open(client);
  for (auto* client : all) EXPECT_EQ(client->receive(7), "hello\r\n");
  on_.stage().stop();
  EXPECT_EQ(seen_.exits, 50);
  for (auto* client : all) EXPECT_EQ(client->receive_all(), "");
}

}  // namespace
}  // namespace stagecoach::runtime

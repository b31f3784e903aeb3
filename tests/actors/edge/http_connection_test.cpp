// An HTTP connection on a real socket: what it answers, and how long it waits.
#include "actors/edge/http_connection.hpp"

#include <gtest/gtest.h>

#include "actors/runtime/watched.hpp"
#include "tests/support/sockets.hpp"
#include "tests/support/stage.hpp"

namespace stagecoach::edge {
namespace {

using namespace std::chrono_literals;

// Answers "/whole" at once; "/stream" with one piece for each that is wanted, "/short" with one and its failure.
struct source final : runtime::watched<runtime::handle_of<messages::octet_source_talk>> {
  source(caf::actor_config& cfg, runtime::stage& on, runtime::handle_of<messages::octet_sink_talk> to, int pieces)
      : watched(cfg, on, "source", ""), to_(std::move(to)), pieces_(pieces) {
    monitor(to_);
    set_down_handler([this](const caf::down_msg&) { quit(); });
  }
  void on_exit() override { to_ = runtime::handle_of<messages::octet_sink_talk>(); }
  behavior_type make_behavior() override {
    give();
    return {[this](const messages::more_octets&) { give(); }};
  }
  void give() {
    const bool is_failed = pieces_ < 0 && pieces_++ == -1;
    send(to_, messages::stream_octets{{}, std::string(1000, 'x'), pieces_ == 1, is_failed});
    if (pieces_ > 0 && --pieces_ == 0) quit();
  }
  runtime::handle_of<messages::octet_sink_talk> to_;
  int pieces_;  // -2: one, and then it fails
};

struct site final : runtime::watched<runtime::handle_of<messages::site_talk>> {
  site(caf::actor_config& cfg, runtime::stage& on) : watched(cfg, on, "site", "") {}
  behavior_type make_behavior() override {
    return {[this](const messages::http_request& asked) -> runtime::reply<messages::http_answer> {
      if (asked.target == "/none") return runtime::to_error(failure{fault_code::busy, "not now"});
      if (asked.target == "/whole") return messages::http_answer{200, {{"X", "y"}}, asked.body + asked.method, false};
      on().spawn<source>(sender_speaking<messages::octet_sink_talk>(), asked.target == "/short" ? -2 : 5);
      return messages::http_answer{200, {}, {}, true};
    }};
  }
};

struct HttpConnection : ::testing::Test {
  ~HttpConnection() override {
    handle_ = connection_handle();
    options_.site = runtime::handle_of<messages::site_talk>();
    on_.stage().stop();
  }

  testing::test_client& connect() {
    auto pair = testing::connect_loopback();
    clients_.push_back(std::make_unique<testing::test_client>(pair.client));
    handle_ = on_.stage().spawn_pinned<http_connection>(on_.stage().units().next(), std::move(pair.server), options_);
    return *clients_.back();
  }
  // The head of an answer, without its Date.
  static std::string head(testing::test_client& client) {
    std::string seen;
    while (!seen.ends_with("\r\n\r\n")) {
      const auto octet = client.receive_some(1);
      if (octet.empty()) return seen + "[end]";
      seen += octet;
    }
    return seen.substr(0, seen.find("\r\n"));
  }
  bool all_gone() {
    return testing::eventually([&] { return on_.stage().registry().alive("http_connection") == 0; });
  }

  static constexpr const char* get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  std::shared_ptr<const http::fixed_site> pages_ =
      std::make_shared<http::fixed_site>(std::vector<http::page>{{"/", "text/plain", "front"}});
  testing::test_stage on_;
  http_options options_{std::nullopt, pages_, 30s};
  connection_handle handle_;
  std::vector<std::unique_ptr<testing::test_client>> clients_;
};

TEST_F(HttpConnection, AnswersOneAfterTheOther) {
  auto& client = connect();
  for (int i = 0; i < 3; ++i) {
    client.send(get);
    EXPECT_EQ(head(client), "HTTP/1.1 200 OK");
    EXPECT_EQ(client.receive(5), "front");
  }
  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\nx");
  EXPECT_EQ(head(client), "HTTP/1.1 405 Method Not Allowed");
  EXPECT_EQ(client.receive_all(), "Only GET and HEAD are possible here\n");
  client.close();
  EXPECT_TRUE(all_gone());
}

TEST_F(HttpConnection, WaitsForARequestAMinute) {
  auto& client = connect();
  client.send(get);
  EXPECT_EQ(head(client), "HTTP/1.1 200 OK");
  EXPECT_EQ(client.receive(5), "front");
  on_.clock().advance(59s);
  client.send(get);
  EXPECT_EQ(head(client), "HTTP/1.1 200 OK");
  EXPECT_EQ(client.receive(5), "front");
  on_.clock().advance(61s);
  EXPECT_EQ(client.receive_all(), "");
  client.close();
  EXPECT_TRUE(all_gone());
}

TEST_F(HttpConnection, WaitsForTheRestOfARequestTenSeconds) {
  auto& client = connect();
  client.send(get);
  EXPECT_EQ(head(client), "HTTP/1.1 200 OK");
  EXPECT_EQ(client.receive(5), "front");
  client.send(std::string(get) + "GET / HT");
  EXPECT_EQ(head(client), "HTTP/1.1 200 OK");  // so the rest has come too
  EXPECT_EQ(client.receive(5), "front");
  on_.clock().advance(11s);
  EXPECT_EQ(head(client), "HTTP/1.1 408 Request Timeout");
  client.close();
  EXPECT_TRUE(all_gone());
}

TEST_F(HttpConnection, EndsWithTheServer) {
  auto& client = connect();
  client.send(get);
  EXPECT_EQ(head(client), "HTTP/1.1 200 OK");
  EXPECT_EQ(client.receive(5), "front");
  on_.tell(handle_, messages::drain{false});
  EXPECT_EQ(client.receive_all(), "");
  client.close();
  EXPECT_TRUE(all_gone());
}

struct HttpConnectionAndSite : HttpConnection {
  HttpConnectionAndSite() { options_.site = on_.stage().spawn<site>(); }
};

TEST_F(HttpConnectionAndSite, PassesOnWhatIsNoPage) {
  auto& client = connect();
  client.send("POST /whole HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody");
  EXPECT_EQ(head(client), "HTTP/1.1 200 OK");
  EXPECT_EQ(client.receive(8), "bodyPOST");
  client.send(get);
  EXPECT_EQ(head(client), "HTTP/1.1 200 OK");
  EXPECT_EQ(client.receive(5), "front");
  client.send("GET /none HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(head(client), "HTTP/1.1 503 Service Unavailable");
  client.close();
  EXPECT_TRUE(all_gone());
}

TEST_F(HttpConnectionAndSite, StreamsNothingToWhoWantsTheHead) {
  auto& client = connect();
  for (int i = 0; i < 2; ++i) {
    client.send("HEAD /stream HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(head(client), "HTTP/1.1 200 OK");
  }
  client.send(get);
  EXPECT_EQ(head(client), "HTTP/1.1 200 OK");
  EXPECT_EQ(client.receive(5), "front");
  client.close();
  EXPECT_TRUE(all_gone());
}

TEST_F(HttpConnectionAndSite, TakesNoBodyThatIsTooLarge) {
  for (const char* length : {"Content-Length: 262145", "Transfer-Encoding: chunked"}) {
    auto& client = connect();
    client.send("POST /whole HTTP/1.1\r\nHost: a\r\n" + std::string(length) + "\r\n\r\n");
    if (length[0] == 'T') client.send("40001\r\n" + std::string(0x40001, 'x'));
    EXPECT_EQ(head(client), "HTTP/1.1 413 Content Too Large") << length;
    client.close();
  }
  EXPECT_TRUE(all_gone());
}

TEST_F(HttpConnectionAndSite, StreamsAsTheSocketTakesIt) {
  auto& client = connect();
  const std::string piece = "3e8\r\n" + std::string(1000, 'x') + "\r\n";
  client.send("GET /stream HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(head(client), "HTTP/1.1 200 OK");
  EXPECT_EQ(client.receive(5 * piece.size() + 5), piece + piece + piece + piece + piece + "0\r\n\r\n");
  client.send(get);
  EXPECT_EQ(head(client), "HTTP/1.1 200 OK");
  EXPECT_EQ(client.receive(5), "front");
  client.send("GET /short HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(head(client), "HTTP/1.1 200 OK");
  EXPECT_EQ(client.receive_all(), piece) << "no end: something is missing";
  client.close();
  EXPECT_TRUE(all_gone());
  EXPECT_TRUE(testing::eventually([&] { return on_.stage().registry().alive("source") == 0; }));
}

}  // namespace
}  // namespace stagecoach::edge

// An HTTP connection on a real socket: what it answers, and how long it waits.
#include "actors/edge/http_connection.hpp"

#include <gtest/gtest.h>

#include "tests/support/sockets.hpp"
#include "tests/support/stage.hpp"

namespace stagecoach::edge {
namespace {

using namespace std::chrono_literals;

struct HttpConnection : ::testing::Test {
  ~HttpConnection() override {
    handle_ = connection_handle();
    on_.stage().stop();
  }

  testing::test_client& connect() {
    auto pair = testing::connect_loopback();
    clients_.push_back(std::make_unique<testing::test_client>(pair.client));
    handle_ = on_.stage().spawn_pinned<http_connection>(on_.stage().units().next(), std::move(pair.server),
                                                        http_options{std::nullopt, site_, 30s});
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
  std::shared_ptr<const http::fixed_site> site_ =
      std::make_shared<http::fixed_site>(std::vector<http::page>{{"/", "text/plain", "front"}});
  testing::test_stage on_;
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

}  // namespace
}  // namespace stagecoach::edge

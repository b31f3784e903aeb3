// An HTTP connection on a real socket: what it answers, and how long it waits.
#include "actors/edge/http_connection.hpp"

#include <gtest/gtest.h>

#include "tests/actors/edge/http_cast.hpp"

namespace stagecoach::edge {
namespace {

using namespace std::chrono_literals;

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

TEST_F(HttpConnectionAndSite, EndsWithASourceThatGaveNothing) {
  for (int i = 0; i < 20; ++i) {
    auto& client = connect();
    client.send("GET /dead HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(head(client), "HTTP/1.1 200 OK");
    EXPECT_EQ(client.receive_all(), "") << "no end, and the connection's";
    client.close();
  }
  EXPECT_TRUE(all_gone());
  EXPECT_TRUE(testing::eventually([&] { return on_.stage().registry().alive("http_exchange") == 0; }));
}

}  // namespace
}  // namespace stagecoach::edge

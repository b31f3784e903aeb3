// HTTP/2 on a real socket over TLS, as ALPN chooses it: several requests at a time, streams with windows of their own,
// and how long it waits.
#include <gtest/gtest.h>
#include <zlib.h>

#include "tests/actors/edge/http_cast.hpp"
#include "tests/support/http2.hpp"

namespace stagecoach::edge {
namespace {

using namespace std::chrono_literals;

struct HttpConnection2 : HttpConnectionAndSite {
  HttpConnection2() { options_.tls = certificate_.context({"h2", "http/1.1"}); }

  testing::test_client& connect_securely(std::string_view protocol) {
    auto& client = connect();
    client.offer(protocol);
    EXPECT_TRUE(client.start_tls());
    return client;
  }
  // Frames go to and fro until it holds, or nothing comes any more.
  static bool talk(testing::test_client& socket, http::http2_client& client, const std::function<bool()>& holds) {
    while (!holds()) {
      socket.send(client.take());
      const auto bytes = socket.receive();
      if (bytes.empty() || !client.received(bytes)) return holds();
    }
    socket.send(client.take());
    return true;
  }

  testing::test_certificate certificate_;
};

TEST_F(HttpConnection2, IsChosenByAlpn) {
  auto& old = connect_securely("http/1.1");
  old.send(get);
  EXPECT_EQ(head(old), "HTTP/1.1 200 OK");
  EXPECT_EQ(old.receive(5), "front");
  auto& socket = connect_securely("h2");
  http::http2_client client(true);
  const auto id = client.ask("GET", "/");
  EXPECT_TRUE(talk(socket, client, [&] { return client.answers[id].is_whole; }));
  EXPECT_EQ(client.answers[id].body, "front");
  EXPECT_EQ(client.answers[id].fields.at("content-length"), "5");
  EXPECT_EQ(client.answers[id].fields.at("x-content-type-options"), "nosniff");
  EXPECT_EQ(on_.log().count("protocol=HTTP/2"), 1U);
  EXPECT_EQ(on_.log().count("protocol=HTTP/1.1"), 1U);
  auto& other = connect();
  other.offer("imap");
  EXPECT_FALSE(other.start_tls());
  other.close();
  old.close();
  socket.close();
  EXPECT_TRUE(all_gone());
}

TEST_F(HttpConnection2, AnswersSeveralAtOnce) {
  auto& socket = connect_securely("h2");
  http::http2_client client(true);
  const auto streamed = client.ask("GET", "/stream"), whole = client.ask("POST", "/whole", "body"),
             page = client.ask("GET", "/"), none = client.ask("GET", "/none"), head = client.ask("HEAD", "/stream");
  auto& answers = client.answers;
  EXPECT_TRUE(talk(socket, client, [&] {
    return answers[streamed].is_whole && answers[whole].is_whole && answers[page].is_whole && answers[none].is_whole &&
           answers[head].is_whole;
  }));
  EXPECT_EQ(answers[streamed].body, std::string(5000, 'x'));
  EXPECT_EQ(answers[whole].body, "bodyPOST");
  EXPECT_EQ(answers[page].body, "front");
  EXPECT_EQ(answers[none].fields.at(":status"), "503");
  EXPECT_EQ(answers[head].body, "");
  EXPECT_TRUE(testing::eventually([&] { return on_.stage().registry().alive("source") == 0; }));
  EXPECT_TRUE(testing::eventually([&] { return on_.stage().registry().alive("http_exchange") == 0; }));
  socket.close();
  EXPECT_TRUE(all_gone());
}

// What comes of the zipped octets so far.
std::string unzipped(const std::string& octets) {
  z_stream stream{};
  EXPECT_EQ(inflateInit2(&stream, 15 + 16), Z_OK);
  std::string out(10'000, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(octets.data()));
  stream.avail_in = static_cast<uInt>(octets.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  (void)inflate(&stream, Z_SYNC_FLUSH);
  out.resize(stream.total_out);
  inflateEnd(&stream);
  return out;
}

// mail-server-behaviour rows 9 to 14.
TEST_F(HttpConnection2, CompressesForWhoWantsIt) {
  auto& socket = connect_securely("h2");
  http::http2_client client(true);
  const auto ask = [&](const char* path, const char* accepted) {
    return client.ask_with(
        {{":method", "GET"}, {":scheme", "https"}, {":path", path}, {":authority", "a"}, {"accept-encoding", accepted}},
        std::nullopt);
  };
  auto& answers = client.answers;
  const auto event = ask("/event", "gzip");
  EXPECT_TRUE(talk(socket, client, [&] { return unzipped(answers[event].body) == std::string(1000, 'x'); }))
      << "an event is there at once";
  EXPECT_FALSE(answers[event].is_whole);
  EXPECT_EQ(answers[event].fields.at("content-encoding"), "gzip");
  const auto json = ask("/json", "br, gzip;q=0.5"), plain = ask("/json", "gzip;q=0"), other = ask("/whole", "gzip");
  EXPECT_TRUE(talk(socket, client,
                   [&] { return answers[json].is_whole && answers[plain].is_whole && answers[other].is_whole; }));
  EXPECT_EQ(unzipped(answers[json].body), std::string(2000, 'x'));
  EXPECT_EQ(answers[json].fields.at("vary"), "Accept-Encoding");
  EXPECT_EQ(answers[json].fields.at("content-length"), std::to_string(answers[json].body.size()));
  EXPECT_EQ(answers[plain].body, std::string(2000, 'x'));
  EXPECT_EQ(answers[plain].fields.at("vary"), "Accept-Encoding");
  EXPECT_EQ(answers[plain].fields.count("content-encoding"), 0U);
  EXPECT_EQ(answers[other].fields.count("vary"), 0U) << "what has no type";
  EXPECT_EQ(on_.log().count("size=" + std::to_string(answers[json].body.size()) + " uncompressedsize=2000"), 1U);
  client.cancel(event);
  socket.send(client.take());
  EXPECT_TRUE(testing::eventually([&] {
    return on_.log().count("size=" + std::to_string(answers[event].body.size()) + " uncompressedsize=1000") == 1;
  }));
  socket.close();
  EXPECT_TRUE(all_gone());
}

// mail-server-behaviour row 92.
TEST_F(HttpConnection2, NamesARequestThatFailed) {
  auto& socket = connect_securely("h2");
  http::http2_client client(true);
  const auto broken = client.ask("GET", "/broken"), none = client.ask("GET", "/none");
  EXPECT_TRUE(talk(socket, client, [&] { return client.answers[broken].is_whole && client.answers[none].is_whole; }));
  EXPECT_EQ(on_.log().count("id=" + client.answers[broken].fields.at("x-request-id")), 1U);
  const auto& text = client.answers[none].body;
  const auto id = text.substr(text.find("(id ") + 4, 32);
  EXPECT_TRUE(text.ends_with("(id " + id + ")\n")) << text;
  EXPECT_EQ(on_.log().count("id=" + id), 1U);
  socket.close();
  EXPECT_TRUE(all_gone());
}

TEST_F(HttpConnection2, EndsTheSourceOfWhatIsCancelled) {
  auto& socket = connect_securely("h2");
  http::http2_client client(false);
  const auto id = client.ask("GET", "/endless");
  EXPECT_TRUE(talk(socket, client, [&] { return client.answers[id].body.size() == 65'535; }));
  EXPECT_EQ(on_.stage().registry().alive("source"), 1U);
  client.cancel(id);
  const auto other = client.ask("HEAD", "/");
  EXPECT_TRUE(talk(socket, client, [&] { return client.answers[other].is_whole; }));
  EXPECT_TRUE(testing::eventually([&] { return on_.stage().registry().alive("source") == 0; }));
  EXPECT_TRUE(testing::eventually([&] { return on_.log().count("size=66000") == 1; })) << "what was taken of it";
  socket.close();
  EXPECT_TRUE(all_gone());
}

TEST_F(HttpConnection2, TellsWhenSomethingIsMissing) {
  auto& socket = connect_securely("h2");
  http::http2_client client(true);
  const auto broken = client.ask("GET", "/short");
  EXPECT_TRUE(talk(socket, client, [&] { return client.answers[broken].reset.has_value(); }));
  EXPECT_EQ(client.answers[broken].reset, NGHTTP2_INTERNAL_ERROR);
  const auto page = client.ask("GET", "/");
  EXPECT_TRUE(talk(socket, client, [&] { return client.answers[page].is_whole; })) << "the others go on";
  socket.close();
  EXPECT_TRUE(all_gone());
}

TEST_F(HttpConnection2, ResetsAStreamWhoseSourceGaveNothing) {
  auto& socket = connect_securely("h2");
  http::http2_client client(true);
  for (int i = 0; i < 20; ++i) {
    const auto dead = client.ask("GET", "/dead");
    EXPECT_TRUE(talk(socket, client, [&] { return client.answers[dead].reset.has_value(); }));
    EXPECT_EQ(client.answers[dead].reset, NGHTTP2_INTERNAL_ERROR);
  }
  const auto page = client.ask("GET", "/");
  EXPECT_TRUE(talk(socket, client, [&] { return client.answers[page].is_whole; })) << "the others go on";
  EXPECT_TRUE(testing::eventually([&] { return on_.stage().registry().alive("http_exchange") == 0; }));
  socket.close();
  EXPECT_TRUE(all_gone());
}

TEST_F(HttpConnection2, TakesNoBodyThatIsTooLarge) {
  auto& socket = connect_securely("h2");
  http::http2_client client(true);
  const auto large = client.ask("POST", "/whole", std::string(300'000, 'x'));
  const auto small = client.ask("POST", "/whole", "body");
  EXPECT_TRUE(talk(socket, client, [&] { return client.answers[large].is_whole && client.answers[small].is_whole; }));
  EXPECT_EQ(client.answers[large].fields.at(":status"), "413");
  EXPECT_EQ(client.answers[small].body, "bodyPOST");
  socket.close();
  EXPECT_TRUE(all_gone());
}

TEST_F(HttpConnection2, TakesAMegabyteOfBodiesAtATime) {
  auto& socket = connect_securely("h2");
  http::http2_client client(true);
  for (int i = 0; i < 4; ++i) (void)client.ask("POST", "/later", std::string(250'000, 'x'));
  // Each page that is answered meanwhile says that the connection still reads.
  EXPECT_TRUE(testing::eventually([&] {
    const auto page = client.ask("GET", "/");
    return talk(socket, client, [&] { return client.answers[page].is_whole; }) &&
           on_.stage().registry().alive("http_exchange") == 4;
  }));
  const auto more = client.ask("POST", "/whole", std::string(100'000, 'x'));
  EXPECT_TRUE(talk(socket, client, [&] { return client.answers[more].is_whole; }));
  EXPECT_EQ(client.answers[more].fields.at(":status"), "503") << "the site has a million octets already";
  socket.close();
  EXPECT_TRUE(all_gone());
  EXPECT_TRUE(testing::eventually([&] { return on_.log().count("status=499") == 4; })) << "none was answered";
}

TEST_F(HttpConnection2, WaitsAMinuteForARequestAndTenSecondsForItsEnd) {
  auto& socket = connect_securely("h2");
  http::http2_client client(true);
  const auto id = client.ask("GET", "/");
  EXPECT_TRUE(talk(socket, client, [&] { return client.answers[id].is_whole; }));
  on_.clock().advance(59s);
  const auto again = client.ask("GET", "/");
  EXPECT_TRUE(talk(socket, client, [&] { return client.answers[again].is_whole; }));
  const auto unfinished = client.begin("POST", "/whole", "some");
  socket.send(client.take());
  EXPECT_TRUE(testing::eventually([&] {
    on_.clock().advance(11s);
    return on_.log().count("status=408") == 1;
  }));
  EXPECT_TRUE(talk(socket, client, [&] { return client.answers[unfinished].reset == NGHTTP2_CANCEL; }));
  EXPECT_TRUE(testing::eventually([&] {
    on_.clock().advance(11s);
    return on_.stage().registry().alive("http_connection") == 0;
  }));
  EXPECT_TRUE(talk(socket, client, [&] { return client.goaway == NGHTTP2_NO_ERROR; }));
}

TEST_F(HttpConnection2, ResetsWhatTheClientDoesNotTake) {
  auto& socket = connect_securely("h2");
  http::http2_client client(false);
  const auto id = client.ask("GET", "/endless");
  EXPECT_TRUE(talk(socket, client, [&] { return client.answers[id].body.size() == 65'535; }));
  EXPECT_TRUE(testing::eventually([&] {
    on_.clock().advance(31s);
    return on_.stage().registry().alive("source") == 0;
  }));
  EXPECT_TRUE(talk(socket, client, [&] { return client.answers[id].reset == NGHTTP2_CANCEL; }));
  socket.close();
  EXPECT_TRUE(all_gone());
}

TEST_F(HttpConnection2, EndsWithTheServer) {
  auto& socket = connect_securely("h2");
  http::http2_client client(true);
  const auto id = client.ask("GET", "/endless"), other = client.ask("GET", "/");
  EXPECT_TRUE(
      talk(socket, client, [&] { return client.answers[other].is_whole && client.answers[id].body.size() > 0; }));
  on_.tell(handle_, messages::drain{false});
  EXPECT_TRUE(talk(socket, client, [&] { return client.goaway.has_value() && client.answers[id].reset.has_value(); }));
  EXPECT_EQ(client.goaway, NGHTTP2_NO_ERROR);
  socket.close();
  EXPECT_TRUE(all_gone());
}

}  // namespace
}  // namespace stagecoach::edge

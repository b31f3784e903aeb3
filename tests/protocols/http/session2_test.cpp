// The HTTP/2 core, asked by a client of nghttp2 and by frames written here: several requests at a time, each with its
// own window; what HTTP/1.1 refuses; and the floods of security.md WB08.
#include "protocols/http/session2.hpp"

#include <gtest/gtest.h>

#include "protocols/http/limits.hpp"
#include "tests/support/http2.hpp"

namespace stagecoach::http {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;

// Until neither has anything to say. Bytes go in pieces.
void talk(http2_client& client, answering_server2& there, std::size_t piece) {
  for (;;) {
    const auto asked = client.take();
    for (std::size_t at = 0; at < asked.size(); at += piece) {
      there.core().received(std::string_view(asked).substr(at, piece), 0ms);
      const auto said = there.take();
      ASSERT_TRUE(client.received(said));
    }
    const auto said = there.take();
    ASSERT_TRUE(client.received(said));
    if (asked.empty() && said.empty()) return;
  }
}

struct row {
  const char* method;
  const char* path;
  std::optional<std::string> body;
  const char* status;
  std::string said;
};
const row rows[] = {
    {"GET", "/", std::nullopt, "200", "GET /"},
    {"GET", "/a?b=c&d", std::nullopt, "200", "GET /a?b=c&d"},
    {"POST", "/p", "hello", "200", "POST /p[hello]"},
    {"POST", "/p", "", "200", "POST /p[]"},
    {"PUT", "/p", std::string(200'000, 'x'), "200", "PUT /p[" + std::string(200'000, 'x') + "]"},
    {"POST", "/unwanted", std::string(200'000, 'x'), "200", "POST /unwanted"},
    {"GET", "/chunks", std::nullopt, "200", "oneand two"},
    {"HEAD", "/", std::nullopt, "200", ""},
    {"HEAD", "/chunks", std::nullopt, "200", ""},
    {"GET", "/304", std::nullopt, "304", ""},
    {"OPTIONS", "*", std::nullopt, "200", "OPTIONS *"},
};

TEST(HttpSession2, AnswersAtEveryCut) {
  for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{1000}, std::size_t{1} << 20}) {
    for (const auto& r : rows) {
      SCOPED_TRACE(std::string(r.method) + " " + r.path);
      http2_client client(true);
      answering_server2 there;
      const auto id = client.ask(r.method, r.path, r.body);
      talk(client, there, piece);
      const auto& got = client.answers[id];
      EXPECT_EQ(got.fields.at(":status"), r.status);
      EXPECT_EQ(got.body, r.said);
      EXPECT_TRUE(got.is_whole);
      EXPECT_EQ(there.core().whose_turn(), turn::nobody);
      EXPECT_FALSE(there.core().is_closed());
    }
  }
}

TEST(HttpSession2, AnswersManyAtOnce) {
  http2_client client(true);
  answering_server2 there;
  std::vector<std::int32_t> ids;
  for (std::uint32_t i = 0; i < limits::streams_max; ++i)
    ids.push_back(client.ask("GET", i % 2 == 0 ? "/chunks" : "/" + std::to_string(i)));
  talk(client, there, 100);
  for (std::size_t i = 0; i < ids.size(); ++i)
    EXPECT_EQ(client.answers[ids[i]].body, i % 2 == 0 ? "oneand two" : "GET /" + std::to_string(i));
}

TEST(HttpSession2, RefusesMoreThanAHundredAtOnce) {
  answering_server2 there;
  std::string asked = std::string(preface) + no_settings;
  for (std::uint32_t i = 0; i <= limits::streams_max; ++i) asked += headers(2 * i + 1, head_of_get("/later"));
  there.core().received(asked, 0ms);
  http2_client client(true);
  (void)client.take();
  const auto said = there.take();
  EXPECT_EQ(there.read().size(), limits::streams_max);
  EXPECT_NE(said.find(frame(NGHTTP2_RST_STREAM, 0, 2 * limits::streams_max + 1, "\0\0\0\7"s)), std::string::npos);
}

// Some clients take an answer for good only when they have sent all.
TEST(HttpSession2, BearsSomeOfABodyThatNobodyWants) {
  for (const std::size_t size : {std::size_t{200'000}, std::size_t{2'000'000}}) {
    http2_client client(true);
    answering_server2 there;
    const auto id = client.ask("POST", "/unwanted", std::string(size, 'x'));
    talk(client, there, 1 << 20);
    EXPECT_EQ(client.answers[id].body, "POST /unwanted");
    EXPECT_EQ(client.answers[id].reset.has_value(), size > limits::dropped_bytes_max);
    EXPECT_EQ(client.answers[id].reset.value_or(NGHTTP2_NO_ERROR), NGHTTP2_NO_ERROR);
    EXPECT_EQ(there.core().whose_turn(), turn::nobody);
  }
}

// Every answer waits for its own window; what the client has no room for stays here, and is counted.
TEST(HttpSession2, SendsAsMuchAsTheClientHasRoomFor) {
  http2_client client(false);
  session2 core;
  const auto first = client.ask("GET", "/1"), second = client.ask("GET", "/2");
  core.received(client.take(), 0ms);
  std::vector<exchange_number> numbers;
  const auto pump = [&] {
    while (auto one = core.next()) {
      if (const auto* asked = std::get_if<request>(&*one)) numbers.push_back(asked->number);
      if (const auto* bytes = std::get_if<send>(&*one)) (void)client.received(bytes->bytes);
    }
    core.received(client.take(), 0ms);
  };
  pump();
  ASSERT_EQ(numbers.size(), 2U);
  core.respond(numbers[0], {200, {}}, std::nullopt);
  core.send_body(numbers[0], std::string(100'000, 'x'));
  pump();
  EXPECT_EQ(client.answers[first].body.size(), 65'535U);
  EXPECT_EQ(core.unsent(numbers[0]), 100'000U - 65'535U);
  EXPECT_TRUE(core.is_stuck());
  client.give_window(first, 1000);
  pump();
  pump();
  EXPECT_EQ(client.answers[first].body.size(), 66'535U);
  core.respond(numbers[1], {200, {}}, 5);
  core.send_lasting_body(numbers[1], "hello");
  core.end_body(numbers[1]);
  client.give_window(second, 5);
  pump();
  pump();
  EXPECT_EQ(client.answers[second].body, "hello") << "one that waits holds nobody up";
  EXPECT_TRUE(client.answers[second].is_whole);
  core.stalled();
  pump();
  EXPECT_FALSE(client.answers[first].reset) << "it has moved since the last time";
  core.stalled();
  pump();
  EXPECT_EQ(client.answers[first].reset, NGHTTP2_CANCEL);
  EXPECT_FALSE(core.is_stuck());
}

TEST(HttpSession2, TellsWhatTheClientCancels) {
  http2_client client(true);
  answering_server2 there;
  const auto id = client.ask("GET", "/later");
  talk(client, there, 1 << 20);
  EXPECT_EQ(there.core().whose_turn(), turn::server);
  client.cancel(id);
  talk(client, there, 1 << 20);
  EXPECT_EQ(there.read(), (std::vector<std::string>{"GET /later", "cancelled"}));
  EXPECT_EQ(there.core().whose_turn(), turn::nobody);
}

TEST(HttpSession2, SaysThatSomethingIsMissing) {
  http2_client client(true);
  answering_server2 there;
  const auto id = client.ask("GET", "/later");
  talk(client, there, 1 << 20);
  const auto number = there.open_ones().begin()->first;
  there.core().respond(number, {200, {}}, std::nullopt);
  there.core().send_body(number, "some");
  there.core().fail_body(number);
  talk(client, there, 1 << 20);
  EXPECT_EQ(client.answers[id].reset, NGHTTP2_INTERNAL_ERROR);
  EXPECT_FALSE(client.answers[id].is_whole);
}

TEST(HttpSession2, JoinsThePiecesOfACookie) {
  http2_client client(true);
  session2 core;
  (void)client.ask_with({{":method", "GET"},
                         {":scheme", "https"},
                         {":path", "/"},
                         {":authority", "A:8443"},
                         {"cookie", "a=b"},
                         {"x", "y"},
                         {"cookie", "c=d"}},
                        std::nullopt);
  core.received(client.take(), 0ms);
  const auto first = core.next();
  const auto& head = std::get<request>(*first).head;
  EXPECT_EQ(head.find("cookie"), "a=b; c=d");
  EXPECT_EQ(head.host, "a:8443");
  EXPECT_EQ(head.version, version::http_2);
}

TEST(HttpSession2, GivesLeaveToSendABody) {
  http2_client client(true);
  (void)client.ask("GET", "/");
  (void)client.take();
  answering_server2 there;
  const auto post = literal(":method", "POST") + literal(":scheme", "https") + literal(":path", "/p") +
                    literal(":authority", "a") + literal("expect", "100-continue");
  there.core().received(std::string(preface) + no_settings + frame(NGHTTP2_HEADERS, NGHTTP2_FLAG_END_HEADERS, 1, post),
                        0ms);
  ASSERT_TRUE(client.received(there.take()));
  EXPECT_EQ(client.answers[1].fields.at(":status"), "100");
}

// --- what is no request ---

struct attack {
  const char* name;
  std::string block;
};
std::string with(std::string_view name, std::string_view value) { return head_of_get("/") + literal(name, value); }
std::string path(std::string_view one) { return head_of_get(one); }

// HS15: each is a stream error PROTOCOL_ERROR, and the connection goes on.
const attack attacks[] = {
    {"a path with a space", path("/a b")},
    {"a path with a line end", path("/a\r\nX: y")},
    {"a path without a slash", path("a")},
    {"an absolute path", path("https://b/")},
    {"an empty path", path("")},
    {"a path with a fragment", path("/a#b")},
    {"a value with a line end", with("x", "y\r\nz: 1")},
    {"a value with NUL", with("x", "y\0z"s)},
    {"a value with a space before", with("x", " y")},
    {"transfer-encoding", with("transfer-encoding", "chunked")},
    {"connection", with("connection", "close")},
    {"keep-alive", with("keep-alive", "1")},
    {"proxy-connection", with("proxy-connection", "close")},
    {"upgrade", with("upgrade", "h2c")},
    {"te", with("te", "gzip")},
    {"an upper-case name", with("X", "y")},
    {"a name with a space", with("x ", "y")},
    {"a name with a colon", with("x:y", "y")},
    {"an underscore for a length", with("content_length", "5")},
    {"another host", with("host", "b")},
    {"two hosts", with("host", "a") + literal("host", "a")},
    {"user information",
     literal(":method", "GET") + literal(":scheme", "https") + literal(":path", "/") + literal(":authority", "b@a")},
    {"no host", literal(":method", "GET") + literal(":scheme", "https") + literal(":path", "/")},
    {"a length without a body", with("content-length", "5")},
    {"two lengths", with("content-length", "0") + literal("content-length", "0")},
    {"a length of hexadecimal", with("content-length", "0x5")},
    {"no method", literal(":scheme", "https") + literal(":path", "/") + literal(":authority", "a")},
    {"no scheme", literal(":method", "GET") + literal(":path", "/") + literal(":authority", "a")},
    {"another scheme",
     literal(":method", "GET") + literal(":scheme", "ftp") + literal(":path", "/") + literal(":authority", "a")},
    {"a path twice", head_of_get("/") + literal(":path", "/x")},
    {"a method behind a field", literal(":scheme", "https") + literal(":path", "/") + literal(":authority", "a") +
                                    literal("x", "y") + literal(":method", "GET")},
    {"a status", with(":status", "200")},
    {"an unknown pseudo-field", with(":x", "y")},
    {"a method with a space",
     literal(":method", "GET /x") + literal(":scheme", "https") + literal(":path", "/") + literal(":authority", "a")},
};

TEST(HttpSession2, RefusesWhatIsMalformed) {
  for (const auto& one : attacks) {
    SCOPED_TRACE(one.name);
    answering_server2 there;
    there.core().received(std::string(preface) + no_settings + headers(1, one.block) + headers(3, head_of_get("/next")),
                          0ms);
    const auto said = there.take();
    EXPECT_NE(said.find(frame(NGHTTP2_RST_STREAM, 0, 1, "\0\0\0\1"s)), std::string::npos);
    EXPECT_EQ(there.read(), std::vector<std::string>{"GET /next"});
    EXPECT_FALSE(there.core().is_closed());
    EXPECT_GE(there.refused_ones(), 1U);
  }
}

TEST(HttpSession2, RefusesABodyOfAnotherLength) {
  for (const char* body : {"hell", "hello!"}) {
    answering_server2 there;
    const auto head = literal(":method", "POST") + literal(":scheme", "https") + literal(":path", "/p") +
                      literal(":authority", "a") + literal("content-length", "5");
    there.core().received(std::string(preface) + no_settings +
                              frame(NGHTTP2_HEADERS, NGHTTP2_FLAG_END_HEADERS, 1, head) +
                              frame(NGHTTP2_DATA, NGHTTP2_FLAG_END_STREAM, 1, body),
                          0ms);
    EXPECT_NE(there.take().find(frame(NGHTTP2_RST_STREAM, 0, 1, "\0\0\0\1"s)), std::string::npos) << body;
    EXPECT_EQ(there.read(), (std::vector<std::string>{"POST /p", "cancelled"}));
  }
}

TEST(HttpSession2, AnswersWhatIsTooLargeOrNotDone) {
  http2_client client(true);
  answering_server2 there;
  std::vector<std::pair<std::string, std::string>> many = {
      {":method", "GET"}, {":scheme", "https"}, {":path", "/"}, {":authority", "a"}};
  auto large = many, longest = many;
  for (std::size_t i = 0; i <= limits::fields_max; ++i) many.emplace_back("x", "y");
  large.emplace_back("x", std::string(20'000, 'x'));
  longest[2].second = "/" + std::string(9000, 'a');
  const auto first = client.ask_with(many, std::nullopt), second = client.ask_with(large, std::nullopt),
             third = client.ask_with(longest, std::nullopt), fourth = client.ask("GET", "/");
  const auto fifth = client.ask_with({{":method", "CONNECT"}, {":authority", "a:25"}}, std::nullopt);
  talk(client, there, 1 << 20);
  EXPECT_EQ(client.answers[first].fields.at(":status"), "431");
  EXPECT_EQ(client.answers[second].fields.at(":status"), "431");
  EXPECT_EQ(client.answers[third].fields.at(":status"), "414");
  EXPECT_EQ(client.answers[fourth].body, "GET /");
  EXPECT_EQ(client.answers[fifth].fields.at(":status"), "405");
  EXPECT_EQ(there.core().whose_turn(), turn::nobody);
}

// --- floods ---

struct flood {
  const char* name;
  std::string (*piece)(std::uint32_t number);  // from 0
};
const flood floods[] = {
    {"rapid reset (CVE-2023-44487)",
     [](std::uint32_t n) {
       return headers(2 * n + 1, head_of_get("/later")) + frame(NGHTTP2_RST_STREAM, 0, 2 * n + 1, "\0\0\0\x8"s);
     }},
    {"pings (CVE-2019-9512)", [](std::uint32_t) { return frame(NGHTTP2_PING, 0, 0, "12345678"); }},
    {"settings (CVE-2019-9515)", [](std::uint32_t) { return no_settings; }},
    {"empty DATA (CVE-2019-9518)",
     [](std::uint32_t n) {
       return n > 0 ? frame(NGHTTP2_DATA, 0, 1, "")
                    : frame(NGHTTP2_HEADERS, NGHTTP2_FLAG_END_HEADERS, 1,
                            literal(":method", "POST") + literal(":scheme", "https") + literal(":path", "/p") +
                                literal(":authority", "a"));
     }},
    {"malformed requests", [](std::uint32_t n) { return headers(2 * n + 1, with("X", "y")); }},
    {"CONTINUATION (CVE-2024-28182)",
     [](std::uint32_t n) { return frame(n == 0 ? NGHTTP2_HEADERS : NGHTTP2_CONTINUATION, 0, 1, literal("x", "y")); }},
};

TEST(HttpSession2, SendsAwayWhoFloodsIt) {
  for (const auto& one : floods) {
    SCOPED_TRACE(one.name);
    answering_server2 there;
    std::string said;
    there.core().received(std::string(preface) + no_settings, 0ms);
    said += there.take();
    std::uint32_t sent = 0;
    for (; sent < 1000 && !there.core().is_closed(); ++sent) {
      there.core().received(one.piece(sent), 1ms);
      said += there.take();
    }
    EXPECT_TRUE(there.core().is_closed());
    EXPECT_LT(sent, 300U);
    ASSERT_GE(said.size(), 17U);
    // GOAWAY with ENHANCE_YOUR_CALM is the last of all.
    EXPECT_EQ(said.substr(said.size() - 17, 4), "\0\0\x8\7"s);
    EXPECT_EQ(said.substr(said.size() - 4), "\0\0\0\xb"s);
  }
}

// Ten a second are no flood, however long.
TEST(HttpSession2, BearsSomePings) {
  answering_server2 there;
  there.core().received(std::string(preface) + no_settings, 0ms);
  for (int i = 0; i < 2000; ++i) {
    there.core().received(frame(NGHTTP2_PING, 0, 0, "12345678"), i * 100ms);
    (void)there.take();
  }
  EXPECT_FALSE(there.core().is_closed());
}

// One octet of ours is four thousand of what it says: they are counted, and not kept.
TEST(HttpSession2, BearsBombsOfHeaders) {
  answering_server2 there;
  const auto large = std::string(1, '\x40') + '\1' + "x" + std::string("\x7f\xc1\x1e", 3) + std::string(4000, 'x');
  const std::string block = head_of_get("/") + large + std::string(10'000, '\xbe');
  there.core().received(std::string(preface) + no_settings + headers(1, block) + headers(3, head_of_get("/next")), 0ms);
  const auto said = there.take();
  EXPECT_NE(said.find(frame(NGHTTP2_RST_STREAM, 0, 1, "\0\0\0\xb"s)), std::string::npos);
  EXPECT_EQ(there.read(), std::vector<std::string>{"GET /next"});
}

// --- the end ---

TEST(HttpSession2, EndsWhenItIsTold) {
  http2_client client(true);
  answering_server2 there;
  (void)client.ask("GET", "/later");
  talk(client, there, 1 << 20);
  there.core().drain();
  talk(client, there, 1 << 20);
  EXPECT_EQ(client.goaway, NGHTTP2_NO_ERROR);
  EXPECT_FALSE(there.core().is_closed()) << "one is being answered";
  const auto number = there.open_ones().begin()->first;
  there.core().respond(number, {200, {}}, 2);
  there.core().send_body(number, "ok");
  there.core().end_body(number);
  talk(client, there, 1 << 20);
  EXPECT_EQ(client.answers[1].body, "ok");
  EXPECT_TRUE(there.core().is_closed());
}

TEST(HttpSession2, EndsWhatIsNotAskedInTime) {
  http2_client client(true);
  answering_server2 there;
  talk(client, there, 1 << 20);
  const auto post =
      literal(":method", "POST") + literal(":scheme", "https") + literal(":path", "/p") + literal(":authority", "a");
  there.core().received(frame(NGHTTP2_HEADERS, NGHTTP2_FLAG_END_HEADERS, 1, post), 0ms);
  (void)there.take();
  EXPECT_EQ(there.core().whose_turn(), turn::client);
  there.core().timed_out();
  EXPECT_EQ(there.take(), "");
  there.core().timed_out();
  EXPECT_EQ(there.take(), frame(NGHTTP2_RST_STREAM, 0, 1, "\0\0\0\x8"s));
  EXPECT_EQ(there.read(), (std::vector<std::string>{"POST /p", "cancelled"}));
  there.core().timed_out();
  EXPECT_EQ(there.take().substr(3, 1), "\7");
  EXPECT_TRUE(there.core().is_closed());
}

TEST(HttpSession2, SpeaksNothingElse) {
  for (const std::string_view said : {"GET / HTTP/1.1\r\nHost: a\r\n\r\n", "EHLO client.example.org\r\n"}) {
    answering_server2 there;
    there.core().received(said, 0ms);
    (void)there.take();
    EXPECT_TRUE(there.core().is_closed());
    EXPECT_TRUE(there.read().empty());
  }
}

}  // namespace
}  // namespace stagecoach::http

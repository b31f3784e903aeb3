// Dialogues with the HTTP core, each at every cut; and the request smuggling table by its numbers HS01 to HS13 and
// HS17.
#include "protocols/http/session.hpp"

#include <gtest/gtest.h>

#include "protocols/http/limits.hpp"
#include "tests/support/http_server.hpp"

namespace stagecoach::http {
namespace {

using namespace std::string_literals;

struct row {
  const char* name;
  std::string in;  // \n stands for CRLF, "|" ends a turn
  std::string out;
};

std::string crlf(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '\n' ? "\r\n" : std::string(1, c);
  return out;
}

std::string answer_to(const std::string& what, const std::string& more) {
  return "HTTP/1.1 200 OK\nContent-Length: " + std::to_string(what.size()) + "\n" + more + "\n" + what;
}
std::string ok(const std::string& what) { return answer_to(what, ""); }
std::string last(const std::string& what) { return answer_to(what, "Connection: close\n") + "[close]"; }

const std::string host = "Host: a\n";
constexpr exchange_number first{1};

const row dialogues[] = {
    {"a request", "GET / HTTP/1.1\n" + host + "\n", ok("GET /")},
    {"with a query", "GET /a?b=c&d HTTP/1.1\n" + host + "\n", ok("GET /a?b=c&d")},
    {"two, pipelined", "GET /1 HTTP/1.1\n" + host + "\nGET /2 HTTP/1.1\n" + host + "\n", ok("GET /1") + ok("GET /2")},
    {"an empty line before", "\nGET / HTTP/1.1\n" + host + "\n", ok("GET /")},
    {"a body", "POST /p HTTP/1.1\n" + host + "Content-Length: 5\n\nhelloGET / HTTP/1.1\n" + host + "\n",
     ok("POST /p[hello]") + ok("GET /")},
    {"an empty body", "POST /p HTTP/1.1\n" + host + "Content-Length: 0\n\n", ok("POST /p")},
    {"chunks", "POST /p HTTP/1.1\n" + host + "Transfer-Encoding: Chunked\n\n5\nhello\nA;x=y\n0123456789\n0\n\n",
     ok("POST /p[hello0123456789]")},
    {"trailers are dropped",
     "POST /p HTTP/1.1\n" + host +
         "Transfer-Encoding: chunked\n\n1\nx\n0\nContent-Length: 3\nHost: b\n\nGET / HTTP/1.1\n" + host + "\n",
     ok("POST /p[x]") + ok("GET /")},
    {"100-continue", "PUT /p HTTP/1.1\n" + host + "Content-Length: 2\nExpect: 100-continue\n\n|hi",
     "HTTP/1.1 100 Continue\n\n" + ok("PUT /p[hi]")},
    {"a body that is not wanted ends the connection",
     "POST /unwanted HTTP/1.1\n" + host + "Content-Length: 9\nExpect: 100-continue\n\n", last("POST /unwanted")},
    {"close", "GET / HTTP/1.1\n" + host + "Connection: Close\n\nGET /2 HTTP/1.1\n" + host + "\n", last("GET /")},
    {"HTTP/1.0", "GET / HTTP/1.0\n\n", last("GET /")},
    {"HTTP/1.0 that stays", "GET / HTTP/1.0\nConnection: x, keep-alive\n\n",
     answer_to("GET /", "Connection: keep-alive\n")},
    {"the absolute form", "GET http://b.example:80/x HTTP/1.1\n" + host + "\n", ok("GET /x")},
    {"the absolute form without a path", "GET HTTPS://b HTTP/1.1\n" + host + "\n", ok("GET /")},
    {"OPTIONS *", "OPTIONS * HTTP/1.1\n" + host + "\n", ok("OPTIONS *")},
    {"an answer in chunks", "GET /chunks HTTP/1.1\n" + host + "\n",
     "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n3\none\n7\nand two\n0\n\n"},
    {"in HTTP/1.0 until the end", "GET /chunks HTTP/1.0\nConnection: keep-alive\n\n",
     "HTTP/1.1 200 OK\nConnection: close\n\noneand two[close]"},
    {"HEAD has no body", "HEAD / HTTP/1.1\n" + host + "\nGET / HTTP/1.1\n" + host + "\n",
     "HTTP/1.1 200 OK\nContent-Length: 6\n\n" + ok("GET /")},
    {"HEAD of chunks", "HEAD /chunks HTTP/1.1\n" + host + "\n", "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n"},
    {"304", "GET /304 HTTP/1.1\n" + host + "\n", "HTTP/1.1 304 Not Modified\n\n"},
    {"204", "GET /204 HTTP/1.0\nConnection: keep-alive\n\n", "HTTP/1.1 204 No Content\nConnection: keep-alive\n\n"},
};

void play(const row& r, const std::string& in, const std::string& out) {
  const auto dialogue = split_turns(in);
  for (const auto when : {taking::each_piece, taking::each_turn}) {
    for (std::size_t cut = 0; cut <= octets_of(dialogue); ++cut) {
      answering_server there;
      const auto seen = there.talk(dialogue, cut == 0 ? every_octet(dialogue) : std::vector<std::size_t>{cut}, when);
      ASSERT_EQ(seen, out) << r.name << ", cut at " << cut;
    }
  }
}

TEST(HttpSession, AnswersAtEveryCut) {
  for (const auto& r : dialogues) play(r, crlf(r.in), crlf(r.out));
}

struct attack {
  const char* name;
  std::string in;  // raw
  int status;
};
std::string post(const std::string& fields, const std::string& body) {
  return "POST /p HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n" + body;
}
std::string get(const std::string& target, const std::string& fields) {
  return "GET " + target + " HTTP/1.1\r\n" + fields + "\r\n";
}
std::string chunked(const std::string& body) { return post("Transfer-Encoding: chunked\r\n", body); }
const std::string of_a = "Host: a\r\n";

const attack attacks[] = {
    {"HS01 both lengths", post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400},
    {"HS01 the other way", post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n"), 400},
    {"HS02 two that differ", post("Content-Length: 5\r\nContent-Length: 6\r\n", "hello"), 400},
    {"HS02 two that agree", post("Content-Length: 5\r\nContent-Length: 5\r\n", "hello"), 400},
    {"HS02 a list", post("Content-Length: 5, 5\r\n", "hello"), 400},
    {"HS03 a plus", post("Content-Length: +5\r\n", "hello"), 400},
    {"HS03 a minus", post("Content-Length: -5\r\n", "hello"), 400},
    {"HS03 hexadecimal", post("Content-Length: 0x5\r\n", "hello"), 400},
    {"HS03 a semicolon", post("Content-Length: 5;\r\n", "hello"), 400},
    {"HS03 a wide digit", post("Content-Length: \xef\xbc\x95\r\n", "hello"), 400},
    {"HS03 a leading zero", post("Content-Length: 05\r\n", "hello"), 400},
    {"HS03 above 64 bits", post("Content-Length: 18446744073709551621\r\n", "hello"), 400},
    {"HS03 empty", post("Content-Length:\r\n", "hello"), 400},
    {"HS04 twice in one", post("Transfer-Encoding: chunked, chunked\r\n", "0\r\n\r\n"), 400},
    {"HS04 identity before", post("Transfer-Encoding: identity, chunked\r\n", "0\r\n\r\n"), 400},
    {"HS04 identity behind", post("Transfer-Encoding: chunked, identity\r\n", "0\r\n\r\n"), 400},
    {"HS04 gzip", post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"), 400},
    {"HS04 nearly", post("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"), 400},
    {"HS04 a parameter", post("Transfer-Encoding: chunked;q=1\r\n", "0\r\n\r\n"), 400},
    {"HS04 quoted", post("Transfer-Encoding: \"chunked\"\r\n", "0\r\n\r\n"), 400},
    {"HS04 empty", post("Transfer-Encoding:\r\n", "0\r\n\r\n"), 400},
    {"HS04 two fields", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400},
    {"HS05 a space before the colon", post("Transfer-Encoding : chunked\r\n", "0\r\n\r\n"), 400},
    {"HS05 a tab before", post("X: y\r\n\tTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400},
    {"HS05 a folded line", post("X: y\r\n Transfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400},
    {"HS05 an underscore", post("Transfer_Encoding: chunked\r\n", "0\r\n\r\n"), 400},
    {"HS05 a vertical tab",
     post("Transfer-Encoding:\x0b"
          "chunked\r\n",
          "0\r\n\r\n"),
     400},
    {"HS05 a line feed in it", post("Transfer-Encoding:\n chunked\r\n", "0\r\n\r\n"), 400},
    {"HS05 a bare CR", post("X: y\rTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400},
    {"HS05 NUL in a value", post("X: y\0z\r\n"s, ""), 400},
    {"HS05 NUL in a name", post("Transfer-Encoding\0: chunked\r\n"s, ""), 400},
    {"HS06 HTTP/1.0 in chunks", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
    {"HS06 HTTP/0.9", "GET /\r\n\r\n", 400},
    {"HS06 HTTP/1.2", "GET / HTTP/1.2\r\nHost: a\r\n\r\n", 505},
    {"HS06 HTTP/2.0", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
    {"HS06 lower-case", "GET / http/1.1\r\nHost: a\r\n\r\n", 400},
    {"HS07 bare LF", "GET / HTTP/1.1\nHost: a\n\n", 400},
    {"HS07 bare LF in the fields", "GET / HTTP/1.1\r\nHost: a\n\r\n", 400},
    {"HS07 bare CR", "GET / HTTP/1.1\r\nHost: a\r\r\n\r\n", 400},
    {"HS07 two empty lines before", "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"HS07 a space before the first field", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", 400},
    {"HS08 hexadecimal mark", chunked("0x5\r\nhello\r\n0\r\n\r\n"), 400},
    {"HS08 a plus", chunked("+5\r\nhello\r\n0\r\n\r\n"), 400},
    {"HS08 a space before", chunked(" 5\r\nhello\r\n0\r\n\r\n"), 400},
    {"HS08 a space behind", chunked("5 \r\nhello\r\n0\r\n\r\n"), 400},
    {"HS08 an underscore", chunked("5_0\r\nhello\r\n0\r\n\r\n"), 400},
    {"HS08 above 64 bits", chunked("FFFFFFFFFFFFFFFF1\r\nhello"), 400},
    {"HS08 very large", chunked("FFFFFFFFFFFFFFF1\r\nhello"), 413},
    {"HS08 negative", chunked("-1\r\nhello"), 400},
    {"HS08 empty", chunked("\r\nhello"), 400},
    {"HS08 leading zeros", chunked(std::string(1000, '0') + "5\r\nhello\r\n0\r\n\r\n"), 400},
    {"HS09 a line feed in an extension", chunked("5;a\nX\r\nhello\r\n0\r\n\r\n"), 400},
    {"HS09 a CR in an extension", chunked("5;a\rX\r\nhello\r\n0\r\n\r\n"), 400},
    {"HS09 a long extension", chunked("5;" + std::string(65'536, 'a') + "\r\nhello\r\n0\r\n\r\n"), 400},
    {"HS09 no line end behind the data", chunked("5\r\nhello0\r\n\r\n"), 400},
    {"HS09 a line feed behind the data", chunked("5\r\nhello\n0\r\n\r\n"), 400},
    {"HS10 a trailer that is none", chunked("0\r\nno trailer\r\n\r\n"), 400},
    {"HS10 a line feed in a trailer", chunked("0\r\nX: a\nY: b\r\n\r\n"), 400},
    {"HS12 another expectation", post("Content-Length: 1\r\nExpect: x\r\n", "x"), 417},
    {"HS13 CONNECT", "CONNECT b:25 HTTP/1.1\r\nHost: b:25\r\n\r\n", 405},
    {"HS13 a star", get("*", of_a), 400},
    {"HS13 a fragment", get("/a#b", of_a), 400},
    {"HS13 a space", get("/a b", of_a), 400},
    {"HS13 a tab", get("/a\tb", of_a), 400},
    {"HS13 8-bit", get("/\xc3\xa9", of_a), 400},
    {"HS13 no path", get("a", of_a), 400},
    {"HS13 another scheme", get("ftp://b/", of_a), 400},
    {"HS13 user information", get("http://user@b/", of_a), 400},
    {"WB07 no Host", get("/", ""), 400},
    {"WB07 two", get("/", of_a + of_a), 400},
    {"WB07 empty", get("/", "Host:\r\n"), 400},
    {"WB07 user information", get("/", "Host: b@a\r\n"), 400},
    {"WB07 a port beyond", get("/", "Host: a:99999\r\n"), 400},
    {"WB07 no port", get("/", "Host: a:\r\n"), 400},
    {"WB08 a long target", get("/" + std::string(9000, 'a'), of_a), 414},
    {"WB08 a large field", get("/", of_a + "X: " + std::string(20'000, 'x') + "\r\n"), 431},
    {"mail", "EHLO client.example.org\r\n", 400},
    {"TLS", "\x16\x03\x01\x02\x00\x01"s, 400},
};

// One answer, and the end: nothing of what follows is read as a request.
TEST(HttpSession, RefusesWhatCouldBeReadInTwoWays) {
  for (const auto& one : attacks) {
    SCOPED_TRACE(one.name);
    for (const std::size_t size : {std::size_t{1}, std::size_t{7}, std::size_t{1 << 20}}) {
      answering_server there;
      std::string seen;
      const std::string in = one.in + "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";
      for (std::size_t at = 0; at < in.size(); at += size) {
        there.core().received(std::string_view(in).substr(at, size));
        seen += there.take();
      }
      EXPECT_TRUE(seen.starts_with("HTTP/1.1 " + std::to_string(one.status) + " ")) << seen.substr(0, 200);
      EXPECT_TRUE(seen.ends_with("[close]"));
      EXPECT_EQ(seen.find("\nHTTP/1.1"), std::string::npos) << seen.substr(0, 400);
      EXPECT_EQ(there.read().find("smuggled"), std::string::npos);
      EXPECT_TRUE(there.core().is_closed());
    }
  }
}

TEST(HttpSession, KeepsToItsLimits) {
  const auto request_with = [](std::size_t fields) {
    std::string text = "GET / HTTP/1.1\r\nHost: a\r\n";
    for (std::size_t i = 1; i < fields; ++i) text += "X: y\r\n";
    return text + "\r\n";
  };
  answering_server there;
  there.core().received(request_with(limits::fields_max));
  EXPECT_EQ(there.take().substr(0, 15), "HTTP/1.1 200 OK");
  there.core().received(request_with(limits::fields_max + 1));
  EXPECT_EQ(there.take().substr(0, 12), "HTTP/1.1 431");
}

TEST(HttpSession, PausesAClientThatIsAhead) {
  session core;
  core.received("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_TRUE(core.wants_input());
  while (core.wants_input()) core.received(std::string(1000, 'x'));
  core.respond(first, {200, {}}, 0);
  core.end_body(first);
  EXPECT_TRUE(core.is_closed()) << "what the client sent is no request";
}

TEST(HttpSession, EndsWhenItIsTold) {
  {
    answering_server there;
    there.core().drain();
    EXPECT_EQ(there.take(), "[close]") << "nobody is asking";
  }
  {
    session core;
    core.received("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n");
    core.drain();
    core.respond(first, {200, {}}, 0);
    core.end_body(first);
    (void)core.next();  // the request
    EXPECT_EQ(std::get<send>(*core.next()).bytes, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    EXPECT_TRUE(std::holds_alternative<close>(*core.next()));
    EXPECT_FALSE(core.next());
  }
}

TEST(HttpSession, TellsWhoIsTooSlow) {
  const auto after = [](std::string_view bytes) {
    answering_server there;
    there.core().received(bytes);
    auto seen = there.take();
    there.core().timed_out();
    seen += there.take();
    return seen.substr(0, seen.find("\r\n")) + (seen.ends_with("[close]") ? "" : " and stays");
  };
  EXPECT_EQ(after(""), "[close]");
  EXPECT_EQ(after("GET / HT"), "HTTP/1.1 408 Request Timeout");
  EXPECT_EQ(after("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhel"), "HTTP/1.1 408 Request Timeout");
}

TEST(HttpResponse, WritesDates) {
  EXPECT_EQ(http_date(unix_ms{784'111'777'000}), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(http_date(unix_ms{0}), "Thu, 01 Jan 1970 00:00:00 GMT");
  EXPECT_EQ(http_date(unix_ms{1'709'164'800'999}), "Thu, 29 Feb 2024 00:00:00 GMT");
}

}  // namespace
}  // namespace stagecoach::http

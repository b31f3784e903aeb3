// Who takes part in the tests of HTTP connections: a site, what streams its answers, a client on a real socket.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "actors/edge/http_connection.hpp"
#include "actors/runtime/watched.hpp"
#include "tests/support/sockets.hpp"
#include "tests/support/stage.hpp"

namespace stagecoach::edge {

using namespace std::chrono_literals;

// Answers "/whole", "/json" and "/broken" at once; "/later" never; "/stream" with five pieces, each when it is wanted,
// "/endless" with more, "/event" with one event and silence, "/short" with one and its failure, "/dead" with the end of
// the source before it has given any.
struct source final : runtime::watched<runtime::handle_of<messages::octet_source_talk>> {
  source(caf::actor_config& cfg, runtime::stage& on, runtime::handle_of<messages::octet_sink_talk> to, int pieces)
      : watched(cfg, on, "source", ""), to_(std::move(to)), pieces_(pieces) {
    monitor(to_);
    set_down_handler([this](const caf::down_msg&) { quit(); });
  }
  void on_exit() override { to_ = runtime::handle_of<messages::octet_sink_talk>(); }
  behavior_type make_behavior() override {
    send(to_, messages::source_of({}));
    if (pieces_ == dead) {
      quit(caf::exit_reason::unhandled_exception);
      return {[](const messages::more_octets&) {}};
    }
    give();
    return {[this](const messages::more_octets&) {
      if (pieces_ != 0) give();
    }};
  }
  void give() {
    const bool is_failed = pieces_ < 0 && pieces_++ == -1;
    send(to_, messages::stream_octets{{}, std::string(1000, 'x'), pieces_ == 1, is_failed});
    if (pieces_ == 0) return;
    if (pieces_ > 0 && --pieces_ == 0) quit();
  }
  static constexpr int dead = -3;
  runtime::handle_of<messages::octet_sink_talk> to_;
  int pieces_;  // -2: one, and then it fails; 0: one, and then none
};

inline int pieces_of(std::string_view target) {
  if (target == "/short") return -2;
  if (target == "/event") return 0;
  if (target == "/dead") return source::dead;
  return target == "/endless" ? 1'000'000 : 5;
}

struct site final : runtime::watched<runtime::handle_of<messages::site_talk>> {
  site(caf::actor_config& cfg, runtime::stage& on) : watched(cfg, on, "site", "") {}
  void on_exit() override { held_.clear(); }
  behavior_type make_behavior() override {
    return {[this](const messages::http_request& asked) -> runtime::reply<messages::http_answer> {
      if (asked.target == "/none") return runtime::to_error(failure{fault_code::busy, "not now"});
      if (asked.target == "/whole") return messages::http_answer{200, {{"X", "y"}}, asked.body + asked.method, false};
      if (asked.target == "/json")
        return messages::http_answer{200, {{"Content-Type", "application/json"}}, std::string(2000, 'x'), false};
      if (asked.target == "/later") return held_.emplace_back(make_response_promise<messages::http_answer>());
      if (asked.target == "/broken") return messages::http_answer{500, {}, "{}", false};
      on().spawn<source>(sender_speaking<messages::octet_sink_talk>(), pieces_of(asked.target));
      messages::http_answer made{200, {}, {}, true};
      if (asked.target == "/event") made.header.push_back({"Content-Type", "text/event-stream"});
      return made;
    }};
  }
  std::vector<runtime::promise<messages::http_answer>> held_;
};

struct HttpConnection : ::testing::Test {
  ~HttpConnection() override {
    handle_ = connection_handle();
    // What waits for its answers holds it.
    if (options_.site) caf::anon_send_exit(options_.site, caf::exit_reason::user_shutdown);
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

struct HttpConnectionAndSite : HttpConnection {
  HttpConnectionAndSite() { options_.site = on_.stage().spawn<site>(); }
};

}  // namespace stagecoach::edge

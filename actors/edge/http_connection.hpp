// One HTTP client: the socket, the core (protocols/http/session.hpp), the pages that it is given, and the site that it
// asks for everything else. A streamed answer's next octets are wanted when the socket has taken those before.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "actors/edge/listener.hpp"
#include "actors/runtime/connection.hpp"
#include "messages/web.hpp"
#include "protocols/http/fixed_site.hpp"
#include "protocols/http/session.hpp"

namespace stagecoach::edge {

struct http_talk : runtime::joined<messages::octet_sink_talk, messages::connection_talk> {};

struct http_options {
  std::optional<runtime::tls_context> tls;  // from the start
  std::shared_ptr<const http::fixed_site> pages;
  std::chrono::seconds stall{30};  // a client that reads nothing for so long is gone
  runtime::handle_of<messages::site_talk> site =
      runtime::handle_of<messages::site_talk>();  // none: there are only pages
};

class http_connection final : public runtime::connection<runtime::handle_of<http_talk>> {
 public:
  http_connection(caf::actor_config& cfg, runtime::stage& on, runtime::io_unit& unit, runtime::connected_socket from,
                  http_options options);
  void on_exit() override;

 private:
  using source_handle = runtime::handle_of<messages::octet_source_talk>;

  behavior_type make_talk() override;
  void begin() override;
  void received(std::string_view bytes) override;
  void drained() override;
  void peer_ended() override;
  void drive();
  void read_or_pause();
  void watch_silence();

  void perform(http::send& what);
  void perform(http::request& what);
  void perform(http::body_octets& what);
  void perform(http::refused& what);
  void perform(http::close& what);

  void show(const http::request_head& asked);
  void ask_site();
  void answered(messages::http_answer what);
  void respond(std::uint16_t status, std::string text);
  void take(const messages::stream_octets& m);
  void pass_on(const messages::stream_octets& m);
  void forget_source();
  void log_answer(std::uint16_t status, std::uint64_t bytes, std::uint64_t plain_bytes);

  http::session core_;
  http_options options_;
  messages::http_request asked_;  // while its body comes, and while the site answers it
  bool is_asking_ = false;        // the site, or what streams: the client may be silent
  bool is_streaming_ = false;
  source_handle source_;
  std::optional<messages::stream_octets> early_;  // came before the head of its answer
  bool owes_more_ = false;                        // the source waits until the socket has taken what it sent
  bool is_waiting_ = false;                       // nothing is asked: the longer silence
  reminder silence_;
  reminder stall_;
};

}  // namespace stagecoach::edge

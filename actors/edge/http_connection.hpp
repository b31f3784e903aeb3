// One HTTP client: the socket, the core (protocols/http/server.hpp) of the version that it chose, the pages that it is
// given, and the site that it asks for everything else, each request through an http_exchange of its own. A streamed
// answer's next octets are wanted when the socket has taken those before.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "actors/edge/http_exchange.hpp"
#include "actors/edge/listener.hpp"
#include "actors/runtime/connection.hpp"
#include "messages/web.hpp"
#include "protocols/http/fixed_site.hpp"
#include "protocols/http/server.hpp"

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
  struct exchange {
    messages::http_request asked;
    http_exchange_handle actor;  // asks the site; none: the request's body is not complete
    std::size_t body_bytes = 0;  // of its own that has no answer yet
    bool is_streaming = false;
    bool owes_more = false;  // the source waits until the socket has taken what it sent
  };
  using entry = std::map<http::exchange_number, exchange>::iterator;

  behavior_type make_talk() override;
  void begin() override;
  void secured() override;
  void received(std::string_view bytes) override;
  void drained() override;
  void peer_ended() override;
  void closed(const failure& why) override;
  void note_unanswered(const exchange& what) const;
  void drive();
  void read_or_pause();
  void watch_silence();
  void watch_socket();
  void watch_stuck();
  void want_more();

  void perform(http::send& what);
  void perform(http::request& what);
  void perform(http::body_octets& what);
  void perform(http::cancelled& what);
  void perform(http::refused& what);
  void perform(http::close& what);

  void show(http::exchange_number number, const messages::http_request& asked, const http::request_head& head);
  void ask_site(entry one);
  void answered(http::exchange_number number, messages::http_answer what);
  void respond(entry one, std::uint16_t status, std::string text);
  void answer_ended();
  void take(const messages::stream_octets& m);
  void drain(const messages::drain& how);
  void forget(entry one);
  [[nodiscard]] entry exchange_of(const caf::actor_addr& actor);

  std::unique_ptr<http::server> core_;
  http_options options_;
  std::map<http::exchange_number, exchange> exchanges_;
  std::size_t body_bytes_ = 0;  // of all requests that have no answer yet
  bool has_peer_ended_ = false;
  bool is_stuck_watched_ = false;
  bool is_draining_ = false;
  bool is_socket_watched_ = false;
  std::uint64_t written_ = 0;             // octets that were given to the socket
  http::turn turn_ = http::turn::nobody;  // for which `silence_` was set
  reminder silence_;
  reminder stall_;
  reminder stuck_;
};

}  // namespace stagecoach::edge

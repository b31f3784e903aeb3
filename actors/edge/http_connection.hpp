// One HTTP client: the socket, the core (protocols/http/session.hpp) and the site whose pages it is given.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "actors/edge/listener.hpp"
#include "actors/runtime/connection.hpp"
#include "protocols/http/fixed_site.hpp"
#include "protocols/http/session.hpp"

namespace stagecoach::edge {

struct http_options {
  std::optional<runtime::tls_context> tls;  // from the start
  std::shared_ptr<const http::fixed_site> site;
  std::chrono::seconds stall{30};  // a client that reads nothing for so long is gone
};

class http_connection final : public runtime::connection<connection_handle> {
 public:
  http_connection(caf::actor_config& cfg, runtime::stage& on, runtime::io_unit& unit, runtime::connected_socket from,
                  http_options options);

 private:
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

  http::session core_;
  http_options options_;
  bool is_waiting_ = false;  // nothing is asked: the longer silence
  reminder silence_;
  reminder stall_;
};

}  // namespace stagecoach::edge

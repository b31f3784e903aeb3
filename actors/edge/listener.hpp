// One listening port: accepts, admits (admission.hpp) and starts a connection actor for each socket, on the I/O threads
// in turn. Told to drain, it accepts no more and passes the word on to its connections. Started by the node, which
// binds the port first, so that a taken port is an answer and not a log line.
#pragma once

#include <asio/ip/tcp.hpp>
#include <functional>
#include <string>
#include <unordered_map>

#include "actors/edge/admission.hpp"
#include "actors/runtime/connection.hpp"
#include "messages/connection.hpp"

namespace stagecoach::edge {

using connection_handle = runtime::handle_of<messages::connection_talk>;

// A bound and listening socket that no actor serves yet.
class bound_port {
 public:
  // duplicate: the port is taken; syntax: no address; disk: whatever else the system says.
  [[nodiscard]] static result<bound_port, failure> bind(const std::string& ip, std::uint16_t port);
  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] bool is_ipv6() const { return is_ipv6_; }
  [[nodiscard]] int release() { return socket_.release(); }

 private:
  bound_port(int descriptor, bool is_ipv6) : socket_(descriptor), is_ipv6_(is_ipv6) {}
  runtime::connected_socket socket_;  // closes what nobody took
  std::uint16_t port_ = 0;
  bool is_ipv6_;
};

using start_connection = std::function<connection_handle(runtime::io_unit& unit, runtime::connected_socket from)>;

struct listener_options {
  std::string name;        // "smtp", "imaps"
  std::string refusal;     // sent to whom there is no room for; empty: closed without a word
  std::string overloaded;  // the same while there is too little memory
};

class listener final : public runtime::pinned<connection_handle> {
 public:
  listener(caf::actor_config& cfg, runtime::stage& on, runtime::io_unit& unit, bound_port port,
           listener_options options, admission& door, start_connection start);
  void on_exit() override;

 private:
  behavior_type make_behavior() override;
  [[nodiscard]] bool is_essential() const override { return true; }
  void accept();
  void accepted(int descriptor);
  void refuse(int descriptor, const std::string& ip, std::string_view why, const std::string& text);
  void drain(const messages::drain& how);

  asio::ip::tcp::acceptor acceptor_;
  bound_port port_;
  listener_options options_;
  start_connection start_;
  admission& door_;                                         // of all listeners
  std::unordered_map<caf::actor_addr, std::string> peers_;  // connection -> IP
  bool is_draining_ = false;
  reminder pause_;  // after an accept that failed
};

}  // namespace stagecoach::edge

// The control socket: how `stagecoach account`, `actors` ... speak to the running server (docs/formats/control.md). One
// line is one question, `method {parameters}` with a method of messages/api/control.hpp; one line is the answer. Only
// the server's own user can open the socket.
#pragma once

#include <asio/local/stream_protocol.hpp>
#include <filesystem>
#include <string>

#include "actors/console/inspector.hpp"
#include "actors/runtime/connection.hpp"
#include "actors/services/handles.hpp"
#include "messages/api/control.hpp"
#include "messages/connection.hpp"
#include "messages/ports.hpp"

namespace stagecoach::console {

using connection_handle = runtime::handle_of<messages::connection_talk>;

inline constexpr std::size_t question_bytes_max = 64 * 1024;
inline constexpr std::size_t control_connections_max = 32;

// Whom the questions go to.
struct control_targets {
  services::directory_handle directory;
  inspector_handle inspector;
  messages::port_list ports;  // answered at once: they stay as long as the server
};

// Accepts; ends its connections with itself.
class control final : public runtime::pinned<connection_handle> {
 public:
  // The socket file is made anew; its directory belongs to the server's user alone.
  control(caf::actor_config& cfg, runtime::stage& on, runtime::io_unit& unit, std::filesystem::path path,
          control_targets targets);
  void on_exit() override;

 private:
  behavior_type make_behavior() override;
  void accept();

  std::filesystem::path path_;
  control_targets targets_;
  asio::local::stream_protocol::acceptor acceptor_;
  std::size_t connections_ = 0;
};

// One question, one answer, the end.
class control_connection final : public runtime::connection<connection_handle> {
 public:
  control_connection(caf::actor_config& cfg, runtime::stage& on, runtime::io_unit& unit, runtime::connected_socket from,
                     control_targets targets);
  void on_exit() override;

 private:
  behavior_type make_talk() override;
  void begin() override;
  void received(std::string_view bytes) override;
  void question(std::string_view line);
  void answer(std::string_view line);
  void refuse(const api::refusal& why);
  template <class Question, class Target>
  void pass_on(const Target& to, const Question& asked);
  void fulfil(const messages::add_account& asked) { pass_on(targets_.directory, asked); }
  void fulfil(const messages::list_accounts& asked) { pass_on(targets_.directory, asked); }
  void fulfil(const messages::set_password& asked) { pass_on(targets_.directory, asked); }
  void fulfil(const messages::inspect_actors& asked) { pass_on(targets_.inspector, asked); }
  void fulfil(const messages::add_public_key& asked) { pass_on(targets_.directory, asked); }
  void fulfil(const messages::list_public_keys& asked) { pass_on(targets_.directory, asked); }
  void fulfil(const messages::remove_public_key& asked) { pass_on(targets_.directory, asked); }
  void fulfil(const messages::list_ports& asked);

  std::string in_;
  control_targets targets_;
  reminder deadline_;
};

}  // namespace stagecoach::console

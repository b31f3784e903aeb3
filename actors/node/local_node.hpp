// One running node of `stagecoach localserve`: who is started with what, and the reverse. Starting and stopping block;
// the thread that calls them is no actor's.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include "actors/runtime/world.hpp"
#include "config/local_config.hpp"
#include "messages/ports.hpp"
#include "protocols/base/result.hpp"

namespace stagecoach::node {

class local_node {
 public:
  // `essential_failed` is called when an actor has failed that the node cannot do without: stop it then.
  // duplicate: a port or the directory is taken; syntax: the configuration cannot work; others: disk.
  [[nodiscard]] static result<std::unique_ptr<local_node>, failure> start(const config::local_config& config,
                                                                          runtime::world outside,
                                                                          std::function<void()> essential_failed);
  ~local_node();
  [[nodiscard]] const messages::open_ports& ports() const;
  // In http://host:port/mail/#link=...: signs the configured user in, once. Empty when others can reach this server.
  [[nodiscard]] const std::string& sign_in_link() const;
  // Whether the configured user has the configured password; it is given only to an account that is made.
  [[nodiscard]] bool has_configured_password() const;
  // Idle clients are told, a running DATA is finished within 30 s, nothing is lost. Then, if the configuration says
  // so, the whole store is checked: what is wrong comes back.
  [[nodiscard]] std::vector<std::string> stop();

 private:
  struct parts;
  explicit local_node(std::unique_ptr<parts> all);
  std::unique_ptr<parts> parts_;
};

}  // namespace stagecoach::node

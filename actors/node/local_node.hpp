// One running node of `stagecoach localserve`: who is started with what, and the reverse. Starting and stopping block;
// the thread that calls them is no actor's.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include "actors/runtime/world.hpp"
#include "config/local_config.hpp"
#include "protocols/base/result.hpp"

namespace stagecoach::node {

struct local_ports {
  std::uint16_t smtp = 0;
  std::uint16_t imap = 0;
  std::uint16_t imaps = 0;
  std::uint16_t submission = 0;   // STARTTLS
  std::uint16_t submissions = 0;  // TLS from the start
  static constexpr auto fields =
      described(field(1, "smtp", &local_ports::smtp), field(2, "imap", &local_ports::imap),
                field(3, "imaps", &local_ports::imaps), field(4, "submission", &local_ports::submission),
                field(5, "submissions", &local_ports::submissions));
  friend bool operator==(const local_ports&, const local_ports&) = default;
};

class local_node {
 public:
  // `essential_failed` is called when an actor has failed that the node cannot do without: stop it then.
  // duplicate: a port or the directory is taken; syntax: the configuration cannot work; others: disk.
  [[nodiscard]] static result<std::unique_ptr<local_node>, failure> start(const config::local_config& config,
                                                                          runtime::world outside,
                                                                          std::function<void()> essential_failed);
  ~local_node();
  [[nodiscard]] const local_ports& ports() const;
  // Idle clients are told, a running DATA is finished within 30 s, nothing is lost. Then, if the configuration says
  // so, the whole store is checked: what is wrong comes back.
  [[nodiscard]] std::vector<std::string> stop();

 private:
  struct parts;
  explicit local_node(std::unique_ptr<parts> all);
  std::unique_ptr<parts> parts_;
};

}  // namespace stagecoach::node

#include "config/local_config.hpp"

namespace stagecoach::config {

bool is_loopback(const local_config& config) { return config.ip == "::1" || config.ip.starts_with("127."); }

std::string problem_of(const local_config& config) {
  constexpr std::uint16_t highest_usual_port = 993;
  if (config.directory.empty()) return "the data directory has no name";
  if (config.port_offset > 65535 - highest_usual_port)
    return "--port-offset " + std::to_string(config.port_offset) + " leaves no ports; use at most " +
           std::to_string(65535 - highest_usual_port);
  if (!is_loopback(config) && config.password == local_config{}.password)
    return "--ip " + config.ip + " can be reached from elsewhere, and the password is the one everybody knows";
  return {};
}

}  // namespace stagecoach::config

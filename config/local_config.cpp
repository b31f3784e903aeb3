#include "config/local_config.hpp"

namespace stagecoach::config {

bool is_loopback(const local_config& config) { return config.ip == "::1" || config.ip.starts_with("127."); }

std::optional<local_account> parse_account(std::string_view text, std::string_view host_name) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0 || colon + 1 == text.size()) return std::nullopt;
  local_account account{std::string(text.substr(0, colon)), std::string(text.substr(colon + 1))};
  if (account.name.find('@') == std::string::npos) account.name += "@" + std::string(host_name);
  return account;
}

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

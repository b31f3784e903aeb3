#include "config/local_config.hpp"

#include <algorithm>
#include <cctype>

namespace stagecoach::config {

bool is_loopback(const local_config& config) { return config.ip == "::1" || config.ip.starts_with("127."); }

std::optional<local_account> parse_account(std::string_view text, std::string_view host_name) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0 || colon + 1 == text.size()) return std::nullopt;
  local_account account{std::string(text.substr(0, colon)), std::string(text.substr(colon + 1))};
  if (account.name.find('@') == std::string::npos) account.name += "@" + std::string(host_name);
  return account;
}

namespace {

// What a browser, a proxy and we read alike: no escapes, no dots that lead upwards, nothing between two slashes.
bool is_page_path(std::string_view path) {
  const auto is_plain = [](unsigned char c) { return std::isalnum(c) != 0 || c == '/' || c == '-' || c == '_'; };
  return path.size() > 2 && path.size() <= 100 && path.front() == '/' && path.back() == '/' &&
         path.find("//") == std::string_view::npos && std::all_of(path.begin(), path.end(), is_plain);
}

}  // namespace

std::string problem_of(const local_config& config) {
  constexpr std::uint16_t highest_usual_port = 993;
  if (config.directory.empty()) return "the data directory has no name";
  if (config.port_offset > 65535 - highest_usual_port)
    return "--port-offset " + std::to_string(config.port_offset) + " leaves no ports; use at most " +
           std::to_string(65535 - highest_usual_port);
  if (!is_loopback(config) && config.password == local_config{}.password)
    return "--ip " + config.ip + " can be reached from elsewhere, and the password is the one everybody knows";
  if (!is_page_path(config.mail_path))
    return "--mail-path " + config.mail_path + " is no path of letters, digits, - and _ between slashes, like /mail/";
  if (config.mail_path.starts_with("/api/") || config.mail_path.starts_with("/events/"))
    return "--mail-path " + config.mail_path + " is where the web API is";
  return {};
}

}  // namespace stagecoach::config

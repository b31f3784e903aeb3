#include "actors/edge/port_holder.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

namespace stagecoach::edge {

namespace {

constexpr std::string_view listening = "0A";  // TCP_LISTEN

std::string contents_of(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::ostringstream all;
  all << in.rdbuf();
  return all.str();
}

// The port of `0100007F:0401`.
std::optional<std::uint16_t> port_of(std::string_view address) {
  const auto colon = address.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto digits = address.substr(colon + 1);
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port, 16);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return port;
}

bool holds_any(const std::filesystem::path& process, const std::set<std::string, std::less<>>& sockets) {
  std::error_code error;
  for (const auto& one : std::filesystem::directory_iterator(process / "fd", error)) {
    const std::string target = std::filesystem::read_symlink(one.path(), error).string();
    if (target.starts_with("socket:[") && sockets.contains(target.substr(8, target.size() - 9))) return true;
  }
  return false;
}

}  // namespace

std::set<std::string, std::less<>> listening_sockets(std::string_view table, std::uint16_t port) {
  std::set<std::string, std::less<>> found;
  std::istringstream lines{std::string(table)};
  for (std::string line; std::getline(lines, line);) {
    std::istringstream fields(line);
    std::string number, local, remote, state, queues, timer, retransmits, user, timeout, inode;
    fields >> number >> local >> remote >> state >> queues >> timer >> retransmits >> user >> timeout >> inode;
    if (!inode.empty() && state == listening && port_of(local) == port) found.insert(inode);
  }
  return found;
}

std::optional<port_holder> find_port_holder(std::uint16_t port) {
  auto sockets = listening_sockets(contents_of("/proc/net/tcp"), port);
  sockets.merge(listening_sockets(contents_of("/proc/net/tcp6"), port));
  if (sockets.empty()) return std::nullopt;
  std::error_code error;
  for (const auto& one : std::filesystem::directory_iterator("/proc", error)) {
    const auto name = one.path().filename().string();
    std::int32_t pid = 0;
    if (std::from_chars(name.data(), name.data() + name.size(), pid).ptr != name.data() + name.size()) continue;
    if (!holds_any(one.path(), sockets)) continue;
    auto program = contents_of(one.path() / "comm");
    program.erase(std::remove(program.begin(), program.end(), '\n'), program.end());
    return port_holder{program, pid};
  }
  return std::nullopt;
}

}  // namespace stagecoach::edge

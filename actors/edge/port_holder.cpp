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

// Each entry of a folder of /proc; processes end meanwhile, and their folders with them.
template <class Visit>
void for_each_entry(const std::filesystem::path& folder, Visit visit) {
  std::error_code error;
  for (std::filesystem::directory_iterator at(folder, error); !error && at != std::filesystem::directory_iterator();
       at.increment(error))
    visit(at->path());
}

bool holds_any(const std::filesystem::path& process, const std::set<std::string, std::less<>>& sockets) {
  bool holds = false;
  for_each_entry(process / "fd", [&](const std::filesystem::path& one) {
    std::error_code gone;
    const std::string target = std::filesystem::read_symlink(one, gone).string();
    holds |= target.starts_with("socket:[") && sockets.contains(target.substr(8, target.size() - 9));
  });
  return holds;
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
  std::optional<port_holder> found;
  for_each_entry("/proc", [&](const std::filesystem::path& process) {
    const auto name = process.filename().string();
    std::int32_t pid = 0;
    const bool is_process =
        std::from_chars(name.data(), name.data() + name.size(), pid).ptr == name.data() + name.size();
    if (found || !is_process || !holds_any(process, sockets)) return;
    auto program = contents_of(process / "comm");
    program.erase(std::remove(program.begin(), program.end(), '\n'), program.end());
    found = port_holder{program, pid};
  });
  return found;
}

}  // namespace stagecoach::edge

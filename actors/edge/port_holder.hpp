// Which program listens on a port, as far as /proc shows it to us: for the error that says so (user-experience.md 5.2).
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace stagecoach::edge {

struct port_holder {
  std::string name;  // of the program, as the kernel knows it
  std::int32_t pid = 0;
};

// None: nobody does, or it is somebody else's process, into which only root may look.
[[nodiscard]] std::optional<port_holder> find_port_holder(std::uint16_t port);

// The sockets that listen on the port, by inode, in a table like /proc/net/tcp; lines of another form are passed over.
[[nodiscard]] std::set<std::string, std::less<>> listening_sockets(std::string_view table, std::uint16_t port);

}  // namespace stagecoach::edge

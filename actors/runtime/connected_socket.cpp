#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

#include "actors/runtime/stream.hpp"

namespace stagecoach::runtime {

namespace {

endpoint endpoint_of(const sockaddr_storage& from) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (from.ss_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(from);
    inet_ntop(AF_INET, &v4.sin_addr, text.data(), text.size());
    return {text.data(), ntohs(v4.sin_port)};
  }
  if (from.ss_family != AF_INET6) return {};
  const auto& v6 = reinterpret_cast<const sockaddr_in6&>(from);
  if (IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr)) {  // an IPv4 client of a dual-stack listener
    inet_ntop(AF_INET, v6.sin6_addr.s6_addr + 12, text.data(), text.size());
  } else {
    inet_ntop(AF_INET6, &v6.sin6_addr, text.data(), text.size());
  }
  return {text.data(), ntohs(v6.sin6_port)};
}

}  // namespace

std::string endpoint_text(const endpoint& of) {
  if (of.ip.empty()) return "unix";
  const bool is_v6 = of.ip.find(':') != std::string::npos;
  return (is_v6 ? "[" + of.ip + "]" : of.ip) + ":" + std::to_string(of.port);
}

connected_socket::~connected_socket() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

endpoint connected_socket::peer() const {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  return ::getpeername(descriptor_, reinterpret_cast<sockaddr*>(&address), &size) == 0 ? endpoint_of(address)
                                                                                       : endpoint{};
}

endpoint connected_socket::local() const {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  return ::getsockname(descriptor_, reinterpret_cast<sockaddr*>(&address), &size) == 0 ? endpoint_of(address)
                                                                                       : endpoint{};
}

}  // namespace stagecoach::runtime

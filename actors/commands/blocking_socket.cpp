#include "actors/commands/blocking_socket.hpp"

#include <sys/time.h>
#include <unistd.h>

#include <cerrno>

namespace stagecoach::commands {

blocking_socket::blocking_socket(int family, std::chrono::seconds deadline)
    : fd_(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const timeval time{deadline.count(), 0};
  if (fd_ < 0) return;
  ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof(time));
  ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof(time));
}

blocking_socket::~blocking_socket() {
  if (fd_ >= 0) ::close(fd_);
}

bool blocking_socket::connect_to(const sockaddr* where, socklen_t size) const {
  return fd_ >= 0 && ::connect(fd_, where, size) == 0;
}

bool blocking_socket::send_all(std::string_view bytes) const {
  while (!bytes.empty()) {
    const auto sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

std::string blocking_socket::receive() {
  std::string bytes(65536, '\0');
  for (;;) {
    const auto got = ::recv(fd_, bytes.data(), bytes.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    is_late_ = got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
    bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return bytes;
  }
}

}  // namespace stagecoach::commands

// A connected stream socket of a command: blocking, with a deadline for each wait. The server's sockets are others.
#pragma once

#include <sys/socket.h>

#include <chrono>
#include <string>
#include <string_view>

namespace stagecoach::commands {

class blocking_socket {
 public:
  blocking_socket(int family, std::chrono::seconds deadline);
  ~blocking_socket();
  blocking_socket(const blocking_socket&) = delete;
  blocking_socket& operator=(const blocking_socket&) = delete;

  // False: errno says why.
  [[nodiscard]] bool connect_to(const sockaddr* where, socklen_t size) const;
  [[nodiscard]] bool send_all(std::string_view bytes) const;
  // What has come. Empty: nothing will come any more, or nothing came before the deadline (`is_late`).
  [[nodiscard]] std::string receive();
  [[nodiscard]] bool is_late() const { return is_late_; }

 private:
  int fd_;
  bool is_late_ = false;
};

}  // namespace stagecoach::commands

#include "actors/commands/control_client.hpp"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace stagecoach::commands {

namespace {

constexpr int answer_deadline_s = 30;

class unix_socket {
 public:
  unix_socket() : fd_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {}
  unix_socket(const unix_socket&) = delete;
  unix_socket& operator=(const unix_socket&) = delete;
  ~unix_socket() {
    if (fd_ >= 0) ::close(fd_);
  }

  [[nodiscard]] bool connect_to(const std::filesystem::path& path) const {
    sockaddr_un where{};
    where.sun_family = AF_UNIX;
    if (fd_ < 0 || path.native().size() >= sizeof(where.sun_path)) return false;
    path.native().copy(where.sun_path, sizeof(where.sun_path) - 1);
    const timeval deadline{answer_deadline_s, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &deadline, sizeof(deadline));
    ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &deadline, sizeof(deadline));
    return ::connect(fd_, reinterpret_cast<const sockaddr*>(&where), sizeof(where)) == 0;
  }

  [[nodiscard]] bool send_all(std::string_view bytes) const {
    while (!bytes.empty()) {
      const auto sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent < 0 && errno == EINTR) continue;
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  // Up to the line end or the end of the stream.
  [[nodiscard]] std::string read_line() const {
    std::string line;
    char buffer[65536];
    while (line.size() < answer_bytes_max) {
      const auto got = ::recv(fd_, buffer, sizeof(buffer), 0);
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) return {};
      line.append(buffer, static_cast<std::size_t>(got));
      if (line.back() == '\n') {
        line.pop_back();
        return line;
      }
    }
    return {};
  }

 private:
  int fd_;
};

}  // namespace

result<std::string, refusal> ask_server(const std::filesystem::path& directory, std::string_view method,
                                        std::string_view parameters) {
  const auto path = directory / "control.sock";
  const unix_socket socket;
  if (!socket.connect_to(path))
    return refusal{exit_code::not_reachable, "no server answers at " + path.string() + ": " + std::strerror(errno),
                   "start it with `stagecoach localserve`, or name its directory with --dir"};
  const std::string question = std::string(method) + " " + std::string(parameters) + "\n";
  const std::string answer = socket.send_all(question) ? socket.read_line() : std::string();
  if (answer.starts_with("ok ")) return answer.substr(3);
  if (answer.starts_with("exists ")) return refusal{exit_code::already_there, answer.substr(7), ""};
  if (answer.starts_with("refused ")) return refusal{exit_code::failed, answer.substr(8), ""};
  return refusal{exit_code::timed_out, "the server at " + path.string() + " gave no answer", ""};
}

}  // namespace stagecoach::commands

#include "actors/commands/control_client.hpp"

#include <sys/un.h>

#include <cerrno>
#include <cstring>

#include "actors/commands/blocking_socket.hpp"

namespace stagecoach::commands {

namespace {

constexpr std::chrono::seconds answer_deadline{30};

// Up to the line end or the end of the stream.
std::string read_line(blocking_socket& from) {
  std::string line;
  while (line.size() < answer_bytes_max) {
    const auto more = from.receive();
    if (more.empty()) return {};
    line += more;
    if (line.back() == '\n') {
      line.pop_back();
      return line;
    }
  }
  return {};
}

// For people; which value of the question is wrong stands in the message.
refusal refusal_of(std::string_view json) {
  const auto why = read_json<api::refusal>(json, json_limits{answer_bytes_max, unknown_members::skip});
  if (!why) return {exit_code::failed, "the server's refusal is not understood: " + fault_text(why.error()), ""};
  const bool is_there = why->code == fault_name(fault_code::duplicate);
  return {is_there ? exit_code::already_there : exit_code::failed, why->message, ""};
}

bool connect_to(blocking_socket& socket, const std::filesystem::path& path) {
  sockaddr_un where{};
  where.sun_family = AF_UNIX;
  if (path.native().size() >= sizeof(where.sun_path)) {
    errno = ENAMETOOLONG;
    return false;
  }
  path.native().copy(where.sun_path, sizeof(where.sun_path) - 1);
  return socket.connect_to(reinterpret_cast<const sockaddr*>(&where), sizeof(where));
}

}  // namespace

result<std::string, refusal> ask_server(const std::filesystem::path& directory, std::string_view method,
                                        std::string_view parameters) {
  const auto path = directory / "control.sock";
  blocking_socket socket(AF_UNIX, answer_deadline);
  if (!connect_to(socket, path))
    return refusal{exit_code::not_reachable, "no server answers at " + path.string() + ": " + std::strerror(errno),
                   "start it with `stagecoach localserve`, or name its directory with --dir"};
  const std::string question = std::string(method) + " " + std::string(parameters) + "\n";
  const std::string answer = socket.send_all(question) ? read_line(socket) : std::string();
  if (answer.starts_with("ok ")) return answer.substr(3);
  if (answer.starts_with("refused ")) return refusal_of(std::string_view(answer).substr(8));
  return refusal{exit_code::timed_out, "the server at " + path.string() + " gave no answer", ""};
}

}  // namespace stagecoach::commands

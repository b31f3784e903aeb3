#include "actors/console/control.hpp"

#include <sys/stat.h>

#include "actors/runtime/stage.hpp"
#include "protocols/base/json_read.hpp"
#include "protocols/base/json_write.hpp"

namespace stagecoach::console {

using namespace std::chrono_literals;
using protocol = asio::local::stream_protocol;

namespace {
constexpr auto question_deadline = 60s;
}  // namespace

control::control(caf::actor_config& cfg, runtime::stage& on, runtime::io_unit& unit, std::filesystem::path path,
                 control_targets targets)
    : pinned(cfg, on, unit, "control", path.filename().string()),
      path_(std::move(path)),
      targets_(std::move(targets)),
      acceptor_(unit.context()) {
  set_down_handler([this](const caf::down_msg&) {
    if (connections_-- == control_connections_max) accept();
  });
}

control::behavior_type control::make_behavior() {
  std::error_code error;
  std::filesystem::remove(path_, error);
  acceptor_.open(protocol(), error);
  if (!error) acceptor_.bind(protocol::endpoint(path_.string()), error);
  if (!error) ::chmod(path_.c_str(), S_IRUSR | S_IWUSR);
  if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
  if (error) {
    log(runtime::log_line(runtime::log_level::error, "no_control_socket")
            .with("path", path_.string())
            .with("why", error.message()));
    quit();
  } else {
    accept();
  }
  return {[this](const messages::drain&) { quit(); }};
}

void control::on_exit() {
  std::error_code ignored;
  acceptor_.close(ignored);
  std::filesystem::remove(path_, ignored);
  targets_ = {};
}

void control::accept() {
  acceptor_.async_accept([this, self = keep()](const std::error_code& error, protocol::socket socket) {
    enter([&] {
      if (error) return;
      monitor(on().spawn_pinned<control_connection>(unit(), runtime::connected_socket(socket.release()), targets_));
      if (++connections_ < control_connections_max) accept();
    });
  });
}

control_connection::control_connection(caf::actor_config& cfg, runtime::stage& on, runtime::io_unit& unit,
                                       runtime::connected_socket from, control_targets targets)
    : connection(cfg, on, unit, "control_connection", std::move(from)), targets_(std::move(targets)) {}

control_connection::behavior_type control_connection::make_talk() {
  return {[this](const messages::drain&) { quit(); }};
}

void control_connection::begin() {
  deadline_ = remind(question_deadline, [this] { quit(); });
}

void control_connection::on_exit() {
  targets_ = {};
  connection::on_exit();
}

void control_connection::received(std::string_view bytes) {
  in_.append(bytes);
  const auto end = in_.find('\n');
  if (end != std::string::npos) {
    wire().pause();
    question(std::string_view(in_).substr(0, end));
  } else if (in_.size() > question_bytes_max) {
    refuse({std::string(fault_name(fault_code::too_long)), "the question is longer than 64 KiB", ""});
  }
}

// What the table has and nobody fulfils does not compile.
void control_connection::question(std::string_view line) {
  const auto space = line.find(' ');
  const auto name = line.substr(0, space);
  if (space == std::string_view::npos)
    return refuse(
        {std::string(fault_name(fault_code::syntax)), "a question is a method, a space and a JSON object", ""});
  bool is_known = false;
  api::for_each_method(api::control_methods, [&](const auto& one) {
    if (one.name != name) return;
    is_known = true;
    using question = typename std::remove_cvref_t<decltype(one)>::question;
    const auto read =
        read_json<question>(line.substr(space + 1), json_limits{question_bytes_max, unknown_members::refuse});
    if (read)
      fulfil(*read);
    else
      refuse({std::string(fault_name(read.error().code)), fault_text(read.error()), read.error().path});
  });
  if (!is_known)
    refuse({std::string(fault_name(fault_code::not_found)), "this server does not know the method " + std::string(name),
            ""});
}

template <class Question, class Target>
void control_connection::pass_on(const Target& to, const Question& asked) {
  ask(to, question_deadline, asked)
      .then([this](const api::control_answer_of<Question>& given) { answer("ok " + write_json(given)); },
            [this](caf::error& why) {
              const auto reason = runtime::to_failure(why);
              refuse({std::string(fault_name(reason.code)), reason.what, ""});
            });
}

void control_connection::fulfil(const messages::list_ports&) { answer("ok " + write_json(targets_.ports)); }

void control_connection::refuse(const api::refusal& why) { answer("refused " + write_json(why)); }

void control_connection::answer(std::string_view line) {
  wire().write(line);
  wire().write("\n");
  wire().end();
}

}  // namespace stagecoach::console

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
    : connection(cfg, on, unit, "control_connection", std::move(from)) {
  methods_["account.add"] = asks<messages::add_account, messages::account_added>(targets.directory);
  methods_["account.password"] = asks<messages::set_password, messages::password_set>(targets.directory);
  methods_["account.list"] = asks<messages::list_accounts, messages::account_list>(targets.directory);
  methods_["key.add"] = asks<messages::add_public_key, messages::public_key_added>(targets.directory);
  methods_["key.remove"] = asks<messages::remove_public_key, messages::public_key_removed>(targets.directory);
  methods_["key.list"] = asks<messages::list_public_keys, messages::public_key_list>(targets.directory);
  methods_["actors.list"] = asks<messages::inspect_actors, messages::actors_now>(targets.inspector);
  methods_["server.ports"] = [this, ports = std::move(targets.ports)](std::string_view parameters) {
    const auto what =
        read_json<messages::list_ports>(parameters, json_limits{question_bytes_max, unknown_members::refuse});
    answer(what ? "ok " + write_json(ports) : "refused " + fault_text(what.error()));
  };
}

control_connection::behavior_type control_connection::make_talk() {
  return {[this](const messages::drain&) { quit(); }};
}

void control_connection::begin() {
  deadline_ = remind(question_deadline, [this] { quit(); });
}

void control_connection::on_exit() {
  methods_.clear();
  connection::on_exit();
}

void control_connection::received(std::string_view bytes) {
  in_.append(bytes);
  const auto end = in_.find('\n');
  if (end != std::string::npos) {
    wire().pause();
    question(std::string_view(in_).substr(0, end));
  } else if (in_.size() > question_bytes_max) {
    answer("refused the question is longer than 64 KiB");
  }
}

void control_connection::question(std::string_view line) {
  const auto space = line.find(' ');
  const auto found = methods_.find(line.substr(0, space));
  if (space == std::string_view::npos || found == methods_.end())
    return answer("refused this server does not know the method " + std::string(line.substr(0, space)));
  found->second(line.substr(space + 1));
}

template <class Question, class Answer, class Target>
control_connection::method control_connection::asks(Target to) {
  return [this, to](std::string_view parameters) {
    auto what = read_json<Question>(parameters, json_limits{question_bytes_max, unknown_members::refuse});
    if (!what) return answer("refused " + fault_text(what.error()));
    ask(to, question_deadline, std::move(*what))
        .then([this](const Answer& given) { answer("ok " + write_json(given)); },
              [this](caf::error& why) { refuse(why); });
  };
}

void control_connection::refuse(const caf::error& why) {
  const auto what = runtime::to_failure(why);
  answer((what.code == fault_code::duplicate ? "exists " : "refused ") + what.what);
}

void control_connection::answer(std::string_view line) {
  wire().write(line);
  wire().write("\n");
  wire().end();
}

}  // namespace stagecoach::console

// `stagecoach account add|list|password`: speaks to the running server.
#include <termios.h>
#include <unistd.h>

#include <iostream>
#include <memory>

#include "actors/commands/control_client.hpp"
#include "actors/commands/report.hpp"
#include "actors/commands/table.hpp"
#include "messages/directory.hpp"

namespace stagecoach::commands {

namespace {

struct options {
  std::string directory = default_directory().string();
  std::string name;
  bool json = false;
};

// From a terminal without echo, else the first line of standard input; never from the command line, where `ps` shows
// it.
std::string read_password() {
  const bool asks = ::isatty(STDIN_FILENO) == 1;
  termios before{};
  if (asks) {
    std::cerr << "password: " << std::flush;
    ::tcgetattr(STDIN_FILENO, &before);
    termios silent = before;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(STDIN_FILENO, TCSANOW, &silent);
  }
  std::string password;
  std::getline(std::cin, password);
  if (asks) {
    ::tcsetattr(STDIN_FILENO, TCSANOW, &before);
    std::cerr << "\n";
  }
  return password;
}

exit_code tell(const refusal& why, bool json) {
  return json ? fail_json(why.code, why.what, why.hint) : fail(why.code, why.what, why.hint);
}

template <class Answer, class Question>
exit_code ask_and_print(const options& chosen, std::string_view method, const Question& question,
                        std::string_view success) {
  const auto answer = ask_server<Answer>(chosen.directory, method, question);
  if (!answer) return tell(answer.error(), chosen.json);
  if (chosen.json) {
    std::cout << "{\"ok\":true,\"result\":" << write_json(*answer) << "}\n";
  } else {
    std::cout << success << "\n";
  }
  return exit_code::good;
}

exit_code list(const options& chosen) {
  const auto answer = ask_server<messages::account_list>(chosen.directory, "account.list", messages::list_accounts{});
  if (!answer) return tell(answer.error(), chosen.json);
  if (chosen.json) {
    std::cout << "{\"ok\":true,\"result\":" << write_json(*answer) << "}\n";
  } else {
    for (const auto& one : answer->accounts) std::cout << one.name << "\n";
  }
  return exit_code::good;
}

command_line add_command(command_line& line, const std::string& name, const std::string& summary,
                         const std::shared_ptr<options>& chosen) {
  auto inner = line.add_command(name, summary);
  inner.add("--dir", chosen->directory, "the server's data directory");
  inner.add_flag("--json", chosen->json, "print JSON");
  return inner;
}

}  // namespace

void declare_account(command_line& line) {
  const auto chosen = std::make_shared<options>();
  auto add = add_command(line, "add", "add an account; the password is read from standard input", chosen);
  add.add("name", chosen->name, "login name, an address").required();
  add.runs([chosen] {
    const messages::add_account question{chosen->name, read_password()};
    return ask_and_print<messages::account_added>(*chosen, "account.add", question, "added " + chosen->name);
  });
  auto password = add_command(line, "password", "set a password, read from standard input", chosen);
  password.add("name", chosen->name, "login name").required();
  password.runs([chosen] {
    const messages::set_password question{chosen->name, read_password()};
    return ask_and_print<messages::password_set>(*chosen, "account.password", question,
                                                 "password of " + chosen->name + " set");
  });
  add_command(line, "list", "list the accounts", chosen).runs([chosen] { return list(*chosen); });
}

}  // namespace stagecoach::commands

// `stagecoach account add|list|password`: speaks to the running server. Its `key` is in account_key.cpp.
#include <termios.h>
#include <unistd.h>

#include <iostream>
#include <memory>

#include "actors/commands/server_question.hpp"
#include "actors/commands/table.hpp"
#include "messages/directory.hpp"

namespace stagecoach::commands {

namespace {

struct options : server_options {
  std::string name;
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

exit_code list(const options& chosen) {
  return ask_and_tell(chosen, messages::list_accounts{}, [](const auto& all) {
    for (const auto& one : all.accounts) std::cout << one.name << "\n";
  });
}

}  // namespace

void declare_account(command_line& line) {
  const auto chosen = std::make_shared<options>();
  auto add = add_server_command(line, "add", "add an account; the password is read from standard input", *chosen);
  add.add("name", chosen->name, "login name, an address").required();
  add.runs([chosen] {
    const messages::add_account question{chosen->name, read_password()};
    return ask_and_tell(*chosen, question, [&](const auto&) { std::cout << "added " << chosen->name << "\n"; });
  });
  auto password = add_server_command(line, "password", "set a password, read from standard input", *chosen);
  password.add("name", chosen->name, "login name").required();
  password.runs([chosen] {
    const messages::set_password question{chosen->name, read_password()};
    return ask_and_tell(*chosen, question,
                        [&](const auto&) { std::cout << "password of " << chosen->name << " set\n"; });
  });
  add_server_command(line, "list", "list the accounts", *chosen).runs([chosen] { return list(*chosen); });
  declare_account_key(line);
}

}  // namespace stagecoach::commands

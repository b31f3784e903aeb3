// What the commands that put one question to the running server have in common: --dir and --json, and how an answer or
// a refusal is told.
#pragma once

#include <iostream>
#include <string>

#include "actors/commands/command_line.hpp"
#include "actors/commands/control_client.hpp"
#include "actors/commands/report.hpp"

namespace stagecoach::commands {

struct server_options {
  std::string directory = default_directory().string();
  bool json = false;
};

// A command of `line` with both options; `chosen` lives as long as the program.
[[nodiscard]] command_line add_server_command(command_line& line, const std::string& name, const std::string& summary,
                                              server_options& chosen);

exit_code tell(const refusal& why, bool json);

// `print(answer)` for people; with --json the answer itself.
template <class Question, class Print>
exit_code ask_and_tell(const server_options& chosen, const Question& question, Print print) {
  const auto answer = ask_server(chosen.directory, question);
  if (!answer) return tell(answer.error(), chosen.json);
  if (chosen.json)
    std::cout << "{\"ok\":true,\"result\":" << write_json(*answer) << "}\n";
  else
    print(*answer);
  return exit_code::good;
}

}  // namespace stagecoach::commands

#include "actors/commands/server_question.hpp"

namespace stagecoach::commands {

command_line add_server_command(command_line& line, const std::string& name, const std::string& summary,
                                server_options& chosen) {
  auto inner = line.add_command(name, summary);
  inner.add("--dir", chosen.directory, "the server's data directory");
  inner.add_flag("--json", chosen.json, "print JSON");
  return inner;
}

exit_code tell(const refusal& why, bool json) {
  return json ? fail_json(why.code, why.what, why.hint) : fail(why.code, why.what, why.hint);
}

}  // namespace stagecoach::commands

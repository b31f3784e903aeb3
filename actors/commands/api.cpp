// `stagecoach api`: how programs and pages speak to the server.
#include <iostream>
#include <memory>

#include "actors/commands/table.hpp"
#include "messages/api/protocol.hpp"

namespace stagecoach::commands {

void declare_api(command_line& line) {
  const auto typescript = std::make_shared<bool>(false);
  line.add_flag("--typescript", *typescript, "print it as TypeScript");
  line.runs([typescript] {
    std::cout << (*typescript ? api::typescript() : api::documentation());
    return exit_code::good;
  });
}

}  // namespace stagecoach::commands

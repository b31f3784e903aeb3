// `stagecoach actors`: the live registry of the running server.
#include <iomanip>
#include <iostream>
#include <memory>

#include "actors/commands/control_client.hpp"
#include "actors/commands/report.hpp"
#include "actors/commands/table.hpp"
#include "messages/inspection.hpp"

namespace stagecoach::commands {

namespace {

struct options {
  std::string directory = default_directory().string();
  bool json = false;
};

void print_table(const messages::actors_now& list) {
  std::cout << std::left << std::setw(20) << "KIND" << std::setw(32) << "NAME" << std::right << std::setw(7) << "DEPTH"
            << std::setw(12) << "WAITED us" << std::setw(12) << "HANDLED" << std::setw(10) << "AGE s"
            << "\n";
  for (const auto& one : list.actors)
    std::cout << std::left << std::setw(20) << one.kind << std::setw(32) << one.name << std::right << std::setw(7)
              << one.depth << std::setw(12) << one.waited_us << std::setw(12) << one.handled << std::setw(10)
              << one.age_ms / 1000 << "\n";
}

exit_code show(const options& chosen) {
  const auto list = ask_server(chosen.directory, messages::inspect_actors{});
  if (!list) {
    const auto& why = list.error();
    return chosen.json ? fail_json(why.code, why.what, why.hint) : fail(why.code, why.what, why.hint);
  }
  if (chosen.json) {
    std::cout << "{\"ok\":true,\"result\":" << write_json(*list) << "}\n";
  } else {
    print_table(*list);
  }
  return exit_code::good;
}

}  // namespace

void declare_actors(command_line& line) {
  const auto chosen = std::make_shared<options>();
  line.add("--dir", chosen->directory, "the server's data directory");
  line.add_flag("--json", chosen->json, "print JSON");
  line.runs([chosen] { return show(*chosen); });
}

}  // namespace stagecoach::commands

#include "actors/commands/table.hpp"

#include <iostream>
#include <string>

namespace stagecoach::commands {

namespace {

constexpr command commands[] = {
    {"localserve", "a mail world on this machine that needs no configuration",
     "stagecoach localserve --port-offset 2000", declare_localserve},
    {"send", "hand a mail to the localserve that runs", "stagecoach send --to ada@localhost --subject hello --body hi",
     declare_send},
    {"account", "add, list and change accounts of the running server, and their keys",
     "stagecoach account add bob@localhost", declare_account},
    {"actors", "the running actors: what each does and what waits for it", "stagecoach actors --json", declare_actors},
    {"limits", "every limit that can be set: its name, its number and what it means", "stagecoach limits",
     declare_limits},
    {"api", "the methods of the web API, with their fields and an example each", "stagecoach api", declare_api},
    {"verify", "recompute every invariant of a data directory", "stagecoach verify --dir /var/lib/stagecoach",
     declare_verify},
    {"completion", "print what makes bash complete commands and options", "source <(stagecoach completion)",
     declare_completion},
    {"manual", "print the manual page", "stagecoach manual | man -l -", declare_manual},
    {"version", "print the version", "stagecoach version", declare_version},
};

std::string examples() {
  std::string text = "examples:\n";
  for (const auto& one : commands) text += "  " + std::string(one.example) + "\n";
  return text + "\nexit codes: " + std::string(exit_codes_text);
}

}  // namespace

std::span<const command> table() { return commands; }

void declare_version(command_line& line) {
  line.runs([] {
    std::cout << "stagecoach " << STAGECOACH_VERSION << "\n";
    return exit_code::good;
  });
}

int run(int count, char** words) { return run_chosen(commands, examples(), count, words); }

}  // namespace stagecoach::commands

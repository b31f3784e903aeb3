// The one table of commands: what `help` prints, what the command line accepts and what runs. A command is a row here
// and a file of its own.
#pragma once

#include <span>
#include <string_view>

namespace CLI {
class App;
}

namespace stagecoach::commands {

// Documented in `stagecoach help`; scripts depend on them (docs/operate/commands.md).
enum class exit_code : int {
  good = 0,
  failed = 1,
  wrong_usage = 2,
  configuration_invalid = 3,
  problems_found = 4,
  not_permitted = 5,
  not_reachable = 6,
  already_there = 7,  // exists already, or the port is taken
  timed_out = 8,
  partly_done = 9,
};

inline constexpr std::string_view exit_codes_text =
    "0 done, 1 failed, 2 wrong usage, 3 configuration invalid, 4 a check found problems, 5 not permitted,\n"
    "6 server not reachable, 7 already exists or port taken, 8 timed out, 9 partly done";

struct command {
  std::string_view name;
  std::string_view summary;
  std::string_view example;
  // Declares options at `app` and what to run when it was chosen; the outcome goes to `code`.
  void (*declare)(CLI::App& app, exit_code& code);
};

[[nodiscard]] std::span<const command> table();

void declare_localserve(CLI::App& app, exit_code& code);
void declare_send(CLI::App& app, exit_code& code);
void declare_verify(CLI::App& app, exit_code& code);
void declare_actors(CLI::App& app, exit_code& code);
void declare_account(CLI::App& app, exit_code& code);
void declare_completion(CLI::App& app, exit_code& code);
void declare_manual(CLI::App& app, exit_code& code);
void declare_version(CLI::App& app, exit_code& code);

// The whole program: parses, runs one command, returns what the process exits with.
[[nodiscard]] int run(int count, char** words);

}  // namespace stagecoach::commands

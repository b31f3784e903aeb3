// The one table of commands: what `help` prints, what the command line accepts and what runs. A command is a row here
// and a file of its own.
#pragma once

#include <span>

#include "actors/commands/command_line.hpp"

namespace stagecoach::commands {

[[nodiscard]] std::span<const command> table();

void declare_localserve(command_line& line);
void declare_send(command_line& line);
void declare_limits(command_line& line);
void declare_api(command_line& line);
void declare_verify(command_line& line);
void declare_actors(command_line& line);
void declare_account(command_line& line);
void declare_account_key(command_line& account);
void declare_completion(command_line& line);
void declare_manual(command_line& line);
void declare_version(command_line& line);

// The whole program: parses, runs one command, returns what the process exits with.
[[nodiscard]] int run(int count, char** words);

}  // namespace stagecoach::commands

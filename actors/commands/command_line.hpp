// What a command accepts, as the command says it. CLI11 stands behind command_line.cpp alone: its headers cost each
// file that includes them ten seconds of compiling.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "actors/commands/exit_code.hpp"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace stagecoach::commands {

// One option or word of a command, to say more about it.
class option {
 public:
  explicit option(CLI::Option& declared) : declared_(&declared) {}

  option required() const;
  option excludes(option other) const;
  option within(int least, int most) const;
  [[nodiscard]] bool is_given() const;  // to be asked while the command runs

 private:
  CLI::Option* declared_;
};

// What can be typed, for a shell and for the manual.
struct option_page {
  std::string names;               // `--dir TEXT`, as a manual shows it
  std::vector<std::string> words;  // `--dir`
  std::string summary;
};

struct command_page {
  std::string name;
  std::string summary;
  std::vector<option_page> options;
  std::vector<command_page> commands;  // of this command
};

// A command, or a command of a command.
class command_line {
 public:
  command_line(CLI::App& app, exit_code& outcome) : app_(&app), outcome_(&outcome) {}

  // Binds an option (`--name`) or a word (`name`) to a variable; what stands in it now is shown as the default. A list
  // takes one value each time it is given.
  option add(const std::string& name, std::string& value, const std::string& summary);
  option add(const std::string& name, std::uint16_t& value, const std::string& summary);
  option add(const std::string& name, std::uint32_t& value, const std::string& summary);
  option add(const std::string& name, std::vector<std::string>& values, const std::string& summary);
  option add_flag(const std::string& name, bool& value, const std::string& summary);

  // One of the commands of a command has to be chosen.
  command_line add_command(const std::string& name, const std::string& summary);

  // What happens when the command was chosen; what `action` holds lives as long as the program.
  void runs(std::function<exit_code()> action);

  // To be asked while a command runs, when all are declared.
  [[nodiscard]] command_page whole_program() const;

 private:
  CLI::App* app_;
  exit_code* outcome_;
};

// A row of the table of commands.
struct command {
  std::string_view name;
  std::string_view summary;
  std::string_view example;
  void (*declare)(command_line& line);
};

// Reads the process's words, runs the command that they choose and returns what the process exits with. `help` is a
// command of every program.
[[nodiscard]] int run_chosen(std::span<const command> table, const std::string& footer, int count, char** words);

}  // namespace stagecoach::commands

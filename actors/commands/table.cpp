#include "actors/commands/table.hpp"

#include <CLI/CLI.hpp>
#include <iostream>

#include "actors/commands/report.hpp"

namespace stagecoach::commands {

namespace {

constexpr command commands[] = {
    {"localserve", "a mail world on this machine that needs no configuration",
     "stagecoach localserve --port-offset 2000", declare_localserve},
    {"send", "hand a mail to the localserve that runs", "stagecoach send --to ada@localhost --subject hello --body hi",
     declare_send},
    {"account", "add, list and change accounts of the running server", "stagecoach account add bob@localhost",
     declare_account},
    {"actors", "the running actors: what each does and what waits for it", "stagecoach actors --json", declare_actors},
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

void declare_version(CLI::App& app, exit_code& code) {
  app.callback([&code] {
    std::cout << "stagecoach " << STAGECOACH_VERSION << "\n";
    code = exit_code::good;
  });
}

int run(int count, char** words) {
  CLI::App app("Stagecoach, a mail server: SMTP, IMAP and everything around them in one program.", "stagecoach");
  app.require_subcommand(1);
  app.footer(examples());
  exit_code code = exit_code::good;
  for (const auto& one : commands) {
    auto* sub = app.add_subcommand(std::string(one.name), std::string(one.summary));
    sub->footer("example:\n  " + std::string(one.example));
    one.declare(*sub, code);
  }
  app.add_subcommand("help", "print this help")->callback([&app] { std::cout << app.help(); });
  try {
    app.parse(count, words);
  } catch (const CLI::CallForHelp& help) {
    return app.exit(help);
  } catch (const CLI::ParseError& wrong) {
    if (wrong.get_exit_code() == 0) return app.exit(wrong);
    return static_cast<int>(fail(exit_code::wrong_usage, wrong.what(), "stagecoach help"));
  }
  return static_cast<int>(code);
}

}  // namespace stagecoach::commands

// `stagecoach completion` and `stagecoach manual`: what a shell and `man` want to know, walked off the one table, so
// that neither can be stale.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <string>
#include <vector>

#include "actors/commands/table.hpp"

namespace stagecoach::commands {

namespace {

std::vector<const CLI::App*> below(const CLI::App& app) {
  auto all = app.get_subcommands([](const CLI::App*) { return true; });
  return {all.begin(), all.end()};
}

// `visit(words, app)` for each command and each command of a command.
template <class Visit>
void for_each_command(const CLI::App& root, Visit visit) {
  for (const auto* one : below(root)) {
    visit(one->get_name(), *one);
    for (const auto* inner : below(*one)) visit(one->get_name() + " " + inner->get_name(), *inner);
  }
}

std::string options_of(const CLI::App& app) {
  std::string words;
  for (const auto* option : app.get_options([](const CLI::Option*) { return true; }))
    for (const auto& name : option->get_lnames()) words += " --" + name;
  return words;
}

std::string names_below(const CLI::App& app) {
  std::string words;
  for (const auto* one : below(app)) words += " " + one->get_name();
  return words;
}

// roff: a line that begins with a point or an apostrophe is a request, a backslash begins an escape.
std::string roff(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (out.empty() && (c == '.' || c == '\'')) out += "\\&";
    if (c == '\\')
      out += "\\e";
    else if (c == '-')
      out += "\\-";
    else
      out += c;
  }
  return out;
}

void print_completion(const CLI::App& root) {
  std::cout << "# bash completion of stagecoach; use it with: source <(stagecoach completion)\n"
            << "_stagecoach() {\n  local at=${COMP_WORDS[COMP_CWORD]} path=\"${COMP_WORDS[*]:1:COMP_CWORD-1}\"\n"
            << "  case $path in\n    '') COMPREPLY=($(compgen -W '" << names_below(root) << "' -- \"$at\")) ;;\n";
  // The longer path first: a shell takes the first pattern that fits.
  std::vector<std::string> rows;
  for_each_command(root, [&](const std::string& words, const CLI::App& app) {
    rows.push_back("    '" + words + "'*) COMPREPLY=($(compgen -W '" + names_below(app) + options_of(app) +
                   "' -- \"$at\")) ;;\n");
  });
  std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.find('\'', 5) > b.find('\'', 5); });
  for (const auto& row : rows) std::cout << row;
  std::cout << "  esac\n}\ncomplete -F _stagecoach stagecoach\n";
}

void print_manual(const CLI::App& root) {
  std::cout << ".TH STAGECOACH 1 \"\" \"stagecoach " << STAGECOACH_VERSION << "\"\n.SH NAME\nstagecoach \\- "
            << roff(root.get_description()) << "\n.SH SYNOPSIS\n.B stagecoach\n.I command\n[options]\n.SH COMMANDS\n";
  for_each_command(root, [](const std::string& words, const CLI::App& app) {
    std::cout << ".SS " << roff(words) << "\n" << roff(app.get_description()) << "\n";
    for (const auto* option : app.get_options([](const CLI::Option*) { return true; }))
      std::cout << ".TP\n.B " << roff(option->get_name(true, true)) << "\n" << roff(option->get_description()) << "\n";
  });
  std::cout << ".SH EXAMPLES\n.nf\n";
  for (const auto& one : table()) std::cout << roff(std::string(one.example)) << "\n";
  std::cout << ".fi\n.SH EXIT STATUS\n" << roff(std::string(exit_codes_text)) << "\n";
}

}  // namespace

void declare_completion(CLI::App& app, exit_code&) {
  app.callback([&app] { print_completion(*app.get_parent()); });
}

void declare_manual(CLI::App& app, exit_code&) {
  app.callback([&app] { print_manual(*app.get_parent()); });
}

}  // namespace stagecoach::commands

// `stagecoach completion` and `stagecoach manual`: what a shell and `man` want to know, walked off the one table, so
// that neither can be stale.
#include <algorithm>
#include <iostream>
#include <string>
#include <vector>

#include "actors/commands/table.hpp"

namespace stagecoach::commands {

namespace {

// `visit(words, page)` for each command, each command of a command, and so on.
template <class Visit>
void for_each_command(const command_page& below, const std::string& words, const Visit& visit) {
  for (const auto& one : below.commands) {
    visit(words + one.name, one);
    for_each_command(one, words + one.name + " ", visit);
  }
}

std::string options_of(const command_page& page) {
  std::string words;
  for (const auto& option : page.options)
    for (const auto& word : option.words) words += " " + word;
  return words;
}

std::string names_below(const command_page& page) {
  std::string words;
  for (const auto& one : page.commands) words += " " + one.name;
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

void print_completion(const command_page& root) {
  std::cout << "# bash completion of stagecoach; use it with: source <(stagecoach completion)\n"
            << "_stagecoach() {\n  local at=${COMP_WORDS[COMP_CWORD]} path=\"${COMP_WORDS[*]:1:COMP_CWORD-1}\"\n"
            << "  case $path in\n    '') COMPREPLY=($(compgen -W '" << names_below(root) << "' -- \"$at\")) ;;\n";
  // The longer path first: a shell takes the first pattern that fits.
  std::vector<std::string> rows;
  for_each_command(root, "", [&](const std::string& words, const command_page& page) {
    rows.push_back("    '" + words + "'*) COMPREPLY=($(compgen -W '" + names_below(page) + options_of(page) +
                   "' -- \"$at\")) ;;\n");
  });
  std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.find('\'', 5) > b.find('\'', 5); });
  for (const auto& row : rows) std::cout << row;
  std::cout << "  esac\n}\ncomplete -F _stagecoach stagecoach\n";
}

void print_manual(const command_page& root) {
  std::cout << ".TH STAGECOACH 1 \"\" \"stagecoach " << STAGECOACH_VERSION << "\"\n.SH NAME\nstagecoach \\- "
            << roff(root.summary) << "\n.SH SYNOPSIS\n.B stagecoach\n.I command\n[options]\n.SH COMMANDS\n";
  for_each_command(root, "", [](const std::string& words, const command_page& page) {
    std::cout << ".SS " << roff(words) << "\n" << roff(page.summary) << "\n";
    for (const auto& option : page.options)
      std::cout << ".TP\n.B " << roff(option.names) << "\n" << roff(option.summary) << "\n";
  });
  std::cout << ".SH EXAMPLES\n.nf\n";
  for (const auto& one : table()) std::cout << roff(std::string(one.example)) << "\n";
  std::cout << ".fi\n.SH EXIT STATUS\n" << roff(std::string(exit_codes_text)) << "\n";
}

}  // namespace

void declare_completion(command_line& line) {
  line.runs([line] {
    print_completion(line.whole_program());
    return exit_code::good;
  });
}

void declare_manual(command_line& line) {
  line.runs([line] {
    print_manual(line.whole_program());
    return exit_code::good;
  });
}

}  // namespace stagecoach::commands

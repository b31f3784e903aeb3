#include "actors/commands/command_line.hpp"

#include <CLI/CLI.hpp>
#include <iostream>
#include <utility>

#include "actors/commands/report.hpp"

namespace stagecoach::commands {

namespace {

bool is_any_app(const CLI::App*) { return true; }
bool is_any_option(const CLI::Option*) { return true; }

command_page page_of(const CLI::App& app) {
  command_page page{app.get_name(), app.get_description(), {}, {}};
  for (const auto* one : app.get_options(is_any_option)) {
    auto& option = page.options.emplace_back(option_page{one->get_name(true, true), {}, one->get_description()});
    for (const auto& word : one->get_lnames()) option.words.push_back("--" + word);
  }
  for (const auto* one : app.get_subcommands(is_any_app)) page.commands.push_back(page_of(*one));
  return page;
}

// An empty default says nothing.
template <class Value>
option add_shown(CLI::App& app, const std::string& name, Value& value, const std::string& summary, bool is_shown) {
  auto* declared = app.add_option(name, value, summary);
  if (is_shown) declared->capture_default_str();
  return option(*declared);
}

}  // namespace

option option::required() const {
  declared_->required();
  return *this;
}

option option::excludes(option other) const {
  declared_->excludes(other.declared_);
  return *this;
}

option option::within(int least, int most) const {
  declared_->check(CLI::Range(least, most));
  return *this;
}

bool option::is_given() const { return declared_->count() > 0; }

option command_line::add(const std::string& name, std::string& value, const std::string& summary) {
  return add_shown(*app_, name, value, summary, !value.empty());
}

option command_line::add(const std::string& name, std::uint16_t& value, const std::string& summary) {
  return add_shown(*app_, name, value, summary, true);
}

option command_line::add(const std::string& name, std::uint32_t& value, const std::string& summary) {
  return add_shown(*app_, name, value, summary, true);
}

option command_line::add(const std::string& name, std::vector<std::string>& values, const std::string& summary) {
  auto* declared = app_->add_option(name, values, summary);
  declared->allow_extra_args(false);
  return option(*declared);
}

option command_line::add_flag(const std::string& name, bool& value, const std::string& summary) {
  return option(*app_->add_flag(name, value, summary));
}

command_line command_line::add_command(const std::string& name, const std::string& summary) {
  app_->require_subcommand(1);
  return {*app_->add_subcommand(name, summary), *outcome_};
}

void command_line::runs(std::function<exit_code()> action) {
  app_->callback([action = std::move(action), outcome = outcome_] { *outcome = action(); });
}

command_page command_line::whole_program() const {
  const auto* root = app_;
  while (root->get_parent() != nullptr) root = root->get_parent();
  return page_of(*root);
}

int run_chosen(std::span<const command> table, const std::string& footer, int count, char** words) {
  CLI::App app("Stagecoach, a mail server: SMTP, IMAP and everything around them in one program.", "stagecoach");
  app.require_subcommand(1);
  app.footer(footer);
  exit_code outcome = exit_code::good;
  for (const auto& one : table) {
    auto* chosen = app.add_subcommand(std::string(one.name), std::string(one.summary));
    chosen->footer("example:\n  " + std::string(one.example));
    command_line line(*chosen, outcome);
    one.declare(line);
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
  return static_cast<int>(outcome);
}

}  // namespace stagecoach::commands

// `stagecoach verify`: every invariant of a data directory, recomputed from rows and bodies. No server runs on it
// meanwhile.
#include <iostream>
#include <memory>

#include "actors/commands/report.hpp"
#include "actors/commands/table.hpp"
#include "protocols/base/json_write.hpp"
#include "store/check/check_store.hpp"

namespace stagecoach::commands {

namespace {

struct options {
  std::string directory = default_directory().string();
  bool json = false;
};

struct verify_answer {
  bool ok = true;
  std::uint64_t accounts = 0;
  std::uint64_t messages = 0;
  std::uint64_t bodies = 0;
  std::vector<std::string> problems;
  static constexpr auto fields =
      described(field(1, "ok", &verify_answer::ok), field(2, "accounts", &verify_answer::accounts),
                field(3, "messages", &verify_answer::messages), field(4, "bodies", &verify_answer::bodies),
                field(5, "problems", &verify_answer::problems));
};

exit_code verify(const options& chosen) {
  const auto found = store::check_directory(chosen.directory);
  if (!found) {
    const bool is_held = found.error().code == fault_code::busy;
    const auto code = is_held ? exit_code::already_there : exit_code::failed;
    const std::string hint = is_held ? "stop the server that runs on it first" : "";
    return chosen.json ? fail_json(code, found.error().what, hint) : fail(code, found.error().what, hint);
  }
  if (chosen.json) {
    std::cout << write_json(verify_answer{found->problems.empty(), found->accounts, found->messages, found->bodies,
                                          found->problems})
              << "\n";
  } else {
    for (const auto& problem : found->problems) std::cout << shown(problem) << "\n";
    std::cout << found->accounts << " accounts, " << found->messages << " messages, " << found->bodies << " bodies: "
              << (found->problems.empty() ? "all is well" : std::to_string(found->problems.size()) + " problems")
              << "\n";
  }
  return found->problems.empty() ? exit_code::good : exit_code::problems_found;
}

}  // namespace

void declare_verify(command_line& line) {
  const auto chosen = std::make_shared<options>();
  line.add("--dir", chosen->directory, "the data directory");
  line.add_flag("--json", chosen->json, "print JSON");
  line.runs([chosen] { return verify(*chosen); });
}

}  // namespace stagecoach::commands

// `stagecoach verify`: every invariant of a data directory, recomputed from rows and bodies. No server runs on it
// meanwhile.
#include <chrono>
#include <iostream>
#include <memory>

#include "actors/commands/report.hpp"
#include "actors/commands/table.hpp"
#include "protocols/base/json_write.hpp"
#include "store/check/repair.hpp"

namespace stagecoach::commands {

namespace {

struct options {
  std::string directory = default_directory().string();
  bool json = false;
  bool repair = false;
  bool plan = false;
};

struct verify_answer {
  bool ok = true;
  std::uint64_t accounts = 0;
  std::uint64_t messages = 0;
  std::uint64_t bodies = 0;
  std::vector<std::string> problems;
  std::vector<std::string> steps;  // of a repair
  std::string copy;                // of the index before it
  std::vector<std::string> warnings;
  static constexpr auto fields =
      described(field(1, "ok", &verify_answer::ok), field(2, "accounts", &verify_answer::accounts),
                field(3, "messages", &verify_answer::messages), field(4, "bodies", &verify_answer::bodies),
                field(5, "problems", &verify_answer::problems), field(6, "steps", &verify_answer::steps),
                field(7, "copy", &verify_answer::copy), field(8, "warnings", &verify_answer::warnings));
};

exit_code refuse(const options& chosen, const failure& why) {
  const bool is_held = why.code == fault_code::busy;
  const auto code = is_held ? exit_code::already_there : exit_code::failed;
  const std::string hint = is_held ? "stop the server that runs on it first" : "";
  return chosen.json ? fail_json(code, why.what, hint) : fail(code, why.what, hint);
}

exit_code tell(const options& chosen, const store::repair_report& found) {
  const auto& after = found.after;
  const bool is_good = after.problems.empty();
  if (chosen.json) {
    std::cout << write_json(verify_answer{is_good, after.accounts, after.messages, after.bodies, after.problems,
                                          found.steps, found.copy, found.warnings})
              << "\n";
    return is_good ? exit_code::good : exit_code::problems_found;
  }
  for (const auto& problem : after.problems) std::cout << shown(problem) << "\n";
  std::cout << after.accounts << " accounts, " << after.messages << " messages, " << after.bodies
            << " bodies: " << (is_good ? "all is well" : std::to_string(after.problems.size()) + " problems") << "\n";
  return is_good ? exit_code::good : exit_code::problems_found;
}

unix_ms now() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return unix_ms{std::chrono::duration_cast<std::chrono::milliseconds>(since).count()};
}

exit_code repair(const options& chosen) {
  const auto announce = [&chosen](const std::string& step) {
    if (!chosen.json) std::cout << (chosen.plan ? "would " : "will ") << shown(step) << std::endl;
  };
  store::repair_order order;
  order.directory = chosen.directory;
  order.only_plan = chosen.plan;
  order.now = now();
  const auto done_it = store::repair_directory(order, announce);
  if (!done_it) return refuse(chosen, done_it.error());
  if (!chosen.json) {
    if (done_it->steps.empty()) std::cout << "there is nothing that a repair could do\n";
    for (const auto& warning : done_it->warnings) std::cout << "beware: " << shown(warning) << "\n";
    if (!done_it->copy.empty()) std::cout << "done; the index as it was before is " << shown(done_it->copy) << "\n";
  }
  return tell(chosen, *done_it);
}

exit_code verify(const options& chosen) {
  if (chosen.repair || chosen.plan) return repair(chosen);
  const auto found = store::check_directory(chosen.directory);
  if (!found) return refuse(chosen, found.error());
  const auto code = tell(chosen, {{}, {}, {}, *found});
  if (code != exit_code::good && !chosen.json)
    std::cerr << "  hint: stagecoach verify --plan --dir " << shown(chosen.directory) << "\n";
  return code;
}

}  // namespace

void declare_verify(command_line& line) {
  const auto chosen = std::make_shared<options>();
  line.add("--dir", chosen->directory, "the data directory");
  line.add_flag("--json", chosen->json, "print JSON");
  line.add_flag("--plan", chosen->plan, "say what --repair would do, and do nothing");
  line.add_flag("--repair", chosen->repair, "rebuild a damaged index, recount, and set aside what cannot be served");
  line.runs([chosen] { return verify(*chosen); });
}

}  // namespace stagecoach::commands

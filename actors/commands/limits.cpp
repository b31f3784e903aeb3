// `stagecoach limits`: every limit that can be set, what it is, and what it means.
#include <iomanip>
#include <iostream>
#include <memory>

#include "actors/commands/table.hpp"
#include "config/limits.hpp"
#include "protocols/base/json_write.hpp"

namespace stagecoach::commands {

namespace {

struct limit_entry {
  std::string name;
  std::uint32_t value = 0;       // with --limits
  std::uint32_t localserve = 0;  // without
  std::uint32_t least = 0;
  std::uint32_t most = 0;
  std::string meaning;
  std::string whose;  // number it is
  static constexpr auto fields =
      described(field(1, "name", &limit_entry::name), field(2, "value", &limit_entry::value),
                field(3, "localserve", &limit_entry::localserve), field(4, "least", &limit_entry::least),
                field(5, "most", &limit_entry::most), field(6, "meaning", &limit_entry::meaning),
                field(7, "whose", &limit_entry::whose));
};

struct limits_answer {
  bool ok = true;
  std::vector<limit_entry> result;
  static constexpr auto fields =
      described(field(1, "ok", &limits_answer::ok), field(2, "result", &limits_answer::result));
};

std::vector<limit_entry> entries() {
  const config::limit_table usual;
  const auto local = config::developer_limits();
  std::vector<limit_entry> all;
  for_each_field<config::limit_table>([&](const auto& one) {
    const auto number = [](std::uint64_t value) { return static_cast<std::uint32_t>(value); };
    all.push_back({std::string(one.name), number(usual.*one.member), number(local.*one.member), number(one.least),
                   number(one.most), std::string(one.help), std::string(one.whose)});
  });
  return all;
}

exit_code show(bool json) {
  const auto all = entries();
  if (json) {
    std::cout << write_json(limits_answer{true, all}) << "\n";
    return exit_code::good;
  }
  std::cout << std::left << std::setw(34) << "NAME" << std::right << std::setw(9) << "--limits" << std::setw(11)
            << "localserve"
            << "  MEANING\n";
  for (const auto& one : all)
    std::cout << std::left << std::setw(34) << one.name << std::right << std::setw(9) << one.value << std::setw(11)
              << one.localserve << "  " << one.meaning << "\n";
  std::cout
      << "\nAn address is one of IPv4 or a /64 of IPv6; its /26 or /48 may three times as much, its /21 or /32 nine\n"
         "times. 0 means no limit, where it is allowed. Rates are over windows that slide.\n"
         "Set one:  stagecoach localserve --limit errors=5\n";
  return exit_code::good;
}

}  // namespace

void declare_limits(command_line& line) {
  const auto json = std::make_shared<bool>(false);
  line.add_flag("--json", *json, "print JSON");
  line.runs([json] { return show(*json); });
}

}  // namespace stagecoach::commands

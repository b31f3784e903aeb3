// SEARCH under any bytes: a program that is read can be evaluated, is found again among its candidates, needs no rows
// when it says so, and says that the contents decide only when they can.
#include <cstdlib>

#include "protocols/imap/search_program.hpp"

using namespace stagecoach;
using namespace stagecoach::imap;

namespace {
void demand(bool holds) {
  if (!holds) std::abort();
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  reader in(text);
  auto program = take_search_program(in);
  if (!in.ok()) return 0;
  uid_set uids;
  for (const std::uint32_t one : {1, 2, 5, 9, 70}) uids.add(uid{one});
  const uid_map map(uids);
  uid_set saved;
  for (const std::uint32_t one : {2, 6, 70}) saved.add(uid{one});
  program.bind(map, saved);
  const auto candidates = program.candidates(map);
  std::uint32_t number = 0;
  const std::vector<truth> open(program.contents.size(), truth::unknown);
  const std::vector<truth> found(program.contents.size(), truth::yes);
  const std::vector<truth> missing(program.contents.size(), truth::no);
  uids.for_each([&](uid one) {
    ++number;
    message_facts facts;
    facts.id = one;
    const auto without_rows = program.matches(facts, number, found);
    facts.size = one.value * 10;
    facts.received = unix_ms{one.value * 86'400'000LL};
    facts.flags.bits = static_cast<std::uint16_t>(one.value);
    if (one.value % 2 == 1) facts.flags.add_keyword("work");
    const auto matches = program.matches(facts, number, found);
    demand(matches != truth::unknown);
    demand(matches == truth::no || candidates.contains(one));
    demand(program.needs_rows() || matches == without_rows);
    const auto before = program.matches(facts, number, open);
    // What is known without the contents stays so whatever they are.
    demand(before == truth::unknown || (before == matches && before == program.matches(facts, number, missing)));
  });
  uid_map empty;
  program.bind(empty, {});
  demand(program.candidates(empty).empty());
  return 0;
}

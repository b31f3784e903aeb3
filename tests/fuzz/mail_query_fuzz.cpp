// A search line under any bytes: it is read within its limits, its program can be evaluated, and what does not ask for
// flags does not depend on them.
#include <cstdlib>

#include "protocols/query/mail_query.hpp"

using namespace stagecoach;

namespace {
void demand(bool holds) {
  if (!holds) std::abort();
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view line(reinterpret_cast<const char*>(data), size);
  const auto program = query::parse_query(line, 20'000);
  if (!program) {
    demand(program.error().code == fault_code::too_long);
    return 0;
  }
  demand(size <= query::line_bytes_max && !program->steps.empty());
  const std::vector<imap::truth> open(program->contents.size(), imap::truth::unknown);
  for (const auto value : {imap::truth::yes, imap::truth::no}) {
    const std::vector<imap::truth> known(program->contents.size(), value);
    imap::message_facts facts;
    facts.id = uid{1};
    facts.size = size * 7;
    facts.received = unix_ms{20'000 * 86'400'000LL};
    const auto plain = program->matches(facts, 1, known);
    demand(plain != imap::truth::unknown);
    const auto before = program->matches(facts, 1, open);
    demand(before == imap::truth::unknown || before == plain);
    facts.flags.bits = 0x3ff;
    facts.flags.add_keyword("work");
    demand(program->looks_at_flags() || program->matches(facts, 1, known) == plain);
  }
  return 0;
}

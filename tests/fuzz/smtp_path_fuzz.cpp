// Paths: what is accepted is written so that it is read back as the same, within its limits, and without an octet that
// could mean something in a header field or a command.
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "protocols/base/utf8.hpp"
#include "protocols/smtp/address_literal.hpp"
#include "protocols/smtp/limits.hpp"
#include "protocols/smtp/parameters.hpp"
#include "protocols/smtp/path.hpp"

using namespace stagecoach;
using namespace stagecoach::smtp;

namespace {

void demand(bool holds) {
  if (!holds) std::abort();
}

void check(const address& a) {
  demand(!a.local.empty() && a.local.size() <= limits::local_part_bytes_max);
  demand(!a.domain.text.empty() && a.domain.text.size() <= limits::domain_bytes_max);
  const auto text = write_mailbox(a);
  demand(std::none_of(text.begin(), text.end(), [](char c) { return (c >= 0 && c < ' ') || c == '\x7f'; }));
  demand(valid_utf8_prefix(text) == text.size());
  const auto again = parse_mailbox(text);
  demand(again && *again == a);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  if (const auto a = parse_mailbox(input)) check(*a);
  reader reverse(input), forward(input);
  const auto from = read_reverse_path(reverse);
  if (reverse.ok() && from) check(*from);
  const auto to = read_forward_path(forward);
  if (forward.ok() && !to.domain.text.empty()) check(to);
  if (forward.ok() && from) demand(reverse.ok() && to == *from);
  if (const auto literal = canonical_literal(input)) demand(canonical_literal(*literal) == *literal);
  (void)is_greeting_name(input);
  (void)parse_mail_parameters(input, {1000, false, false});
  return 0;
}

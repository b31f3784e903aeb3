// Modified UTF-7: a spelling that is taken is the only one of its name, and every name has one.
#include <cstdlib>

#include "protocols/text/utf7_mailbox.hpp"

using namespace stagecoach;

namespace {
void demand(bool holds) {
  if (!holds) std::abort();
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto name = from_utf7_mailbox(text)) demand(to_utf7_mailbox(*name) == text);
  const auto spelled = to_utf7_mailbox(text);
  for (const char c : spelled) demand(c >= 0x20 && c < 0x7f);
  const auto shown = from_utf7_mailbox(spelled);
  const bool has_controls =
      text.find_first_of(std::string_view("\0\1\2\3\4\5\6\7\10\11\12\13\14\15\16\17\20\21\22\23\24"
                                          "\25\26\27\30\31\32\33\34\35\36\37",
                                          32)) != std::string_view::npos;
  demand(shown || has_controls);
  if (shown) demand(to_utf7_mailbox(*shown) == spelled);
  return 0;
}

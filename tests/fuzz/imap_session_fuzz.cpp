// The server core under any bytes, with an account behind it: what the client hears does not depend on how its bytes
// were cut, a core that is closed says no more, and every response is one that a strict client can take apart. The
// first octet chooses how the session begins and where the bytes are cut.
#include <cstdlib>

#include "protocols/base/utf8.hpp"
#include "tests/fuzz/lot.hpp"
#include "tests/protocols/imap/small_world.hpp"

using namespace stagecoach;
using namespace stagecoach::imap;

namespace {

void demand(bool holds) {
  if (!holds) std::abort();
}

std::size_t valid_ascii_prefix(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size() && static_cast<unsigned char>(text[at]) < 0x80) ++at;
  return at;
}

std::string play(std::string_view bytes, std::size_t piece, bool is_signed_in) {
  testing::conversation one(testing::open_options());
  if (is_signed_in) {
    one.say(testing::login);
    one.say("s SELECT INBOX\r\n");
  }
  (void)one.listen();
  for (std::size_t at = 0; at < bytes.size(); at += piece) one.say(bytes.substr(at, piece));
  const auto heard = one.listen();
  if (one.core.is_closed()) {
    one.say("z NOOP\r\n");
    demand(one.listen().empty());
    demand(!one.core.wants_input());
  }
  return heard;
}

// Lines end with CRLF, begin with `*`, `+` or a tag, and hold no controls; UTF-8 only when the client has enabled it.
void check_form(std::string_view heard) {
  if (heard.ends_with("<closed>")) heard.remove_suffix(8);
  bool goes_on = false;  // behind a literal
  bool is_utf8 = false;
  while (!heard.empty()) {
    const auto end = heard.find("\r\n");
    demand(end != std::string_view::npos);
    const auto line = heard.substr(0, end);
    for (const char c : line) demand(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
    demand(valid_utf8_prefix(line) == line.size());
    if (line.starts_with("* ENABLED ")) is_utf8 = true;  // both that can be enabled bring it
    if (valid_ascii_prefix(line) != line.size()) demand(is_utf8 && (goes_on || line.starts_with("* ")));
    heard.remove_prefix(end + 2);
    const auto literal = find_literal_head(line);
    goes_on = literal && (goes_on || line.starts_with("* "));
    if (!goes_on) continue;
    demand(literal->bytes <= heard.size());
    heard.remove_prefix(literal->bytes);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const bool is_signed_in = (data[0] & 1) != 0;
  const std::size_t piece = (data[0] >> 1) + 1;
  const auto whole = play(bytes, bytes.size() + 1, is_signed_in);
  check_form(whole);
  const fuzz::lot way({reinterpret_cast<const char*>(data), size});
  if (way.is_within(0, 0)) demand(play(bytes, piece, is_signed_in) == whole);
  return 0;
}

// The server core under any bytes: the outcome does not depend on the cut, no octet gets more replies than it may, and
// a body ends where a scanner says that knows only CRLF.CRLF and the sizes of BDAT. "|" in the input ends a turn;
// "+" at its start makes it submission, "!" behind that a server that provokes errors,
// "?" behind that one that is pedantic.
#include <algorithm>
#include <cstdlib>
#include <span>

#include "protocols/base/reader.hpp"
#include "protocols/smtp/limits.hpp"
#include "tests/fuzz/lot.hpp"
#include "tests/support/smtp_reception.hpp"

using namespace stagecoach;
using namespace stagecoach::smtp;

namespace {

struct mode {
  service kind = service::reception;
  bool provokes_errors = false;
  bool is_pedantic = false;
};

session_options options(mode how) {
  const bool is_submission = how.kind == service::submission;
  return {"mx.test", 3000, true, is_submission, how.kind, true, how.provokes_errors, how.is_pedantic};
}

void demand(bool holds) {
  if (!holds) std::abort();
}

struct outcome {
  std::string seen;
  std::vector<delivered_mail> mails;
  std::vector<address> asked;
  std::vector<std::string> sign_ins;
  friend bool operator==(const outcome&, const outcome&) = default;
};

outcome play(mode how, const turns& dialogue, const std::vector<std::size_t>& cuts) {
  reception there(options(how));
  auto seen = there.talk(dialogue, cuts, taking::each_turn);
  return {std::move(seen), there.mails(), there.asked(), there.sign_ins()};
}

std::size_t replies_in(const std::string& seen) {
  std::size_t count = 0;
  for (std::size_t at = 0; at < seen.size();) {
    if (seen[at] == '[') {  // what is no reply: [wait], [tls], [close]
      at = seen.find(']', at) + 1;
      continue;
    }
    count += seen[at + 3] == ' ' ? 1 : 0;
    at = seen.find("\r\n", at) + 2;
  }
  return count;
}

// How many octets follow a command line: those of "BDAT size" or "BDAT size LAST".
std::uint64_t octets_behind(const std::string& line) {
  if (line.size() < 8 || line.size() > limits::line_bytes_max || !equal_nocase(line.substr(0, 5), "BDAT ")) return 0;
  return std::strtoull(line.c_str() + 5, nullptr, 10);
}

// Octet by octet, with a client that reads after each.
void play_slowly(mode how, const turns& dialogue) {
  reception there(options(how));
  (void)there.take();
  bool in_body = false;
  bool in_exchange = false;  // the next line is a message of AUTH
  std::string tail;          // the last octets of the body
  std::string line;          // of a command, so far
  std::uint64_t chunk = 0;   // octets of it to come
  for (const auto& turn : dialogue) {
    for (const char c : turn) {
      if (in_body) tail = (tail + c).substr(tail.size() >= 5 ? 1 : 0);
      there.core().received({&c, 1});
      const auto seen = there.take();
      if (seen.find("[silent") != seen.npos) return;  // the client gets no reply any more
      const auto replies = replies_in(seen);
      demand(replies <= (there.core().is_closed() ? 2u : 1u));
      if (in_body) {
        const bool ends = tail == "\r\n.\r\n";
        demand(ends ? replies >= 1 : replies == 0);
        in_body = !ends;
      } else if (chunk > 0) {
        demand((replies > 0) == (--chunk == 0));
      } else if (seen.starts_with("354 ")) {
        in_body = true;
        tail = "\r\n";
        line.clear();
      } else {
        line += c;
        if (c == '\n' && !there.core().is_closed()) {
          const auto whole = std::exchange(line, {});
          chunk = in_exchange ? 0 : octets_behind(whole);
          in_exchange = seen.starts_with("334 ");
        }
      }
      if (there.core().is_closed()) return;
      demand((in_body || chunk > 0) == there.core().is_receiving_body());
    }
  }
}

// A few cuts that the input itself chooses.
std::vector<std::size_t> cuts_of(std::span<const std::uint8_t> input) {
  std::vector<std::size_t> cuts;
  std::size_t at = 0;
  for (const auto octet : input.first(std::min<std::size_t>(input.size(), 16))) {
    at += octet % 61 + 1;
    cuts.push_back(at);
  }
  return cuts;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view input(reinterpret_cast<const char*>(data), size);
  mode how;
  if (input.starts_with('+')) {
    how.kind = service::submission;
    input.remove_prefix(1);
  }
  if (input.starts_with('!')) {
    how.provokes_errors = true;
    input.remove_prefix(1);
  }
  if (input.starts_with('?')) {
    how.is_pedantic = true;
    input.remove_prefix(1);
  }
  const auto dialogue = split_turns(input);
  const auto whole = play(how, dialogue, {});
  for (const auto& one : whole.mails) demand((how.kind == service::submission) == !one.mail.signed_in_as.empty());
  const fuzz::lot way({reinterpret_cast<const char*>(data), size});
  if (way.is_within(0, 0)) play_slowly(how, dialogue);
  if (way.is_within(1, 1)) demand(play(how, dialogue, every_octet(dialogue)) == whole);
  if (way.is_within(2, 7)) demand(play(how, dialogue, cuts_of({data, size})) == whole);
  return 0;
}

#include "protocols/imap/flags.hpp"

#include <array>

#include "protocols/imap/limits.hpp"
#include "protocols/imap/tokens.hpp"

namespace stagecoach::imap {

namespace {

struct spelled_flag {
  flag value;
  std::string_view name;
};
constexpr std::array spelled = {
    spelled_flag{flag::seen, "\\Seen"},        spelled_flag{flag::answered, "\\Answered"},
    spelled_flag{flag::flagged, "\\Flagged"},  spelled_flag{flag::deleted, "\\Deleted"},
    spelled_flag{flag::draft, "\\Draft"},      spelled_flag{flag::forwarded, "$Forwarded"},
    spelled_flag{flag::junk, "$Junk"},         spelled_flag{flag::not_junk, "$NotJunk"},
    spelled_flag{flag::phishing, "$Phishing"}, spelled_flag{flag::mdn_sent, "$MDNSent"},
};

void put_word(std::string& out, std::string_view word, bool& is_first) {
  if (!is_first) out += ' ';
  is_first = false;
  out += word;
}

}  // namespace

void take_flag(reader& in, message_flags& flags) {
  const bool is_system = in.skip('\\');
  const auto name = take_atom(in);
  if (!in.ok()) return;
  for (const auto& one : spelled) {
    const bool same =
        is_system ? equal_nocase(one.name.substr(1), name) && one.name[0] == '\\' : equal_nocase(one.name, name);
    if (same) return flags.set(one.value);
  }
  if (is_system) {
    in.fail(fault_code::syntax, "no such system flag");
  } else if (name.size() > keyword_bytes_max || flags.keywords.size() >= keywords_max) {
    in.fail(fault_code::too_long, "a keyword too long, or too many of them");
  } else {
    flags.add_keyword(to_lower(name));
  }
}

message_flags take_flag_list(reader& in) {
  message_flags flags;
  in.expect('(', "a list of flags is missing");
  if (in.skip(')')) return flags;
  do take_flag(in, flags);
  while (in.skip(' '));
  in.expect(')', "a list of flags that does not end");
  return flags;
}

message_flags take_store_flags(reader& in) {
  if (in.peek() == '(') return take_flag_list(in);
  message_flags flags;
  do take_flag(in, flags);
  while (in.skip(' '));
  return flags;
}

void put_flags(std::string& out, const message_flags& flags) {
  bool is_first = true;
  for (const auto& one : spelled)
    if (flags.has(one.value)) put_word(out, one.name, is_first);
  for (const auto& keyword : flags.keywords) put_word(out, keyword, is_first);
}

void put_known_flags(std::string& out, const std::vector<std::string>& keywords) {
  out.reserve(out.size() + 128);  // of those that always are
  bool is_first = true;
  for (const auto& one : spelled) put_word(out, one.name, is_first);
  for (const auto& keyword : keywords) put_word(out, keyword, is_first);
}

}  // namespace stagecoach::imap

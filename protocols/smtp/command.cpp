#include "protocols/smtp/command.hpp"

#include <algorithm>

#include "protocols/base/reader.hpp"
#include "protocols/smtp/path.hpp"

namespace stagecoach::smtp {

namespace {

struct path_replies {
  reply syntax;
  reply too_long;
};
constexpr path_replies sender_replies{replies::bad_sender, replies::sender_too_long};
constexpr path_replies recipient_replies{replies::bad_recipient, replies::recipient_too_long};

malformed bad_path(const fault& why, const path_replies& say) {
  switch (why.code) {
    case fault_code::too_long:
      return {say.too_long};
    case fault_code::not_utf8:
      return {replies::address_not_utf8};
    default:
      return {say.syntax};
  }
}

malformed bad_parameter(const fault& why) {
  return {why.code == fault_code::unknown_field ? replies::unknown_parameter : replies::bad_parameter};
}

// "FROM:" or "TO:". Laxer than RFC 5321 3.3: spaces may follow the colon, as many devices write them; nothing else of
// the path is read leniently.
bool skip_direction(reader& in, std::string_view word) {
  if (!in.skip_nocase(word)) return in.fail(fault_code::syntax, "FROM: or TO:");
  in.take_while([](char c) { return c == ' '; });
  return true;
}

// Whether what the reader has passed over since `before` goes beyond ASCII.
bool went_beyond_ascii(std::string_view before, const reader& in) {
  const auto passed = before.substr(0, before.size() - in.rest().size());
  return std::any_of(passed.begin(), passed.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

command parse_hello(std::string_view argument, bool is_extended) {
  if (!is_greeting_name(argument)) return malformed{replies::bad_name};
  return hello{std::string(argument), is_extended};
}

command parse_mail(std::string_view argument, const offer& now) {
  reader in(argument);
  if (!skip_direction(in, "FROM:")) return malformed{replies::bad_syntax};
  mail m;
  const auto before = in.rest();
  m.from = read_reverse_path(in);
  if (!in.ok()) return bad_path(in.error(), sender_replies);
  m.needs_utf8 = went_beyond_ascii(before, in);
  m.has_parameters = !in.at_end();
  auto parameters = parse_mail_parameters(in.rest(), now);
  if (!parameters) return bad_parameter(parameters.error());
  m.parameters = *parameters;
  return m;
}

command parse_rcpt(std::string_view argument) {
  reader in(argument);
  if (!skip_direction(in, "TO:")) return malformed{replies::bad_syntax};
  const auto before = in.rest();
  rcpt r;
  r.to = read_forward_path(in);
  if (!in.ok()) return bad_path(in.error(), recipient_replies);
  r.needs_utf8 = went_beyond_ascii(before, in);
  const auto parameters = parse_rcpt_parameters(in.rest());
  if (!parameters) return bad_parameter(parameters.error());
  return r;
}

command parse_bdat(std::string_view argument) {
  reader in(argument);
  bdat b;
  b.size = in.number(UINT64_MAX, "size of a chunk");
  if (in.skip(' ')) {
    b.is_last = in.skip_nocase("LAST");
    if (!b.is_last) in.fail(fault_code::syntax, "LAST");
  }
  if (!in.at_end() || !in.ok()) return malformed{replies::bad_chunk, true};
  return b;
}

command parse_auth(std::string_view argument) {
  reader in(argument);
  auth a;
  a.mechanism = in.take_while([](char c) { return c > ' '; });
  if (a.mechanism.empty()) return malformed{replies::bad_syntax};
  if (in.skip(' ')) a.initial = in.take_while([](char c) { return c > ' '; });
  if (!in.at_end() || (a.initial && a.initial->empty())) return malformed{replies::bad_syntax};
  return a;
}

template <class Command>
command without_argument(std::string_view argument) {
  if (!argument.empty()) return malformed{replies::bad_argument};
  return Command{};
}

enum class verb { helo, ehlo, mail, rcpt, data, bdat, auth, rset, noop, quit, vrfy, help, starttls, absent, foreign };
struct verb_name {
  std::string_view name;
  verb id;
};
constexpr verb_name verbs[] = {
    {"HELO", verb::helo},       {"EHLO", verb::ehlo},       {"MAIL", verb::mail},     {"RCPT", verb::rcpt},
    {"DATA", verb::data},       {"BDAT", verb::bdat},       {"RSET", verb::rset},     {"NOOP", verb::noop},
    {"QUIT", verb::quit},       {"VRFY", verb::vrfy},       {"HELP", verb::help},     {"STARTTLS", verb::starttls},
    {"EXPN", verb::absent},     {"AUTH", verb::auth},       {"ETRN", verb::absent},   {"TURN", verb::absent},
    {"GET", verb::foreign},     {"POST", verb::foreign},    {"HEAD", verb::foreign},  {"PUT", verb::foreign},
    {"CONNECT", verb::foreign}, {"OPTIONS", verb::foreign}, {"HOST:", verb::foreign},
};

std::string_view without_trailing_spaces(std::string_view text) {  // RFC 5321 4.1.1: tolerated before the CRLF
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

}  // namespace

command parse_command(std::string_view line, const offer& now) {
  line = without_trailing_spaces(line);
  const auto name = line.substr(0, line.find(' '));
  auto argument = line.substr(name.size());
  if (!argument.empty()) argument.remove_prefix(1);
  for (const auto& one : verbs) {
    if (!equal_nocase(one.name, name)) continue;
    switch (one.id) {
      case verb::helo:
        return parse_hello(argument, false);
      case verb::ehlo:
        return parse_hello(argument, true);
      case verb::mail:
        return parse_mail(argument, now);
      case verb::rcpt:
        return parse_rcpt(argument);
      case verb::data:
        return without_argument<data>(argument);
      case verb::bdat:
        return parse_bdat(argument);
      case verb::auth:
        return parse_auth(argument);
      case verb::rset:
        return without_argument<rset>(argument);
      case verb::quit:
        return without_argument<quit>(argument);
      case verb::starttls:
        return without_argument<starttls>(argument);
      case verb::noop:
        return noop{};  // RFC 5321 4.1.1.9: an argument means nothing
      case verb::help:
        return help{};
      case verb::vrfy:
        return argument.empty() ? command(malformed{replies::bad_syntax}) : command(vrfy{});
      case verb::absent:
        return not_implemented{};
      case verb::foreign:
        return foreign{};
    }
  }
  return unknown{};
}

}  // namespace stagecoach::smtp

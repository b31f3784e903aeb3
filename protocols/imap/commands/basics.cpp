// CAPABILITY, NOOP, CHECK, LOGOUT and STARTTLS (RFC 3501 6.1, 6.2.1, 6.4.1), ID (RFC 2971), ENABLE (RFC 5161) and
// NAMESPACE (RFC 2342).
#include "protocols/imap/capability.hpp"
#include "protocols/imap/commands/commands.hpp"
#include "protocols/imap/limits.hpp"

namespace stagecoach::imap {

parsed_command parse_capability(reader& in) {
  return whole_command(in, make_simple([](session_state& session) -> step {
                         session.out.line("* CAPABILITY " + capabilities(session));
                         return finished{status::ok, "", "That is what works here"};
                       }));
}

// What has happened was asked for before: command_table.cpp.
parsed_command parse_noop(reader& in) {
  return whole_command(in, make_simple([](session_state&) -> step { return finished{status::ok, "", "Done"}; }));
}

// Every answer here comes after its commit, so there is nothing to check.
parsed_command parse_check(reader& in) {
  return whole_command(in, make_simple([](session_state&) -> step { return finished{status::ok, "", "Checked"}; }));
}

parsed_command parse_id(reader& in) {
  expect_space(in);
  if (!in.skip_nocase("NIL")) {
    in.expect('(', "a list of name and value is missing");
    std::size_t pairs = 0;
    while (in.ok() && !in.skip(')')) {
      if (pairs > 0) expect_space(in);
      (void)take_string(in);
      expect_space(in);
      (void)take_nstring(in);
      if (++pairs > id_pairs_max) in.fail(fault_code::too_long, "too many names");  // RFC 2971 3.3, IM14
    }
  }
  return whole_command(in, make_simple([](session_state& session) -> step {
                         session.out.line("* ID (\"name\" \"Stagecoach\" \"version\" \"" STAGECOACH_VERSION "\")");
                         return finished{status::ok, "", "Pleased to meet you"};
                       }));
}

// What is not known, or needs no enabling, is passed over (RFC 5161 3.1); told is what is new.
parsed_command parse_enable(reader& in) {
  bool wants_utf8 = false;
  bool wants_rev2 = false;
  std::size_t names = 0;
  do {
    expect_space(in);
    const auto name = take_atom(in);
    wants_utf8 |= equal_nocase(name, "UTF8=ACCEPT");
    wants_rev2 |= equal_nocase(name, "IMAP4rev2");
    if (++names > enable_names_max) in.fail(fault_code::too_long, "too many names");
  } while (in.ok() && in.peek() == ' ');
  return whole_command(in, make_simple([=](session_state& session) -> step {
                         std::string line = "* ENABLED";
                         if (wants_rev2 && !session.is_rev2) line += " IMAP4rev2";
                         if (wants_utf8 && !session.accepts_utf8) line += " UTF8=ACCEPT";
                         session.is_rev2 |= wants_rev2;
                         session.accepts_utf8 |= wants_utf8;
                         session.out.line(line);
                         return finished{status::ok, "", "Enabled"};
                       }));
}

// One namespace, the person's own.
parsed_command parse_namespace(reader& in) {
  return whole_command(in, make_simple([](session_state& session) -> step {
                         session.out.line("* NAMESPACE ((\"\" \"/\")) NIL NIL");
                         return finished{status::ok, "", "That is where mailboxes are"};
                       }));
}

parsed_command parse_logout(reader& in) {
  return whole_command(in, make_simple([](session_state& session) -> step {
                         session.out.line("* BYE Good bye");
                         return finished{status::ok, "", "Logged out", afterwards::hang_up};
                       }));
}

parsed_command parse_starttls(reader& in) {
  return whole_command(in, make_simple([](session_state& session) -> step {
                         if (!may_start_tls(session)) return finished{status::bad, "", "TLS cannot be started here"};
                         // TL07: commands sent ahead of TLS are somebody else's.
                         if (session.has_input_behind)
                           return finished{status::bad, "", "Nothing may follow STARTTLS", afterwards::hang_up};
                         return finished{status::ok, "", "Begin TLS now", afterwards::start_tls};
                       }));
}

}  // namespace stagecoach::imap

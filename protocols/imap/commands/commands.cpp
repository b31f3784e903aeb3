#include "protocols/imap/commands/commands.hpp"

#include "protocols/imap/response_writer.hpp"

namespace stagecoach::imap {

parsed_command whole_command(reader& in, command_ptr what) {
  expect_end(in);
  if (!in.ok()) return in.error();
  return parsed_command(std::move(what));
}

std::optional<finished> spell_stored(const session_state& session, std::string& name) {
  auto stored = to_stored_name(name, session.spelling());
  if (!stored) return finished{status::no, "CANNOT", std::string(stored.error().what)};
  name = std::move(*stored);
  return std::nullopt;
}

void announce_name(session_state& session, std::string_view stored, std::string_view written) {
  std::string line = "* LIST () \"/\" ";
  put_mailbox(line, stored, session.spelling());
  if (written != stored && !equal_nocase(written, stored)) {
    line += " (\"OLDNAME\" (";
    put_utf8_astring(line, written);
    line += "))";
  }
  session.out.line(line);
}

std::optional<uid_set> named_messages(const selected_mailbox& mailbox, const sequence_set& set, naming how) {
  if (set.is_saved) return mailbox.map.all().intersection(mailbox.saved);
  if (how == naming::by_uid) return mailbox.map.by_uid(set);
  return mailbox.map.by_number(set);
}

finished no_such_number() { return {status::bad, "", "There is no message of this number"}; }

}  // namespace stagecoach::imap

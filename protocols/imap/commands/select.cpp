// SELECT, EXAMINE, UNSELECT and CLOSE (RFC 3501 6.3.1, 6.3.2, 6.4.2; RFC 3691), and what RFC 9051 6.3.2 changes of them
// for clients that have enabled IMAP4rev2.
#include "protocols/imap/commands/commands.hpp"
#include "protocols/imap/flags.hpp"

namespace stagecoach::imap {

namespace {

class select_command final : public command {
 public:
  select_command(std::string name, bool is_read_only) : name_(std::move(name)), is_read_only_(is_read_only) {}

  step start(session_state& session) override {
    if (session.selected && session.is_rev2) session.out.line("* OK [CLOSED] What was selected is left");
    session.leave_selected();
    written_ = name_;
    if (auto no = spell_stored(session, name_)) return *no;
    session.out.put(need_mailbox{name_});
    return waiting{};
  }

  step answered(session_state& session, answer&& what) override {
    if (const auto* no = std::get_if<refused>(&what)) return refusal(no->code);
    const auto& opened = std::get<mailbox_opened>(what);
    session.selected = selected_mailbox{name_, is_read_only_, uid_map(opened.uids), {}, opened.facts.keywords, {}};
    describe(session, opened);
    if (is_read_only_) return finished{status::ok, "READ-ONLY", "Opened to read"};
    return finished{status::ok, "READ-WRITE", "Opened"};
  }

 private:
  void describe(session_state& session, const mailbox_opened& opened) const {
    const auto& mailbox = *session.selected;
    std::string flags;
    put_known_flags(flags, mailbox.keywords);
    session.out.text("* FLAGS (");
    session.out.text(flags);
    session.out.line(")");
    std::string permanent;
    if (!is_read_only_) {
      put_known_flags(permanent, {});
      permanent += " \\*";  // mail-server-behaviour row 51
    }
    session.out.text("* OK [PERMANENTFLAGS (");
    session.out.text(permanent);
    session.out.line(")] These are kept");
    session.out.line("* " + std::to_string(mailbox.map.size()) + " EXISTS");
    if (!session.is_rev2) describe_unseen(session, opened.first_unseen);
    session.out.line("* OK [UIDVALIDITY " + std::to_string(opened.facts.validity.value) + "] UIDs hold");
    session.out.line("* OK [UIDNEXT " + std::to_string(opened.facts.next_uid.value) + "] The next one");
    if (session.is_rev2) announce_name(session, name_, written_);
  }

  // Only in RFC 3501.
  static void describe_unseen(session_state& session, uid first) {
    session.out.line("* 0 RECENT");
    if (const auto unseen = session.selected->map.number_of(first); unseen != 0)
      session.out.line("* OK [UNSEEN " + std::to_string(unseen) + "] The first that is not seen");
  }

  std::string name_;
  std::string written_;  // by the client
  bool is_read_only_;
};

// RFC 3501 6.4.2: what has \Deleted is removed, and nothing of it is told.
class close_command final : public command {
 public:
  step start(session_state& session) override {
    if (session.selected->is_read_only) return leave(session);
    session.out.put(need_expunged{std::nullopt});
    return waiting{};
  }
  step answered(session_state& session, answer&& what) override {
    if (const auto* no = std::get_if<refused>(&what)) return refusal(no->code);
    return leave(session);
  }

 private:
  static step leave(session_state& session) {
    session.leave_selected();
    return finished{status::ok, "", "Closed"};
  }
};

parsed_command parse(reader& in, bool is_read_only) {
  expect_space(in);
  auto name = take_astring(in);
  return whole_command(in, std::make_unique<select_command>(std::move(name), is_read_only));
}

}  // namespace

parsed_command parse_select(reader& in) { return parse(in, false); }
parsed_command parse_examine(reader& in) { return parse(in, true); }

parsed_command parse_unselect(reader& in) {
  return whole_command(in, make_simple([](session_state& session) -> step {
                         session.leave_selected();
                         return finished{status::ok, "", "Left"};
                       }));
}

parsed_command parse_close(reader& in) { return whole_command(in, std::make_unique<close_command>()); }

}  // namespace stagecoach::imap

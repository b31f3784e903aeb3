// COPY, MOVE and their UID forms (RFC 3501 6.4.7; RFC 6851), with COPYUID (RFC 4315 3).
#include "protocols/imap/commands/commands.hpp"

namespace stagecoach::imap {

namespace {

class copy_command final : public command {
 public:
  copy_command(sequence_set set, std::string to, naming how, bool is_move)
      : set_(std::move(set)), to_(std::move(to)), how_(how), is_move_(is_move) {}

  step start(session_state& session) override {
    const auto& mailbox = *session.selected;
    if (is_move_ && mailbox.is_read_only) return finished{status::no, "READ-ONLY", "This mailbox is open to read"};
    if (auto no = spell_stored(session, to_)) return *no;
    auto named = named_messages(mailbox, set_, how_);
    if (!named) return no_such_number();
    if (named->empty()) return finished{status::ok, "", "There was nothing to do"};
    session.out.put(need_copied{std::move(*named), to_, is_move_});
    return waiting{};
  }

  step answered(session_state& session, answer&& what) override {
    if (const auto* no = std::get_if<refused>(&what)) {
      if (no->code != fault_code::not_found) return refusal(no->code);
      return finished{status::no, "TRYCREATE", "There is no such mailbox; nothing was copied"};
    }
    if (const auto* done = std::get_if<copied>(&what)) {
      on_copied(session, *done);
      // RFC 3501 6.4.7 into this very mailbox: its new messages are told before the tagged response.
      if (to_ == session.selected->name) {
        session.out.put(need_changes{});
        return waiting{};
      }
    }
    return finished{status::ok, code_, is_move_ ? "Moved" : "Copied"};
  }

 private:
  void on_copied(session_state& session, const copied& done) {
    if (done.from.empty()) return;
    const auto code = "COPYUID " + std::to_string(done.validity.value) + ' ' + write_uids_in_order(done.from) + ' ' +
                      write_uids_in_order(done.to);
    if (!is_move_) {
      code_ = code;
      return;
    }
    // RFC 6851 4.3: of a MOVE the client learns the new UIDs before the old ones go.
    session.out.line("* OK [" + code + "] Moved");
    uid_set gone;
    for (const uid one : done.from) gone.add(one);
    session.selected->pending.expunged(gone);
  }

  sequence_set set_;
  std::string to_;
  naming how_;
  bool is_move_;
  std::string code_;
};

parsed_command parse(reader& in, naming how, bool is_move) {
  expect_space(in);
  auto set = take_sequence_set(in);
  expect_space(in);
  auto to = take_astring(in);
  return whole_command(in, std::make_unique<copy_command>(std::move(set), std::move(to), how, is_move));
}

}  // namespace

parsed_command parse_copy(reader& in) { return parse(in, naming::by_number, false); }
parsed_command parse_uid_copy(reader& in) { return parse(in, naming::by_uid, false); }
parsed_command parse_move(reader& in) { return parse(in, naming::by_number, true); }
parsed_command parse_uid_move(reader& in) { return parse(in, naming::by_uid, true); }

}  // namespace stagecoach::imap

// EXPUNGE and UID EXPUNGE (RFC 3501 6.4.3; RFC 4315 2.1). The numbers are told with the rest that is pending.
#include "protocols/imap/commands/commands.hpp"

namespace stagecoach::imap {

namespace {

class expunge_command final : public command {
 public:
  explicit expunge_command(std::optional<sequence_set> named) : named_(std::move(named)) {}

  step start(session_state& session) override {
    if (session.selected->is_read_only) return finished{status::no, "READ-ONLY", "This mailbox is open to read"};
    need_expunged need;
    if (named_) {
      need.uids = named_messages(*session.selected, *named_, naming::by_uid);
      if (need.uids->empty()) return done();
    }
    session.out.put(std::move(need));
    return waiting{};
  }

  step answered(session_state& session, answer&& what) override {
    if (const auto* no = std::get_if<refused>(&what)) return refusal(no->code);
    session.selected->pending.expunged(std::get<messages_expunged>(what).uids);
    return done();
  }

 private:
  static finished done() { return {status::ok, "", "Expunged"}; }

  std::optional<sequence_set> named_;  // UID EXPUNGE
};

}  // namespace

parsed_command parse_expunge(reader& in) { return whole_command(in, std::make_unique<expunge_command>(std::nullopt)); }

parsed_command parse_uid_expunge(reader& in) {
  expect_space(in);
  auto set = take_sequence_set(in);
  return whole_command(in, std::make_unique<expunge_command>(std::move(set)));
}

}  // namespace stagecoach::imap

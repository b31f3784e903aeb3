// STORE and UID STORE (RFC 3501 6.4.6).
#include "protocols/imap/commands/commands.hpp"
#include "protocols/imap/flags.hpp"

namespace stagecoach::imap {

namespace {

struct store_arguments {
  sequence_set set;
  flag_delta delta;
  bool is_silent = false;
  naming how = naming::by_number;
};

class store final : public command {
 public:
  explicit store(store_arguments what) : what_(std::move(what)) {}

  step start(session_state& session) override {
    auto& mailbox = *session.selected;
    if (mailbox.is_read_only) return finished{status::no, "READ-ONLY", "This mailbox is open to read"};
    auto named = named_messages(mailbox, what_.set, what_.how);
    if (!named) return no_such_number();
    asked_ = named->size();
    if (asked_ == 0) return finished{status::ok, "", "There was nothing to change"};
    session.out.put(need_flags_set{std::move(*named), what_.delta});
    return waiting{};
  }

  step answered(session_state& session, answer&& what) override {
    if (const auto* no = std::get_if<refused>(&what)) return refusal(no->code);
    if (auto* done = std::get_if<flags_set>(&what)) {
      changed_ = std::move(done->messages);
      // What others did to these before is known by their flags now, and told even to who wants to hear nothing (RFC
      // 9051 6.4.6).
      for (const auto& one : changed_) {
        if (what_.is_silent)
          session.selected->pending.renew_flags(one.id, one.flags);
        else
          session.selected->pending.forget_flags(one.id);
      }
    }
    return tell(session);
  }

 private:
  step tell(session_state& session) {
    auto& mailbox = *session.selected;
    for (; at_ < changed_.size(); ++at_) {
      if (session.out.is_full()) {
        session.out.put(need_drained{});
        return waiting{};
      }
      std::string line;
      put_new_keywords(line, changed_[at_].flags, mailbox.keywords);
      if (!what_.is_silent) put_flags_of(line, changed_[at_], mailbox);
      session.out.text(line);
    }
    if (changed_.size() < asked_) return finished{status::ok, "EXPUNGEISSUED", "Some of these are gone"};
    return finished{status::ok, "", "Stored"};
  }

  void put_flags_of(std::string& line, const message_facts& one, const selected_mailbox& mailbox) const {
    const auto number = mailbox.map.number_of(one.id);
    if (number == 0) return;
    line += "* " + std::to_string(number) + " FETCH (";
    if (what_.how == naming::by_uid) line += "UID " + std::to_string(one.id.value) + ' ';
    line += "FLAGS (";
    put_flags(line, one.flags);
    line += "))\r\n";
  }

  store_arguments what_;
  std::uint64_t asked_ = 0;
  std::vector<message_facts> changed_;
  std::size_t at_ = 0;  // the first that is not told
};

parsed_command parse(reader& in, naming how) {
  store_arguments what;
  what.how = how;
  expect_space(in);
  what.set = take_sequence_set(in);
  expect_space(in);
  what.delta.change = in.skip('+') ? flag_change::add : in.skip('-') ? flag_change::remove : flag_change::replace;
  if (!in.skip_nocase("FLAGS")) in.fail(fault_code::syntax, "FLAGS is all that can be stored");
  what.is_silent = in.skip_nocase(".SILENT");
  expect_space(in);
  what.delta.flags = take_store_flags(in);
  return whole_command(in, std::make_unique<store>(std::move(what)));
}

}  // namespace

parsed_command parse_store(reader& in) { return parse(in, naming::by_number); }
parsed_command parse_uid_store(reader& in) { return parse(in, naming::by_uid); }

}  // namespace stagecoach::imap

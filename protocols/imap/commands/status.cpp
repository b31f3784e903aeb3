// STATUS (RFC 3501 6.3.10).
#include "protocols/imap/status_items.hpp"

#include "protocols/imap/commands/commands.hpp"

namespace stagecoach::imap {

namespace {

class status_command final : public command {
 public:
  status_command(std::string name, status_items wanted) : name_(std::move(name)), wanted_(std::move(wanted)) {}

  step start(session_state& session) override {
    if (auto no = spell_stored(session, name_)) return *no;
    session.out.put(need_mailboxes{name_});
    return waiting{};
  }

  step answered(session_state& session, answer&& what) override {
    if (const auto* no = std::get_if<refused>(&what)) return refusal(no->code);
    for (const auto& one : std::get<mailbox_list>(what).all) put_status(session, one, wanted_);
    return finished{status::ok, "", "That is how it is"};
  }

 private:
  std::string name_;
  status_items wanted_;
};

}  // namespace

parsed_command parse_status(reader& in) {
  expect_space(in);
  auto name = take_astring(in);
  expect_space(in);
  auto wanted = take_status_items(in);
  return whole_command(in, std::make_unique<status_command>(std::move(name), std::move(wanted)));
}

}  // namespace stagecoach::imap

// STATUS (RFC 3501 6.3.10).
#include <algorithm>
#include <array>

#include "protocols/imap/commands/commands.hpp"
#include "protocols/imap/mailbox_name.hpp"

namespace stagecoach::imap {

namespace {

struct status_item {
  std::string_view name;
  std::uint32_t (*value)(const mailbox_facts& facts);
};
constexpr std::array items = {
    status_item{"MESSAGES", [](const mailbox_facts& facts) { return facts.messages; }},
    // \Recent is kept for nobody, as in RFC 9051.
    status_item{"RECENT", [](const mailbox_facts&) { return std::uint32_t{0}; }},
    status_item{"UIDNEXT", [](const mailbox_facts& facts) { return facts.next_uid.value; }},
    status_item{"UIDVALIDITY", [](const mailbox_facts& facts) { return facts.validity.value; }},
    status_item{"UNSEEN", [](const mailbox_facts& facts) { return facts.unseen; }},
};

class status_command final : public command {
 public:
  status_command(std::string name, std::vector<const status_item*> wanted)
      : name_(std::move(name)), wanted_(std::move(wanted)) {}

  step start(session_state& session) override {
    session.out.put(need_mailboxes{});
    return waiting{};
  }

  step answered(session_state& session, answer&& what) override {
    if (const auto* no = std::get_if<refused>(&what)) return refusal(no->code);
    const auto& all = std::get<mailbox_list>(what).all;
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const mailbox_facts& one) { return one.name == name_; });
    if (found == all.end()) return refusal(fault_code::not_found);
    std::string line = "* STATUS ";
    put_mailbox(line, name_);
    line += " (";
    for (const auto* one : wanted_) {
      if (one != wanted_.front()) line += ' ';
      line += one->name;
      line += ' ' + std::to_string(one->value(*found));
    }
    session.out.line(line + ")");
    return finished{status::ok, "", "That is how it is"};
  }

 private:
  std::string name_;
  std::vector<const status_item*> wanted_;
};

const status_item* take_item(reader& in) {
  const auto name = take_atom(in);
  const auto* found =
      std::find_if(items.begin(), items.end(), [&](const status_item& one) { return equal_nocase(one.name, name); });
  if (found != items.end()) return found;
  in.fail(fault_code::syntax, "no such status item");
  return nullptr;
}

}  // namespace

parsed_command parse_status(reader& in) {
  expect_space(in);
  auto name = take_mailbox(in);
  expect_space(in);
  in.expect('(', "a list of items is missing");
  std::vector<const status_item*> wanted;
  do {
    const auto* one = take_item(in);
    if (one != nullptr && std::find(wanted.begin(), wanted.end(), one) == wanted.end()) wanted.push_back(one);
  } while (in.ok() && in.skip(' '));
  in.expect(')', "a list of items that does not end");
  return whole_command(in, std::make_unique<status_command>(std::move(name), std::move(wanted)));
}

}  // namespace stagecoach::imap

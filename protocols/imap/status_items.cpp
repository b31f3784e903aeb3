#include "protocols/imap/status_items.hpp"

#include <algorithm>
#include <array>

#include "protocols/imap/tokens.hpp"

namespace stagecoach::imap {

struct status_item {
  std::string_view name;
  std::uint64_t (*value)(const session_state& session, const mailbox_facts& facts);
};

namespace {

using state = session_state;
using facts = mailbox_facts;

constexpr std::array items = {
    status_item{"MESSAGES", [](const state&, const facts& box) -> std::uint64_t { return box.messages; }},
    // \Recent is kept for nobody, as in RFC 9051.
    status_item{"RECENT", [](const state&, const facts&) -> std::uint64_t { return 0; }},
    status_item{"UIDNEXT", [](const state&, const facts& box) -> std::uint64_t { return box.next_uid.value; }},
    status_item{"UIDVALIDITY", [](const state&, const facts& box) -> std::uint64_t { return box.validity.value; }},
    status_item{"UNSEEN", [](const state&, const facts& box) -> std::uint64_t { return box.unseen; }},
    status_item{"DELETED", [](const state&, const facts& box) -> std::uint64_t { return box.deleted; }},
    status_item{"SIZE", [](const state&, const facts& box) -> std::uint64_t { return box.size; }},
    status_item{"APPENDLIMIT",
                [](const state& of, const facts&) -> std::uint64_t { return of.options.append_bytes_max; }},
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

status_items take_status_items(reader& in) {
  status_items wanted;
  in.expect('(', "a list of items is missing");
  do {
    const auto* one = take_item(in);
    if (one != nullptr && std::find(wanted.begin(), wanted.end(), one) == wanted.end()) wanted.push_back(one);
  } while (in.ok() && in.skip(' '));
  in.expect(')', "a list of items that does not end");
  return wanted;
}

void put_status(session_state& session, const mailbox_facts& facts, const status_items& wanted) {
  std::string line = "* STATUS ";
  put_mailbox(line, facts.name, session.spelling());
  line += " (";
  for (const auto* one : wanted) {
    if (one != wanted.front()) line += ' ';
    line += one->name;
    line += ' ' + std::to_string(one->value(session, facts));
  }
  session.out.line(line + ")");
}

}  // namespace stagecoach::imap

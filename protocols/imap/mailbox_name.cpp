#include "protocols/imap/mailbox_name.hpp"

#include "protocols/imap/limits.hpp"
#include "protocols/imap/response_writer.hpp"
#include "protocols/imap/tokens.hpp"
#include "protocols/text/utf7_mailbox.hpp"

namespace stagecoach::imap {

namespace {
bool has_inbox_first(std::string_view name) {
  const auto first = name.substr(0, name.find('/'));
  return equal_nocase(first, stored_inbox);
}
}  // namespace

std::string take_mailbox(reader& in) {
  const auto text = take_astring(in);
  if (!in.ok()) return {};
  auto name = from_utf7_mailbox(text);
  if (!name || name->empty() || name->size() > mailbox_name_bytes_max) {
    in.fail(fault_code::not_utf8, "not a mailbox name");
    return {};
  }
  return to_stored_name(*name);
}

std::string to_stored_name(std::string_view name) {
  if (!has_inbox_first(name)) return std::string(name);
  return std::string(stored_inbox) + std::string(name.substr(stored_inbox.size()));
}

void put_mailbox(std::string& out, std::string_view stored) {
  if (has_inbox_first(stored)) {
    put_astring(out, "INBOX" + to_utf7_mailbox(stored.substr(stored_inbox.size())));
  } else {
    put_astring(out, to_utf7_mailbox(stored));
  }
}

}  // namespace stagecoach::imap

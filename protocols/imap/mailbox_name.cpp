#include "protocols/imap/mailbox_name.hpp"

#include "protocols/base/utf8.hpp"
#include "protocols/imap/limits.hpp"
#include "protocols/imap/response_writer.hpp"
#include "protocols/imap/tokens.hpp"
#include "protocols/text/normal_form.hpp"
#include "protocols/text/utf7_mailbox.hpp"

namespace stagecoach::imap {

namespace {

constexpr fault no_name{fault_code::not_utf8, 0, "not a mailbox name"};

bool has_inbox_first(std::string_view name) {
  const auto first = name.substr(0, name.find('/'));
  return equal_nocase(first, stored_inbox);
}

}  // namespace

result<std::string> to_stored_pattern(std::string_view written, name_spelling how) {
  if (how == name_spelling::utf8) {
    if (valid_utf8_prefix(written) != written.size()) return no_name;
    return to_nfc(written);
  }
  const auto name = from_utf7_mailbox(written);
  if (!name) return no_name;
  return to_nfc(*name);
}

result<std::string> to_stored_name(std::string_view written, name_spelling how) {
  auto name = to_stored_pattern(written, how);
  if (!name || name->empty() || name->size() > mailbox_name_bytes_max) return no_name;
  if (!has_inbox_first(*name)) return name;
  return std::string(stored_inbox) + name->substr(stored_inbox.size());
}

void put_mailbox(std::string& out, std::string_view stored, name_spelling how) {
  std::string shown(stored);
  if (has_inbox_first(stored)) shown.replace(0, stored_inbox.size(), "INBOX");
  if (how == name_spelling::utf8) return put_utf8_astring(out, shown);
  put_astring(out, to_utf7_mailbox(shown));
}

}  // namespace stagecoach::imap

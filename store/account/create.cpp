#include "store/account/create.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "protocols/base/check.hpp"
#include "protocols/base/record.hpp"
#include "store/keys.hpp"
#include "store/rows_mail.hpp"

namespace stagecoach::store {

namespace {

struct first_mailbox {
  std::string_view name;
  std::string_view special_use;  // RFC 6154
};
constexpr std::array<first_mailbox, 6> first_mailboxes = {{{"Inbox", ""},
                                                           {"Drafts", "\\Drafts"},
                                                           {"Sent", "\\Sent"},
                                                           {"Archive", "\\Archive"},
                                                           {"Junk", "\\Junk"},
                                                           {"Trash", "\\Trash"}}};

// RFC 9051 2.3.1.1: UIDVALIDITY grows when a mailbox is made anew. Half the seconds leave room for many mailboxes
// between an account and its successor of the same name; 32 bits last until 2242. Zero is not a validity.
uid_validity first_validity(unix_ms created) {
  const std::int64_t half_seconds = std::clamp<std::int64_t>(created.value / 2000, 1, UINT32_MAX / 2);
  return uid_validity{static_cast<std::uint32_t>(half_seconds)};
}

}  // namespace

messages::commit create_account(const new_account& wanted) {
  CHECK(wanted.account.value != 0);
  messages::commit commit;
  commit.trace = wanted.trace;
  commit.generation = wanted.generation;

  account_row account;
  account.name = wanted.name;
  account.created = wanted.created;
  account.quota_bytes = wanted.quota_bytes;
  account.next_validity = first_validity(wanted.created);
  account.highest = account.highest.next();  // row 37: the first modseq handed out is 2
  for (const auto& first : first_mailboxes) {
    mailbox_row row;
    row.name = first.name;
    row.special_use = first.special_use;
    row.validity = account.next_validity;
    row.created = account.highest;
    row.changed = account.highest;
    account.last_mailbox = account.last_mailbox.next();
    account.next_validity = account.next_validity.next();
    commit.rows.push_back({mailbox_key(wanted.account, account.last_mailbox), write_record(row)});
    commit.rows.push_back({subscription_key(wanted.account, row.name), write_record(subscription_row{row.created})});
  }
  commit.rows.push_back({account_key(wanted.account), write_record(account)});
  return commit;
}

}  // namespace stagecoach::store

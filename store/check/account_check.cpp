#include "store/check/account_check.hpp"

#include <optional>

#include "store/check/account_audit.hpp"
#include "store/keys.hpp"

namespace stagecoach::store {

namespace {

// 'a', shard, eight octets of account: whose row it is, though its shard may be wrong.
struct key_owner {
  shard_id shard;
  account_id account;
};

std::optional<key_owner> owner_of(std::string_view key) {
  if (key.size() < 10) return std::nullopt;
  key_owner owner;
  owner.shard.value = static_cast<std::uint8_t>(key[1]);
  for (const char c : key.substr(2, 8))
    owner.account.value = (owner.account.value << 8) | static_cast<unsigned char>(c);
  return owner;
}

void report_scan(const result<done, failure>& scanned, const report_problem& report) {
  if (!scanned) report("the rows could not be read to their end: " + scanned.error().what);
}

}  // namespace

void check_account(const row_source& rows, account_id account, const report_problem& report) {
  account_audit audit(account, report);
  report_scan(rows(account_prefix(account),
                   [&](std::string_view key, std::string_view value) {
                     audit.row(key, value);
                     return true;
                   }),
              report);
  audit.finish();
}

void check_all_accounts(const row_source& rows, const report_problem& report) {
  std::optional<account_audit> audit;
  std::optional<account_id> audited;
  const auto visit = [&](std::string_view key, std::string_view value) {
    const auto owner = owner_of(key);
    if (!owner) {
      report("the key " + to_hex(key) + " has no known form");
    } else if (owner->shard != shard_of(owner->account)) {
      report("account " + std::to_string(owner->account.value) + ": the key " + to_hex(key) + " is in shard " +
             std::to_string(owner->shard.value) + ", which should be " +
             std::to_string(shard_of(owner->account).value));
    } else {
      if (audited != owner->account) {
        if (audit) audit->finish();
        audit.emplace(owner->account, report);
        audited = owner->account;
      }
      audit->row(key, value);
    }
    return true;
  };
  report_scan(rows(all_accounts_prefix(), visit), report);
  if (audit) audit->finish();
}

}  // namespace stagecoach::store

// CREATE, DELETE and RENAME (RFC 9051 6.3.4 to 6.3.6). Parents are always there (mail-server-behaviour 2.4): they are
// made with their children, and a mailbox that has children stays.
#include <algorithm>
#include <utility>

#include "protocols/base/check.hpp"
#include "store/account/draft.hpp"
#include "store/account/names.hpp"
#include "store/keys.hpp"

namespace stagecoach::store {

namespace {
failure no_such(const std::string& place) { return {fault_code::not_found, "no " + place}; }
}  // namespace

result<done, failure> account_state::may_create(std::string_view name) const {
  if (!is_mailbox_name(name))
    return failure{fault_code::syntax, "a mailbox cannot be called \"" + std::string(name) + "\""};
  std::size_t made = 0;
  std::size_t subscribed = 0;
  for (const auto& level : with_parents(name)) {
    made += by_name_.contains(level) ? 0 : 1;
    subscribed += subscriptions_.contains(level) ? 0 : 1;
  }
  if (mailboxes_.size() + made > mailboxes_max)
    return failure{fault_code::too_long, "too many mailboxes in account " + row_.name};
  if (subscriptions_.size() + subscribed > subscriptions_max)
    return failure{fault_code::too_long, "too many subscriptions in account " + row_.name};
  if (row_.next_validity.value + std::uint64_t{made} > UINT32_MAX)
    return failure{fault_code::out_of_range, "no UIDVALIDITY left for " + place(name)};
  return done{};
}

result<transition<messages::mailbox_created>, failure> account_state::create_mailbox(
    const messages::create_mailbox& request) {
  const auto name = stored_mailbox_name(request.name);
  if (by_name_.contains(name)) return failure{fault_code::duplicate, "there is " + place(name)};
  if (auto fine = may_create(name); !fine) return fine.error();
  if (!request.special_use.empty())
    for (const auto& [id, box] : mailboxes_)
      if (box.row.special_use == request.special_use)
        return failure{fault_code::not_found, request.special_use + " is the use of " + place(box.row.name)};

  draft change(*this, request.trace);
  const mailbox_id made = change.create_mailbox(name);
  if (!request.special_use.empty()) change.set_special_use(made, request.special_use);
  return change.finish(messages::mailbox_created{made, live(made).row.validity, change.changed()});
}

bool account_state::has_children(std::string_view name) const {
  const std::string below = std::string(name) + '/';
  const auto next = by_name_.lower_bound(below);
  return next != by_name_.end() && next->first.starts_with(below);
}

result<mailbox_id, failure> account_state::to_be_deleted(std::string_view name) const {
  const auto stored = stored_mailbox_name(name);
  // RFC 9051 6.3.5: INBOX stays.
  if (stored == inbox_name) return failure{fault_code::syntax, place(stored) + " cannot be deleted"};
  const auto found = by_name_.find(stored);
  if (found == by_name_.end()) return no_such(place(stored));
  if (has_children(stored)) return failure{fault_code::not_empty, place(stored) + " has children"};
  return found->second;
}

result<transition<messages::mailbox_deleted>, failure> account_state::delete_mailbox(
    const messages::delete_mailbox& request) {
  const auto found = to_be_deleted(request.name);
  if (!found) return found.error();
  draft change(*this, request.trace);
  change.remove_mailbox(*found);
  return change.finish(messages::mailbox_deleted{*found, change.changed()});
}

result<mailbox_id, failure> account_state::to_be_renamed(const messages::rename_mailbox& request) const {
  const auto from = stored_mailbox_name(request.from);
  const auto to = stored_mailbox_name(request.to);
  const auto found = by_name_.find(from);
  if (found == by_name_.end()) return no_such(place(from));
  if (by_name_.contains(to)) return failure{fault_code::duplicate, "there is " + place(to)};
  if (from != inbox_name && is_below(to, from))
    return failure{fault_code::syntax, place(from) + " cannot come below itself"};
  if (auto fine = may_create(to); !fine) return fine.error();
  return found->second;
}

result<transition<messages::mailbox_renamed>, failure> account_state::rename_mailbox(
    const messages::rename_mailbox& request) {
  const auto found = to_be_renamed(request);
  if (!found) return found.error();
  const auto from = stored_mailbox_name(request.from);
  const auto to = stored_mailbox_name(request.to);
  CHECK(from != inbox_name);

  std::vector<std::pair<mailbox_id, std::string>> renamed{{*found, to}};
  for (auto at = by_name_.lower_bound(from + '/'); at != by_name_.end() && is_below(at->first, from); ++at) {
    renamed.emplace_back(at->second, to + at->first.substr(from.size()));
    if (!is_mailbox_name(renamed.back().second))
      return failure{fault_code::syntax, "a mailbox cannot be called \"" + renamed.back().second + "\""};
  }
  // Each may need a UIDVALIDITY of its own, and a subscription.
  if (subscriptions_.size() + renamed.size() + with_parents(to).size() > subscriptions_max)
    return failure{fault_code::too_long, "too many subscriptions in account " + row_.name};
  if (row_.next_validity.value + renamed.size() + with_parents(to).size() > UINT32_MAX)
    return failure{fault_code::out_of_range, "no UIDVALIDITY left for " + place(to)};

  draft change(*this, request.trace);
  if (const auto parent = to.rfind('/'); parent != std::string::npos) change.create_mailbox(to.substr(0, parent));
  for (const auto& [id, name] : renamed) change.rename_mailbox(id, name);
  return change.finish(messages::mailbox_renamed{change.changed()});
}

// RFC 9051 6.3.6: INBOX stays, and its children; its messages become those of the new mailbox.
result<transition<messages::mailbox_renamed>, failure> account_state::rename_inbox(
    const messages::rename_mailbox& request, const messages::scanned_rows& contents) {
  const auto inbox = to_be_renamed(request);
  if (!inbox) return inbox.error();
  message_index& messages = messages_of(*inbox);

  draft change(*this, request.trace);
  const mailbox_id made = change.create_mailbox(stored_mailbox_name(request.to));
  for (const auto& [key, content] : contents.rows) {
    const auto parts = parse_account_key(key);
    CHECK(parts && parts->kind == row_kind::content && parts->mailbox == *inbox);
    const auto at = messages.find(parts->message);
    if (at == messages.end()) continue;  // it has gone since
    message_row row = at->second;
    change.use({row.blob, 1, {}, row.blob_bytes});
    change.remove(*inbox, parts->message);
    change.add(made, std::move(row), content);
  }
  return change.finish(messages::mailbox_renamed{change.changed()});
}

uid_validity account_state::take_validity() { return std::exchange(row_.next_validity, row_.next_validity.next()); }

void account_state::note_former(const mailbox_row& row) {
  auto& highest = former_[row.name];
  highest = std::max(highest, row.validity);
}

}  // namespace stagecoach::store

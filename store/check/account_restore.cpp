#include "store/check/account_restore.hpp"

#include <algorithm>
#include <vector>

#include "protocols/base/record.hpp"
#include "store/account/keywords.hpp"
#include "store/account/names.hpp"

namespace stagecoach::store {

namespace {

// How far a counter goes on above what is seen of it: more than can have been handed out and be lost. A modseq is one
// commit of the account, and a year has fewer; JavaScript counts the sum of eight thousand repairs exactly.
constexpr std::uint64_t modseqs_passed_over = 1ULL << 40;
constexpr std::uint64_t messages_passed_over = 1ULL << 40;
constexpr std::uint32_t mailboxes_passed_over = 1U << 16;
constexpr std::uint32_t validities_passed_over = 1U << 16;

// Handed out by nobody; the messages of a mailbox that is made anew are all younger.
constexpr modseq before_all{1};

template <class Id>
void raise(Id& highest, Id seen) {
  highest = std::max(highest, seen);
}

}  // namespace

void account_restore::note(const message_row& row) {
  raise(modseq_, row.changed);
  raise(message_, row.message);
}

void account_restore::note(mailbox_id id, const mailbox_row& row) {
  raise(mailbox_, id);
  raise(modseq_, row.changed);
  raise(validity_, row.validity);
}

void account_restore::row(std::string_view key, std::string_view value) {
  const auto parts = parse_account_key(key);
  if (!parts) return;  // named by the checker
  const place at(parts->mailbox, parts->message);
  if (parts->message.value != 0) raise(uids_[at.first], at.second);
  if (parts->kind == row_kind::account) {
    if (auto row = read_record<account_row>(value)) row_ = std::move(*row);
  } else if (parts->kind == row_kind::mailbox) {
    auto row = read_record<mailbox_row>(value);
    if (row) note(at.first, *row);
    if (row) mailboxes_[at.first] = std::move(*row);
  } else if (parts->kind == row_kind::message) {
    auto row = read_record<message_row>(value);
    if (row) note(*row);
    if (row) messages_[at] = std::move(*row);
  } else if (parts->kind == row_kind::tombstone) {
    const auto row = read_record<tombstone_row>(value);
    if (row) raise(modseq_, row->changed);
    if (row) raise(message_, row->message);
    tombstones_.insert(at);
  } else if (parts->kind == row_kind::content) {
    contents_.insert(at);
  } else if (parts->kind == row_kind::removed) {
    if (const auto row = read_record<message_row>(value)) note(*row);
    removed_.insert(at);
  } else if (parts->kind == row_kind::subscription) {
    if (const auto row = read_record<subscription_row>(value)) raise(modseq_, row->created);
  }  // what threads are found by is written anew
}

void account_restore::finish(repair_plan& into) {
  restore_account(into);
  let_go_of_removed(into);
  restore_mailboxes(into);
  separate_names(into);
  restore_parents(into);
  restore_contents(into);
  go_on_above(into);
}

void account_restore::restore_account(repair_plan& into) {
  if (row_) return;
  row_.emplace();
  row_->name = outside_.login.empty() ? "account-" + std::to_string(account_.value) : outside_.login;
  row_->created = outside_.now;
  into.steps.push_back("make the row of " + here() + " anew, which is lost" +
                       (outside_.login.empty() ? "; its login name is lost too, and nobody can sign in to it" : "") +
                       "; it has no quota");
}

// --- what was removed ---

void account_restore::let_go(const place& at, const std::string& why, repair_plan& into) {
  into.steps.push_back("let go of " + name_of(at) + " again, which was removed: " + why);
  into.rows.push_back({message_key(account_, at.first, at.second), std::nullopt});
  if (contents_.erase(at) != 0) into.rows.push_back({content_key(account_, at.first, at.second), std::nullopt});
}

void account_restore::let_go_of_removed(repair_plan& into) {
  // Nobody reads them any more: their sessions have ended.
  for (const auto& at : removed_) {
    into.rows.push_back({removed_key(account_, at.first, at.second), std::nullopt});
    if (!messages_.contains(at) && contents_.erase(at) != 0)
      into.rows.push_back({content_key(account_, at.first, at.second), std::nullopt});
  }
  // MOVE keeps the id of a message: of two with one id the older place is the one that it has left.
  std::map<message_id, place> newest;
  for (const auto& [at, row] : messages_) {
    const auto [known, is_first] = newest.try_emplace(row.message, at);
    if (!is_first && messages_.at(known->second).created < row.created) known->second = at;
  }
  for (auto one = messages_.begin(); one != messages_.end();) {
    const auto& [at, row] = *one;
    const auto box = mailboxes_.find(at.first);
    const std::string why = tombstones_.contains(at)                             ? "its tombstone is there"
                            : removed_.contains(at)                              ? "its row of a removed one is there"
                            : box != mailboxes_.end() && box->second.is_expunged ? "its mailbox was deleted"
                            : row.message.value != 0 && newest.at(row.message) != at ? "it was moved"
                                                                                     : "";
    if (!why.empty()) let_go(at, why, into);
    one = why.empty() ? std::next(one) : messages_.erase(one);
  }
}

// --- mailboxes ---

std::set<std::string> account_restore::names() const {
  std::set<std::string> all;
  for (const auto& [id, box] : mailboxes_)
    if (!box.is_expunged) all.insert(box.name);
  return all;
}

void account_restore::make_mailbox(mailbox_id id, const std::string& name, repair_plan& into) {
  mailbox_row row;
  row.name = name;
  row.created = before_all;
  mailboxes_[id] = std::move(row);
  raise(mailbox_, id);
  into.steps.push_back("make mailbox " + std::to_string(id.value) + " \"" + name + "\" of " + here() +
                       " anew, whose row is lost");
  into.rows.push_back({subscription_key(account_, name), write_record(subscription_row{before_all})});
}

void account_restore::restore_mailboxes(repair_plan& into) {
  std::set<mailbox_id> lost;
  for (const auto& [at, row] : messages_)
    if (!mailboxes_.contains(at.first)) lost.insert(at.first);
  for (const auto& at : tombstones_)
    if (!mailboxes_.contains(at.first) && !lost.contains(at.first))
      into.rows.push_back({tombstone_key(account_, at.first, at.second), std::nullopt});
  for (const auto& [id, highest] : uids_) raise(mailbox_, id);
  constexpr mailbox_id first{1};  // of every account it is the Inbox
  if (!names().contains(std::string(inbox_name))) {
    const auto id = mailboxes_.contains(first) ? mailbox_.next() : first;
    make_mailbox(id, std::string(inbox_name), into);
    lost.erase(id);
  }
  for (const auto id : lost) make_mailbox(id, "Restored-" + std::to_string(id.value), into);
}

// A row that is older than another one can have its name: that of before a mailbox was renamed or deleted.
void account_restore::separate_names(repair_plan& into) {
  std::vector<mailbox_id> by_age;
  for (const auto& [id, box] : mailboxes_)
    if (!box.is_expunged) by_age.push_back(id);
  std::sort(by_age.begin(), by_age.end(),
            [this](auto a, auto b) { return mailboxes_.at(a).changed > mailboxes_.at(b).changed; });
  std::set<std::string> taken;
  std::set<std::string> uses;
  for (const auto id : by_age) {
    auto& box = mailboxes_.at(id);
    if (taken.contains(box.name)) {
      const std::string name = "Restored-" + std::to_string(id.value);
      into.steps.push_back("call mailbox " + std::to_string(id.value) + " of " + here() + " \"" + name +
                           "\": another one has its name, \"" + box.name + "\"");
      box.name = name;
    }
    while (taken.contains(box.name)) box.name += "-";
    taken.insert(box.name);
    if (!box.special_use.empty() && !uses.insert(box.special_use).second) box.special_use.clear();
  }
}

void account_restore::restore_parents(repair_plan& into) {
  auto known = names();
  for (const auto& name : names())
    for (const auto& parent : with_parents(name))
      if (known.insert(parent).second) make_mailbox(mailbox_.next(), parent, into);
}

// --- contents ---

void account_restore::restore_contents(repair_plan& into) {
  for (auto& [at, row] : messages_) {
    if (contents_.contains(at)) continue;
    auto content = outside_.content_of(row);
    if (!content) continue;  // account_repair sets it aside
    into.steps.push_back("find the structure of " + name_of(at) + " anew, which is lost" +
                         (row.prefix_bytes == 0 ? "" : ", with the header fields that were added to it here"));
    row.prefix_bytes = 0;
    into.rows.push_back({content_key(account_, at.first, at.second), write_record(*content)});
    into.rows.push_back({message_key(account_, at.first, at.second), write_record(row)});
  }
}

// --- counters ---

void account_restore::go_on_above(repair_plan& into) {
  raise(modseq_, row_->highest);
  raise(mailbox_, row_->last_mailbox);
  raise(message_, row_->last_message);
  raise(validity_, row_->next_validity);
  raise(
      validity_,
      uid_validity{static_cast<std::uint32_t>(std::clamp<std::int64_t>(outside_.now.value / 2000, 1, UINT32_MAX / 2))});
  row_->highest = modseq{modseq_.value + modseqs_passed_over};
  row_->last_message = message_id{message_.value + messages_passed_over};
  row_->last_mailbox = mailbox_id{mailbox_.value + mailboxes_passed_over};
  row_->next_validity = uid_validity{validity_.value + validities_passed_over};
  std::size_t renewed = 0;
  for (auto& [id, box] : mailboxes_) {
    if (!box.is_expunged) {
      box.validity = std::exchange(row_->next_validity, row_->next_validity.next());
      box.changed = row_->highest;
      ++renewed;
    }
    if (const auto highest = uids_.find(id); highest != uids_.end() && highest->second >= box.next_uid)
      box.next_uid = highest->second.next();
  }
  for (const auto& [at, row] : messages_)
    if (const auto box = mailboxes_.find(at.first); box != mailboxes_.end())
      merge_keywords(box->second.keywords, row.flags.keywords);
  for (const auto& [id, box] : mailboxes_) into.rows.push_back({mailbox_key(account_, id), write_record(box)});
  into.rows.push_back({account_key(account_), write_record(*row_)});
  into.steps.push_back("give the " + std::to_string(renewed) + " mailboxes of " + here() +
                       " a new UIDVALIDITY, so that no UID means two messages");
}

std::string account_restore::here() const {
  return "account " + std::to_string(account_.value) + (row_ ? " (" + row_->name + ")" : "");
}

std::string account_restore::name_of(const place& at) const {
  const auto box = mailboxes_.find(at.first);
  return "message " + std::to_string(at.second.value) + " of mailbox " + std::to_string(at.first.value) +
         (box == mailboxes_.end() ? "" : " \"" + box->second.name + "\"") + " of " + here();
}

}  // namespace stagecoach::store

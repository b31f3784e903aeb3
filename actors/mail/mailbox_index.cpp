#include "actors/mail/mailbox_index.hpp"

#include <algorithm>

#include "protocols/base/check.hpp"

namespace stagecoach::mail {

namespace {

bool before(const messages::message_view& message, uid id) { return message.id < id; }

}  // namespace

mailbox_index::mailbox_index(messages::mailbox_status status, std::vector<messages::message_view> all)
    : status_(std::move(status)), messages_(std::move(all)) {}

messages::watching mailbox_index::watching() const {
  messages::watching all;
  all.status = status_;
  for (const auto& message : messages_) {
    all.uids.add(message.id);
    if (all.first_unseen.value == 0 && !message.flags.has(flag::seen)) all.first_unseen = message.id;
  }
  return all;
}

std::vector<messages::message_view> mailbox_index::read(const uid_set& uids) const {
  std::vector<messages::message_view> found;
  for (const auto& range : uids.ranges())
    for (auto at = std::lower_bound(messages_.begin(), messages_.end(), range.first, before);
         at != messages_.end() && at->id <= range.last; ++at)
      found.push_back(*at);
  return found;
}

mailbox_index::place mailbox_index::find(uid id) {
  const auto at = std::lower_bound(messages_.begin(), messages_.end(), id, before);
  return at != messages_.end() && at->id == id ? at : messages_.end();
}

void mailbox_index::apply(const messages::apply_changes& m) {
  for (const auto& change : m.entries) std::visit([this](const auto& one) { take(one); }, change);
  status_ = m.status;
}

const messages::message_view* mailbox_index::at(uid id) const {
  const auto found = std::lower_bound(messages_.begin(), messages_.end(), id, before);
  return found != messages_.end() && found->id == id ? &*found : nullptr;
}

void mailbox_index::take(const messages::added& one) {
  CHECK(messages_.empty() || messages_.back().id < one.message.id);
  messages_.push_back(one.message);
  journal_.push_back({one.message.id, one.message.created, one.message.changed});
}

void mailbox_index::take(const messages::flags_changed& one) {
  const auto found = find(one.id);
  CHECK(found != messages_.end());
  found->flags = one.flags;
  found->changed = one.changed;
  journal_.push_back({one.id, found->created, one.changed});
}

void mailbox_index::take(const messages::expunged& one) {
  const auto found = find(one.id);
  CHECK(found != messages_.end());
  journal_.push_back({one.id, found->created, one.changed});
  messages_.erase(found);
}

messages::changes mailbox_index::changes_after(modseq since, std::span<const modseq> own) const {
  messages::changes lacking;
  lacking.mailbox = status_.id;
  lacking.up_to = status_.highest;
  // Which messages were touched, by whom does not matter for new ones: the viewer has to learn of their UIDs.
  std::vector<entry> touched;
  const auto first =
      std::partition_point(journal_.begin(), journal_.end(), [&](const entry& one) { return one.changed <= since; });
  for (auto one = first; one != journal_.end(); ++one)
    if (one->created > since || !std::binary_search(own.begin(), own.end(), one->changed)) touched.push_back(*one);
  std::sort(touched.begin(), touched.end(), [](const entry& a, const entry& b) { return a.id < b.id; });
  touched.erase(
      std::unique(touched.begin(), touched.end(), [](const entry& a, const entry& b) { return a.id == b.id; }),
      touched.end());
  for (const auto& one : touched)
    if (const auto* message = at(one.id); message != nullptr && one.created > since)
      lacking.entries.emplace_back(messages::added{*message});
  for (const auto& one : touched) {
    if (one.created > since) continue;
    if (const auto* message = at(one.id))
      lacking.entries.emplace_back(messages::flags_changed{one.id, message->flags, message->changed});
    else
      lacking.entries.emplace_back(messages::expunged{one.id, one.changed});
  }
  return lacking;
}

void mailbox_index::forget(modseq told) {
  while (!journal_.empty() && journal_.front().changed <= told) journal_.pop_front();
}

}  // namespace stagecoach::mail

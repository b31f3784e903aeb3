#include "actors/mail/mailbox_index.hpp"

#include <algorithm>
#include <utility>

#include "protocols/base/check.hpp"

namespace stagecoach::mail {

namespace {
constexpr std::size_t remembered_min = 64;  // below this nothing is worth a pass
}

mailbox_index::mailbox_index(messages::mailbox_status status, const std::vector<messages::message_view>& messages)
    : status_(std::move(status)),
      floor_(status_.highest),
      journal_max_(remembered_min),
      removed_max_(std::max(remembered_min, messages.size() / 8)) {
  entries_.reserve(messages.size() + messages.size() / 8);
  for (const auto& view : messages) {
    CHECK(entries_.empty() || entries_.back().id < view.id);
    entries_.push_back(entry_of(view));
  }
}

mailbox_index::entry mailbox_index::entry_of(const messages::message_view& view) {
  static_assert(sizeof(entry) == 80);
  entry one{view.id,
            view.header_bytes,
            view.size,
            view.changed,
            view.created,
            view.received,
            view.message,
            view.thread,
            view.parent,
            nullptr,
            0,
            0,
            true};
  set_flags(one, view.flags);
  return one;
}

messages::message_view mailbox_index::view_of(const entry& one) {
  messages::message_view view;
  view.id = one.id;
  view.flags = flags_of(one);
  view.changed = one.changed;
  view.created = one.created;
  view.size = one.size;
  view.header_bytes = one.header_bytes;
  view.received = one.received;
  view.message = one.message;
  view.thread = one.thread;
  view.parent = one.parent;
  return view;
}

message_flags mailbox_index::flags_of(const entry& one) {
  message_flags flags;
  flags.bits = one.bits;
  if (one.keywords) flags.keywords = *one.keywords;
  return flags;
}

void mailbox_index::set_flags(entry& one, const message_flags& flags) {
  one.bits = flags.bits;
  one.keywords = flags.keywords.empty() ? nullptr : std::make_unique<const std::vector<std::string>>(flags.keywords);
}

std::size_t mailbox_index::place_of(uid id) const {
  const auto at = std::lower_bound(entries_.begin(), entries_.end(), id,
                                   [](const entry& one, uid sought) { return one.id < sought; });
  return static_cast<std::size_t>(at - entries_.begin());
}

const mailbox_index::entry* mailbox_index::find(uid id) const {
  const auto place = place_of(id);
  return place < entries_.size() && entries_[place].id == id ? &entries_[place] : nullptr;
}

mailbox_index::entry& mailbox_index::live(uid id) {
  const auto place = place_of(id);
  CHECK(place < entries_.size() && entries_[place].id == id && entries_[place].is_live);
  return entries_[place];
}

void mailbox_index::apply(const messages::apply_changes& told) {
  CHECK(told.up_to > status_.highest && told.status.highest == told.up_to);
  for (const auto& change : told.entries) std::visit([&](const auto& one) { on(one); }, change);
  status_ = told.status;
  trace_ = told.trace;
}

void mailbox_index::on(const messages::added& change) {
  CHECK(entries_.empty() || entries_.back().id < change.message.id);
  entries_.push_back(entry_of(change.message));
  journal_.push_back({change.message.changed, change.message.id});
  if (uids_) uids_->add(change.message.id);
}

void mailbox_index::on(const messages::flags_changed& change) {
  entry& one = live(change.id);
  set_flags(one, change.flags);
  one.since_before =
      static_cast<std::uint32_t>(std::min<std::uint64_t>(change.changed.value - one.changed.value, UINT32_MAX));
  one.changed = change.changed;
  journal_.push_back({change.changed, change.id});
  if (!change.flags.has(flag::seen)) unseen_from_ = std::min(unseen_from_, change.id);
}

void mailbox_index::on(const messages::expunged& change) {
  entry& one = live(change.id);
  one.is_live = false;
  one.changed = change.changed;
  ++removed_;
  if (unreleased_.empty() || unreleased_.back() != change.changed) unreleased_.push_back(change.changed);
  journal_.push_back({change.changed, change.id});
  uids_.reset();
}

messages::watching mailbox_index::watching() {
  if (!uids_) {
    uids_.emplace();
    for (const auto& one : entries_)
      if (one.is_live) uids_->add(one.id);
  }
  return {status_, *uids_, first_unseen()};
}

uid mailbox_index::first_unseen() {
  if (status_.counts.unseen == 0) return uid{};
  for (auto place = place_of(unseen_from_); place < entries_.size(); ++place) {
    const entry& one = entries_[place];
    if (!one.is_live || (one.bits & static_cast<std::uint16_t>(flag::seen)) != 0) continue;
    return unseen_from_ = one.id;
  }
  return uid{};
}

messages::rows mailbox_index::read(const uid_set& uids) const {
  messages::rows answer;
  for (const auto& range : uids.ranges())
    for (auto place = place_of(range.first); place < entries_.size() && entries_[place].id <= range.last; ++place)
      if (entries_[place].is_live || entries_[place].changed > released_)
        answer.messages.push_back(view_of(entries_[place]));
  return answer;
}

bool mailbox_index::release(modseq up_to) {
  released_ = std::max(released_, up_to);
  const auto before = unreleased_.size();
  while (has_unreleased() && unreleased_.front() <= up_to) unreleased_.pop_front();
  return unreleased_.size() != before;
}

// Somebody changed its flags after `since` and before what changed it last.
bool mailbox_index::was_changed_between(modseq since, const entry& one) {
  return one.is_live && one.changed.value - one.since_before > since.value;
}

messages::changes mailbox_index::changes_after(modseq since, modseq own) const {
  CHECK(since >= floor_ && since <= status_.highest);
  messages::changes answer{trace_, status_.id, status_.highest, {}};
  bool is_in_order = true;
  auto at = std::upper_bound(journal_.begin(), journal_.end(), since,
                             [](modseq sought, const moment& one) { return sought < one.changed; });
  for (; at != journal_.end(); ++at) {
    const entry* one = find(at->id);
    if (one == nullptr || one->changed != at->changed) continue;  // a later moment counts
    const bool is_known = one->created <= since;
    if (one->is_live && !is_known) {
      is_in_order = is_in_order && one->created == one->changed;
      answer.entries.emplace_back(messages::added{view_of(*one)});
    } else if (is_known && (one->changed != own || was_changed_between(since, *one))) {
      if (one->is_live)
        answer.entries.emplace_back(messages::flags_changed{one->id, flags_of(*one), one->changed});
      else
        answer.entries.emplace_back(messages::expunged{one->id, one->changed});
    }
  }
  // An added message stands where it was added, and those of one COPY in their order: so new UIDs come ascending.
  const auto when = [](const messages::change& change) {
    if (const auto* added = std::get_if<messages::added>(&change))
      return std::pair(added->message.created, added->message.id);
    if (const auto* flags = std::get_if<messages::flags_changed>(&change)) return std::pair(flags->changed, flags->id);
    const auto& gone = std::get<messages::expunged>(change);
    return std::pair(gone.changed, gone.id);
  };
  if (!is_in_order)
    std::sort(answer.entries.begin(), answer.entries.end(),
              [&](const auto& a, const auto& b) { return when(a) < when(b); });
  return answer;
}

void mailbox_index::forget(std::span<const modseq> told) {
  CHECK(std::is_sorted(told.begin(), told.end()));
  floor_ = told.empty() ? status_.highest : told.front();
  // A removed message matters to those who may still read it, and to those who were told that it is there, and not
  // that it is gone.
  const auto matters = [&](const entry& one) {
    if (one.changed > released_) return true;
    const auto knew = std::lower_bound(told.begin(), told.end(), one.created);
    return knew != told.end() && *knew < one.changed;
  };
  if (removed_ > removed_max_) {
    std::erase_if(entries_, [&](const entry& one) { return !one.is_live && !matters(one); });
    removed_ = static_cast<std::size_t>(
        std::count_if(entries_.begin(), entries_.end(), [](const entry& one) { return !one.is_live; }));
    removed_max_ = std::max({remembered_min, entries_.size() / 8, removed_ * 2});
  }
  if (journal_.size() > journal_max_) {
    std::erase_if(journal_, [&](const moment& past) {
      if (past.changed <= floor_) return true;
      const entry* one = find(past.id);
      return one == nullptr || one->changed != past.changed || (!one->is_live && !matters(*one));
    });
    journal_max_ = std::max(remembered_min, journal_.size() * 2);
  }
}

}  // namespace stagecoach::mail

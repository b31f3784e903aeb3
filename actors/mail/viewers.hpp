// Who looks at one mailbox, and what each was told: which changes go to whom, and when. Knows no actor; Key names a
// viewer. A viewer has a credit of one: after a `changes` nothing more is sent to it of our own accord until it has
// said `seen`, and then everything since comes in one, however slow it was. It costs the same 32 octets all the while,
// because changes are made from the index. Viewers that were told the same share one computation.
//
// The originator of a change is not told it as a change: while a request of it is with the account, nothing is sent to
// it, and the answer says what of that which happened was its own.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

#include "actors/mail/mailbox_index.hpp"
#include "messages/changes.hpp"

namespace stagecoach::mail {

// Null: there is nothing to be sent.
using shared_changes = std::shared_ptr<const messages::changes>;

template <class Key>
class viewers {
 public:
  struct batch {
    std::vector<Key> to;
    shared_changes what;
  };

  // `told`: the highest modseq of the answer to its `watch`; no change up to it is ever sent. Once more: begins anew.
  void add(const Key& who, modseq told) {
    const auto [at, is_new] = all_.try_emplace(who);
    viewer& one = at->second;
    if (!is_new) uncount(one.processed);
    one.told = one.processed = told;
    one.awaited = {};
    ++processed_[told];
  }
  void remove(const Key& who) {
    const auto found = all_.find(who);
    if (found == all_.end()) return;
    uncount(found->second.processed);
    all_.erase(found);
  }
  void clear() {
    all_.clear();
    processed_.clear();
  }
  [[nodiscard]] bool empty() const { return all_.empty(); }
  [[nodiscard]] std::size_t size() const { return all_.size(); }

  // Up to where everybody has taken what it was told, and acted upon it; with nobody, `highest`.
  [[nodiscard]] modseq processed(modseq highest) const {
    return processed_.empty() ? highest : processed_.begin()->first;
  }

  // After each mailbox_index::apply: who is sent what now. Lets the index forget what everybody was told.
  [[nodiscard]] std::vector<batch> changed(mailbox_index& index) {
    std::map<modseq, batch> by_told;
    for (auto& [who, one] : all_) {
      if (!may_be_told(one, index)) continue;
      batch& same = by_told[one.told];
      if (!same.what) same.what = changes_after(one.told, index);
      if (tell(one, same.what)) same.to.push_back(who);
    }
    std::vector<batch> batches;
    for (auto& [told, same] : by_told)
      if (!same.to.empty()) batches.push_back(std::move(same));
    if (index.is_cluttered()) forget_what_all_were_told(index);
    return batches;
  }

  // The rest is for viewers and others alike: who does not look is told nothing.

  // It has taken all up to `up_to`: what has happened in the meantime.
  [[nodiscard]] shared_changes seen(const mailbox_index& index, const Key& who, modseq up_to) {
    viewer* one = find(who);
    if (one == nullptr) return nullptr;
    // Below it: changes that were flushed later are still on their way to the viewer.
    if (up_to >= one->awaited) one->awaited = {};
    settle(*one, up_to);
    return may_be_told(*one, index) ? tell(*one, changes_after(one->told, index)) : nullptr;
  }

  // Before an answer to it that the mailbox gives itself: everything it was not told, whatever its credit.
  [[nodiscard]] shared_changes flush(const mailbox_index& index, const Key& who) {
    viewer* one = find(who);
    if (one == nullptr || one->told == index.status().highest) return nullptr;
    return tell(*one, changes_after(one->told, index));
  }

  // A request of it goes down to the account ...
  void request_began(const Key& who) {
    if (viewer* one = find(who)) ++one->requests;
  }
  // ... and is answered, `own` being the modseq in the answer, or failed (own: 0). To be sent before the answer.
  [[nodiscard]] shared_changes request_ended(const mailbox_index& index, const Key& who, modseq own) {
    viewer* one = find(who);
    if (one == nullptr) return nullptr;
    if (one->requests > 0) --one->requests;  // it may have looked away and come back since the request began
    if (one->told == index.status().highest) return nullptr;
    return tell(*one, std::make_shared<const messages::changes>(index.changes_after(one->told, own)));
  }

 private:
  struct viewer {
    modseq told;
    modseq awaited;              // of the last changes sent, until `seen` says so; 0: it may be sent more
    modseq processed;            // it has acted upon everything up to here
    std::uint32_t requests = 0;  // with the account
  };

  viewer* find(const Key& who) {
    const auto found = all_.find(who);
    return found == all_.end() ? nullptr : &found->second;
  }

  static bool may_be_told(const viewer& one, const mailbox_index& index) {
    return one.awaited.value == 0 && one.requests == 0 && one.told != index.status().highest;
  }

  // The last ones are kept for those who ask for the same: a crowd says `seen` one after the other.
  shared_changes changes_after(modseq since, const mailbox_index& index) {
    const bool is_current = last_ && last_since_ == since && last_->up_to == index.status().highest;
    if (!is_current) last_ = std::make_shared<const messages::changes>(index.changes_after(since, modseq{}));
    last_since_ = since;
    return last_;
  }

  // Changes that cancel each other out are told by saying nothing, and cost no credit.
  shared_changes tell(viewer& one, const shared_changes& what) {
    one.told = what->up_to;
    if (!what->entries.empty()) one.awaited = what->up_to;
    settle(one, one.processed);
    return what->entries.empty() ? nullptr : what;
  }

  // Whoever awaits nothing has processed all that it was told.
  void settle(viewer& one, modseq at_least) {
    const modseq now = one.awaited.value == 0 ? one.told : std::max(one.processed, at_least);
    if (now == one.processed) return;
    uncount(one.processed);
    ++processed_[one.processed = now];
  }
  void uncount(modseq processed) {
    const auto found = processed_.find(processed);
    if (--found->second == 0) processed_.erase(found);
  }

  void forget_what_all_were_told(mailbox_index& index) const {
    std::vector<modseq> told;
    told.reserve(all_.size());
    for (const auto& [who, one] : all_) told.push_back(one.told);
    std::sort(told.begin(), told.end());
    told.erase(std::unique(told.begin(), told.end()), told.end());
    index.forget(told);
  }

  std::unordered_map<Key, viewer> all_;
  std::map<modseq, std::size_t> processed_;  // how many stand where
  shared_changes last_;
  modseq last_since_;
};

}  // namespace stagecoach::mail

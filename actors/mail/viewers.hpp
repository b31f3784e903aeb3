// Who looks at a mailbox, and what each was told: which changes go to whom now. Knows no actor; Key names a viewer.
//
// A viewer may be sent one `changes` before it answers with `seen`; until then what happens is only remembered as the
// modseq up to which it was told, so a slow viewer gets one larger `changes` later. It is not told of what it did
// itself: the answer to its request tells it. Before an answer it is told everything else (flush), whatever its credit.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "actors/mail/mailbox_index.hpp"
#include "protocols/base/trace.hpp"

namespace stagecoach::mail {

template <class Key>
class viewers {
 public:
  using delivery = std::pair<std::vector<Key>, messages::changes>;

  // `told`: the highest modseq of the answer to its `watch`.
  void add(const Key& who, modseq told) { all_[who] = viewer{told, {}, {}, false}; }
  void remove(const Key& who) { all_.erase(who); }
  void clear() { all_.clear(); }
  [[nodiscard]] bool empty() const { return all_.empty(); }
  [[nodiscard]] std::size_t size() const { return all_.size(); }

  // A request of this viewer is on its way to the account: the change that carries its trace will be its own.
  void expect(const Key& who, const trace_context& request) {
    const auto found = all_.find(who);
    if (found != all_.end() && request != trace_context{}) found->second.requests.push_back(request);
  }
  // It was answered.
  void forget(const Key& who, const trace_context& request) {
    if (const auto found = all_.find(who); found != all_.end()) std::erase(found->second.requests, request);
  }

  // The index has just taken `what`. Viewers that were told the same share one message, computed once.
  [[nodiscard]] std::vector<delivery> changed(mailbox_index& index, const messages::apply_changes& what) {
    std::map<modseq, delivery> shared;
    std::vector<delivery> all;
    for (auto& [who, one] : all_) {
      if (std::find(one.requests.begin(), one.requests.end(), what.trace) != one.requests.end())
        one.own.push_back(what.up_to);
      if (one.is_waiting) continue;
      if (!one.own.empty()) {
        if (auto lacking = next_for(index, one)) {
          lacking->trace = what.trace;
          all.push_back({{who}, std::move(*lacking)});
        }
        continue;
      }
      const auto [at, is_new] = shared.try_emplace(one.told);
      if (is_new) {
        at->second.second = index.changes_after(one.told, {});
        at->second.second.trace = what.trace;
      }
      one.told = index.status().highest;
      if (at->second.second.entries.empty()) continue;
      one.is_waiting = true;
      at->second.first.push_back(who);
    }
    for (auto& [told, one] : shared)
      if (!one.first.empty()) all.push_back(std::move(one));
    trim(index);
    return all;
  }

  // The viewer has taken what it was sent: what has happened since, if anything.
  [[nodiscard]] std::optional<messages::changes> seen(mailbox_index& index, const Key& who) {
    const auto found = all_.find(who);
    if (found == all_.end()) return std::nullopt;
    found->second.is_waiting = false;
    auto lacking = next_for(index, found->second);
    trim(index);
    return lacking;
  }

  // An answer to it follows: everything it lacks, whatever its credit.
  [[nodiscard]] std::optional<messages::changes> flush(mailbox_index& index, const Key& who) {
    const auto found = all_.find(who);
    if (found == all_.end()) return std::nullopt;
    return next_for(index, found->second);
  }

 private:
  struct viewer {
    modseq told;
    std::vector<trace_context> requests;  // its own, not answered yet
    std::vector<modseq> own;              // changes after `told` that it made itself, ascending
    bool is_waiting = false;              // for its `seen`
  };

  static std::optional<messages::changes> next_for(const mailbox_index& index, viewer& one) {
    auto lacking = index.changes_after(one.told, one.own);
    one.told = index.status().highest;
    one.own.clear();
    if (lacking.entries.empty()) return std::nullopt;
    one.is_waiting = true;
    return lacking;
  }

  void trim(mailbox_index& index) const {
    modseq told = index.status().highest;
    for (const auto& [who, one] : all_) told = std::min(told, one.told);
    index.forget(told);
  }

  std::unordered_map<Key, viewer> all_;
};

}  // namespace stagecoach::mail

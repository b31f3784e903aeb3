// What an account must be after each request, written as plainly as possible: lists of messages, everything recomputed.
// The random tests compare account_state with it.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "tests/store/account/account_world.hpp"

namespace stagecoach::store {

struct model_message {
  messages::message_view view;
  blob_hash blob;
};

struct model_mailbox {
  std::string name;
  uid_validity validity;
  std::uint32_t next_uid = 1;
  std::uint64_t highest = 0;
  std::set<std::string> keywords;
  std::vector<model_message> messages;

  [[nodiscard]] messages::mailbox_counts counts() const {
    messages::mailbox_counts sum;
    for (const auto& [view, blob] : messages) {
      const bool is_deleted = view.flags.has(flag::deleted);
      ++(is_deleted ? sum.deleted : sum.total);
      if (!view.flags.has(flag::seen)) ++sum.unseen;
      if (!view.flags.has(flag::seen) && !is_deleted) ++sum.unread;
      sum.size += view.size;
    }
    return sum;
  }
  [[nodiscard]] std::vector<messages::message_view> views() const {
    std::vector<messages::message_view> all;
    for (const auto& message : messages) all.push_back(message.view);
    return all;
  }
};

// A copyable account: the state at each commit is kept by copying it.
class account_model {
 public:
  explicit account_model(const messages::mailboxes& first) {
    for (const auto& status : first.all) {
      auto& box = mailboxes[status.name];
      box.name = status.name;
      box.validity = status.validity;
      box.highest = status.highest.value;
    }
  }

  // None: over quota.
  std::optional<messages::delivered> deliver(const messages::deliver& request, mailbox_id id) {
    const auto size = request.prefix.size() + request.body.size;
    if (used() + size > quota) return std::nullopt;
    auto& box = mailboxes[request.mailbox];
    if (box.name.empty()) {
      box.name = request.mailbox;
      box.validity = uid_validity{next_validity++};
    }
    messages::message_view view;
    view.flags = request.flags;
    view.size = size;
    view.header_bytes = static_cast<std::uint32_t>(request.prefix.size() + request.body.header_bytes);
    view.received = request.received;
    view.message = message_id{++last_message};
    ++highest;
    add(box, {view, request.body.hash});
    return messages::delivered{id, box.validity, uid{box.next_uid - 1}, modseq{highest}};
  }

  messages::flags_set set_flags(const std::string& name, const uid_set& uids, const flag_delta& delta) {
    auto& box = mailboxes.at(name);
    messages::flags_set answer;
    for (auto& [view, blob] : box.messages) {
      if (!uids.contains(view.id)) continue;
      const auto after = apply(delta, view.flags);
      if (after != view.flags) {
        answer.changed = modseq{highest + 1};
        view.changed = answer.changed;
        view.flags = after;
        box.highest = view.changed.value;
        box.keywords.insert(after.keywords.begin(), after.keywords.end());
      }
      answer.messages.push_back(view);
    }
    if (answer.changed.value != 0) ++highest;
    answer.keywords.assign(box.keywords.begin(), box.keywords.end());
    return answer;
  }

  messages::messages_expunged expunge(const std::string& name, const std::optional<uid_set>& uids) {
    auto& box = mailboxes.at(name);
    messages::messages_expunged answer;
    std::erase_if(box.messages, [&](const model_message& one) {
      const bool goes = one.view.flags.has(flag::deleted) && (!uids || uids->contains(one.view.id));
      if (goes) answer.uids.add(one.view.id);
      return goes;
    });
    if (!answer.uids.empty()) box.highest = (answer.changed = modseq{++highest}).value;
    return answer;
  }

  // None: over quota.
  std::optional<messages::copied> copy(const std::string& from, const uid_set& uids, const std::string& to, bool move) {
    auto& source = mailboxes.at(from);
    auto& destination = mailboxes.at(to);
    std::vector<model_message> chosen;
    std::uint64_t size = 0;
    for (const auto& one : source.messages)
      if (uids.contains(one.view.id)) {
        chosen.push_back(one);
        size += one.view.size;
      }
    messages::copied answer{destination.validity, {}, {}, {}};
    if (chosen.empty()) return answer;
    if (!move && used() + size > quota) return std::nullopt;
    answer.changed = modseq{++highest};
    if (move) {
      std::erase_if(source.messages, [&](const model_message& one) { return uids.contains(one.view.id); });
      source.highest = highest;
    }
    for (auto& one : chosen) {
      answer.from.push_back(one.view.id);
      answer.to.push_back(uid{destination.next_uid});
      if (!move) one.view.message = message_id{++last_message};
      add(destination, one);
    }
    return answer;
  }

  [[nodiscard]] std::uint64_t used() const {
    std::uint64_t sum = 0;
    for (const auto& [name, box] : mailboxes) sum += box.counts().size;
    return sum;
  }
  [[nodiscard]] std::map<blob_hash, std::int64_t> references() const {
    std::map<blob_hash, std::int64_t> sum;
    for (const auto& [name, box] : mailboxes)
      for (const auto& message : box.messages) ++sum[message.blob];
    return sum;
  }

  std::map<std::string, model_mailbox> mailboxes;
  std::uint64_t quota = 0;
  std::uint64_t highest = 2;
  std::uint64_t last_message = 0;
  std::uint32_t next_validity = 850'000'006;

 private:
  void add(model_mailbox& box, model_message message) {
    message.view.id = uid{box.next_uid++};
    message.view.created = message.view.changed = modseq{highest};
    box.highest = highest;
    box.keywords.insert(message.view.flags.keywords.begin(), message.view.flags.keywords.end());
    box.messages.push_back(std::move(message));
  }
};

// What a client might ask for, by seed.
class random_client {
 public:
  explicit random_client(std::uint32_t seed) : random_(seed) {}
  std::uint32_t below(std::uint32_t bound) { return random_() % bound; }
  bool once_in(std::uint32_t n) { return below(n) == 0; }
  message_flags flags() {
    constexpr std::array bits = {flag::seen, flag::deleted, flag::flagged, flag::junk};
    constexpr std::array keywords = {"todo", "work", "$label1"};
    message_flags some;
    for (const auto one : bits)
      if (once_in(3)) some.set(one);
    for (const auto* one : keywords)
      if (once_in(6)) some.add_keyword(one);
    return some;
  }
  uid_set uids(std::uint32_t next_uid) {
    uid_set some;
    if (once_in(8)) some.add(uid_range{uid{1}, uid{UINT32_MAX}});
    for (auto i = below(4); i-- > 0;) {
      const std::uint32_t first = below(next_uid + 2) + 1;
      some.add(uid_range{uid{first}, uid{first + below(4)}});
    }
    return some;
  }
  flag_delta delta() { return {static_cast<flag_change>(below(3)), flags()}; }
  messages::deliver mail(std::string mailbox) {
    auto request = account_world::mail(std::move(mailbox), flags(), static_cast<std::uint8_t>(below(5) + 1));
    request.prefix.assign(below(30), 'x');
    request.received = unix_ms{static_cast<std::int64_t>(below(1000))};
    return request;
  }

 private:
  std::mt19937 random_;
};

}  // namespace stagecoach::store

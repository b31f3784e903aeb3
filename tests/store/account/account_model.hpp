// What an account must be after each request, written as plainly as possible: lists of messages, everything recomputed.
// The random tests compare account_state with it.
#pragma once

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>
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
  std::vector<std::pair<std::uint64_t, blob_hash>> removed;  // and readable: when, and its body

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
      subscriptions.insert(status.name);
    }
  }

  // None: over quota.
  std::optional<messages::delivered> deliver(const messages::deliver& request, mailbox_id id) {
    const auto size = request.prefix.size() + request.body.size;
    if (used() + size > quota) return std::nullopt;
    ++highest;
    auto& box = make(request.mailbox);
    messages::message_view view;
    view.flags = request.flags;
    view.size = size;
    view.header_bytes = static_cast<std::uint32_t>(request.prefix.size() + request.body.header_bytes);
    view.received = request.received;
    view.message = message_id{++last_message};
    view.thread = view.message;
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
      if (goes) box.removed.emplace_back(highest + 1, one.blob);
      return goes;
    });
    if (!answer.uids.empty()) box.highest = (answer.changed = modseq{++highest}).value;
    return answer;
  }

  // Whether there was anything to be released.
  bool release(const std::string& name, std::uint64_t up_to) {
    return std::erase_if(mailboxes.at(name).removed, [&](const auto& one) { return one.first <= up_to; }) > 0;
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
      for (const auto& one : chosen) source.removed.emplace_back(highest, one.blob);
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

  // None: there is one.
  std::optional<messages::mailbox_created> create(const std::string& name, mailbox_id id) {
    if (mailboxes.contains(name)) return std::nullopt;
    ++highest;
    return messages::mailbox_created{id, make(name).validity, modseq{highest}};
  }
  // None: Inbox, or it has children.
  std::optional<messages::mailbox_deleted> remove(const std::string& name, mailbox_id id) {
    if (name == "Inbox" || has_children(name)) return std::nullopt;
    const auto validity = mailboxes.at(name).validity;
    former[name] = std::max(former[name], validity);
    mailboxes.erase(name);
    return messages::mailbox_deleted{id, modseq{++highest}};
  }
  // None: there is one of that name, or it would come below itself.
  std::optional<messages::mailbox_renamed> rename(const std::string& from, const std::string& to) {
    if (mailboxes.contains(to) || (from != "Inbox" && to.starts_with(from + "/"))) return std::nullopt;
    ++highest;
    if (from == "Inbox") {
      auto& inbox = mailboxes.at(from);
      auto& made = make(to);
      if (!inbox.messages.empty()) inbox.highest = highest;
      for (const auto& one : inbox.messages) inbox.removed.emplace_back(highest, one.blob);
      for (auto& one : std::exchange(inbox.messages, {})) add(made, std::move(one));
      return messages::mailbox_renamed{modseq{highest}};
    }
    if (const auto end = to.rfind('/'); end != std::string::npos) make(to.substr(0, end));
    std::vector<std::string> moved;
    for (const auto& [name, box] : mailboxes)
      if (name == from || name.starts_with(from + "/")) moved.push_back(name);
    for (const auto& name : moved) {
      const auto target = to + name.substr(from.size());
      auto box = std::move(mailboxes.at(name));
      mailboxes.erase(name);
      box.name = target;
      box.highest = highest;
      if (former.contains(target) && former[target] >= box.validity) box.validity = uid_validity{next_validity++};
      if (subscriptions.contains(name)) subscriptions.insert(target);
      mailboxes[target] = std::move(box);
    }
    return messages::mailbox_renamed{modseq{highest}};
  }
  messages::subscription_set subscribe(const std::string& name, bool is_subscribed) {
    const bool is_new = is_subscribed ? subscriptions.insert(name).second : subscriptions.erase(name) == 1;
    return messages::subscription_set{is_new ? modseq{++highest} : modseq{}};
  }

  [[nodiscard]] bool has_children(const std::string& name) const {
    return std::any_of(mailboxes.begin(), mailboxes.end(),
                       [&](const auto& one) { return one.first.starts_with(name + "/"); });
  }
  [[nodiscard]] std::vector<std::string> missing() const {
    std::vector<std::string> names;
    for (const auto& name : subscriptions)
      if (!mailboxes.contains(name)) names.push_back(name);
    return names;
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
    for (const auto& [name, box] : mailboxes)
      for (const auto& [when, blob] : box.removed) ++sum[blob];
    return sum;
  }

  std::map<std::string, model_mailbox> mailboxes;
  std::set<std::string> subscriptions;
  std::map<std::string, uid_validity> former;  // of deleted mailboxes
  std::uint64_t quota = 0;
  std::uint64_t highest = 2;
  std::uint64_t last_message = 0;
  std::uint32_t next_validity = 850'000'006;

 private:
  model_mailbox& make(const std::string& name) {
    if (const auto found = mailboxes.find(name); found != mailboxes.end()) return found->second;
    if (const auto end = name.rfind('/'); end != std::string::npos) make(name.substr(0, end));
    auto& box = mailboxes[name];
    box.name = name;
    box.validity = uid_validity{next_validity++};
    box.highest = highest;
    subscriptions.insert(name);
    return box;
  }
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
  std::string name() {
    constexpr std::array names = {"New0", "New1", "New1/a", "New1/a/b", "Old", "Old/c", "Inbox/d", "Sent/e"};
    return names[below(names.size())];
  }
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

// Who stands behind an imap_connection in its tests: a directory that knows ada, one account with a mailbox "Inbox",
// and a reader; each as small as it can be and still keep the promises of messages/. The staging area is the real one.
#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "actors/runtime/stage.hpp"
#include "actors/runtime/watched.hpp"
#include "actors/services/handles.hpp"
#include "protocols/auth/scram.hpp"
#include "store/staging.hpp"
#include "tests/support/stage.hpp"

namespace stagecoach::edge::imap_cast {

using runtime::promise;
using runtime::reply;
using runtime::to_error;

[[nodiscard]] inline caf::error missing() { return to_error(failure{fault_code::not_found, "not in this cast"}); }

// What all actors of the cast and the test see.
class house {
 public:
  explicit house(store::staging& at) : staging(at) {}
  store::staging& staging;
  std::atomic<std::size_t> changes_sent{0};  // to all viewers
  std::atomic<std::size_t> reads{0};         // of octets

  void keep(uid id, std::string octets) {
    const std::lock_guard held(lock_);
    bodies_[id] = std::move(octets);
  }
  [[nodiscard]] std::optional<std::string> octets(uid id) const {
    const std::lock_guard held(lock_);
    const auto found = bodies_.find(id);
    if (found == bodies_.end()) return std::nullopt;
    return found->second;
  }

 private:
  mutable std::mutex lock_;
  std::map<uid, std::string> bodies_;
};

class inbox final : public runtime::watched<services::mailbox_handle> {
 public:
  inbox(caf::actor_config& cfg, runtime::stage& on, house& in) : watched(cfg, on, "mailbox", "Inbox"), house_(in) {}

 private:
  struct viewer {
    runtime::handle_of<messages::viewer_talk> who;
    bool may_be_told = true;
    std::vector<messages::change> waiting;
  };

  behavior_type make_behavior() override {
    return {
        [this](const messages::watch&) { return begin_watch(); },
        [this](const messages::look_away&) { viewers_.erase(current_sender()->address()); },
        [this](const messages::seen&) { give_credit(); },
        [this](const messages::catch_up&) { return catch_up(); },
        [this](const messages::read_rows& m) { return read(m); },
        [this](const messages::set_flags& m) { return set(m); },
        [this](const messages::expunge& m) { return remove(m); },
        [](const messages::copy&) -> reply<messages::copied> { return missing(); },
        [this](const messages::apply_changes& m) { apply(m); },
        [this](const messages::mailbox_removed&) { quit(); },
        [](const messages::wanted&) {},
    };
  }

  [[nodiscard]] messages::mailbox_status status() const {
    messages::mailbox_status now;
    now.id = mailbox_id{1};
    now.name = "Inbox";
    now.validity = uid_validity{9};
    now.next_uid = messages_.empty() ? uid{1} : messages_.rbegin()->first.next();
    now.highest = highest_;
    now.counts.total = static_cast<std::uint32_t>(messages_.size());
    return now;
  }
  reply<messages::watching> begin_watch() {
    viewers_[current_sender()->address()].who = sender_speaking<messages::viewer_talk>();
    messages::watching now{status(), {}, {}};
    for (const auto& [id, one] : messages_) now.uids.add(id);
    return now;
  }
  void tell(viewer& one) {
    if (one.waiting.empty()) return;
    one.may_be_told = false;
    ++house_.changes_sent;
    send(one.who, messages::changes{{}, mailbox_id{1}, highest_, std::exchange(one.waiting, {})});
  }
  void give_credit() {
    auto& one = viewers_[current_sender()->address()];
    one.may_be_told = true;
    tell(one);
  }
  reply<messages::caught_up> catch_up() {
    const auto at = viewers_.find(current_sender()->address());
    if (at != viewers_.end()) tell(at->second);
    return messages::caught_up{highest_};
  }
  void apply(const messages::apply_changes& m) {
    highest_ = m.up_to;
    for (const auto& one : m.entries)
      if (const auto* added = std::get_if<messages::added>(&one)) messages_[added->message.id] = added->message;
    for (auto& [who, one] : viewers_) {
      one.waiting.insert(one.waiting.end(), m.entries.begin(), m.entries.end());
      if (one.may_be_told) tell(one);
    }
  }
  reply<messages::rows> read(const messages::read_rows& m) {
    messages::rows found;
    for (const auto& [id, one] : messages_)
      if (m.uids.contains(id)) found.messages.push_back(one);
    return found;
  }
  reply<messages::flags_set> set(const messages::set_flags& m) {
    messages::flags_set changed;
    for (auto& [id, one] : messages_) {
      if (!m.uids.contains(id)) continue;
      one.flags = stagecoach::apply(m.delta, one.flags);
      changed.messages.push_back(one);
    }
    return changed;
  }
  reply<messages::messages_expunged> remove(const messages::expunge& m) {
    messages::messages_expunged changed;
    std::erase_if(messages_, [&](const auto& entry) {
      const bool goes = entry.second.flags.has(flag::deleted) && (!m.uids || m.uids->contains(entry.first));
      if (goes) changed.uids.add(entry.first);
      return goes;
    });
    return changed;
  }

  house& house_;
  std::map<uid, messages::message_view> messages_;
  std::map<caf::actor_addr, viewer> viewers_;
  modseq highest_{1};
};

// Delivers to its inbox as the real one does: committed, then changes, then the answer.
class ada final : public runtime::watched<services::account_handle> {
 public:
  ada(caf::actor_config& cfg, runtime::stage& on, house& in, services::mailbox_handle box)
      : watched(cfg, on, "account", "ada"), house_(in), inbox_(std::move(box)) {}
  void on_exit() override { inbox_ = services::mailbox_handle(); }

 private:
  behavior_type make_behavior() override {
    return {
        [this](const messages::deliver& m) { return keep(m); },
        [](const messages::list_mailboxes&) -> reply<messages::mailboxes> {
          messages::mailboxes all;
          all.all.emplace_back().name = "Inbox";
          return all;
        },
        [](const messages::watch_account&) -> reply<messages::mailboxes> { return missing(); },
        [this](const messages::open_mailbox& m) -> reply<services::mailbox_handle> {
          if (m.name != "Inbox") return missing();
          return inbox_;
        },
        [](const messages::create_mailbox&) -> reply<messages::mailbox_created> { return missing(); },
        [](const messages::delete_mailbox&) -> reply<messages::mailbox_deleted> { return missing(); },
        [](const messages::rename_mailbox&) -> reply<messages::mailbox_renamed> { return missing(); },
        [](const messages::set_subscription&) -> reply<messages::subscription_set> { return missing(); },
        [](const messages::close_mailbox&) -> reply<messages::mailbox_closed> { return missing(); },
        [](const messages::release_removed&) {},
        [](const messages::set_flags&) -> reply<messages::flags_set> { return missing(); },
        [](const messages::expunge&) -> reply<messages::messages_expunged> { return missing(); },
        [](const messages::copy&) -> reply<messages::copied> { return missing(); },
        [](const messages::wanted&) {},
    };
  }

  reply<messages::delivered> keep(const messages::deliver& m) {
    if (m.mailbox != "Inbox") return missing();
    const auto body = house_.staging.find(m.body.id);
    CHECK(body && body->is_finished());
    std::string octets(body->octets());
    if (!body->is_in_memory()) octets = std::string(m.body.size, '?');  // its size is what the tests look at
    last_ = last_.next();
    highest_ = highest_.next();
    messages::message_view view;
    view.id = last_;
    view.flags = m.flags;
    view.changed = view.created = highest_;
    view.size = m.body.size;
    view.header_bytes = m.body.header_bytes;
    view.received = m.received;
    house_.keep(last_, std::move(octets));
    send(inbox_, messages::apply_changes{m.trace, highest_, {messages::added{view}}, {}});
    return messages::delivered{mailbox_id{1}, uid_validity{9}, last_, highest_};
  }

  house& house_;
  services::mailbox_handle inbox_;
  uid last_;
  modseq highest_{1};
};

class accounts final : public runtime::watched<services::accounts_handle> {
 public:
  accounts(caf::actor_config& cfg, runtime::stage& on, services::account_handle only)
      : watched(cfg, on, "accounts", "all"), only_(std::move(only)) {}
  void on_exit() override { only_ = services::account_handle(); }

 private:
  behavior_type make_behavior() override {
    return {
        [this](const messages::activate& m) -> reply<services::account_handle> {
          if (m.account != account_id{7}) return missing();
          return only_;
        },
        [](const messages::retire&) -> reply<messages::retired> { return missing(); },
    };
  }
  services::account_handle only_;
};

class directory final : public runtime::watched<services::directory_handle> {
 public:
  directory(caf::actor_config& cfg, runtime::stage& on, const public_key_hash& adas_key)
      : watched(cfg, on, "directory", "node"), adas_key_(adas_key) {}

 private:
  behavior_type make_behavior() override {
    return {
        [](const messages::lookup_recipient&) -> reply<messages::recipient_found> { return missing(); },
        [](const messages::sign_in& m) -> reply<messages::signed_in> {
          if (m.name != "ada" || m.password != "stagecoach") return missing();
          return messages::signed_in{account_id{7}, "ada@localhost"};
        },
        [](const messages::add_account&) -> reply<messages::account_added> { return missing(); },
        [](const messages::set_password&) -> reply<messages::password_set> { return missing(); },
        [](const messages::list_accounts&) -> reply<messages::account_list> { return missing(); },
        [](const messages::lookup_keys& m) -> reply<messages::keys_found> {
          const auto password = m.name == "ada" ? "stagecoach" : "of nobody";
          return messages::keys_found{account_id{7}, "ada@localhost",
                                      *derive_scram(scram_hash::sha_256, password, {"salt", 4096}),
                                      *derive_scram(scram_hash::sha_1, password, {"salt", 4096})};
        },
        [](const messages::check_sender&) -> reply<messages::sender_checked> { return missing(); },
        [](const messages::sign_in_ended&) {},
        [](const messages::watch_passwords&) {},
        [](const messages::keep_session&) -> reply<messages::session_kept> { return missing(); },
        [](const messages::end_sessions&) -> reply<messages::sessions_ended> { return missing(); },
        [this](const messages::sign_in_by_key& m) -> reply<messages::signed_in> {
          if (m.key != adas_key_ || (!m.authorize_as.empty() && m.authorize_as != "ada@localhost")) return missing();
          return messages::signed_in{account_id{7}, "ada@localhost"};
        },
        [](const messages::add_public_key&) -> reply<messages::public_key_added> { return missing(); },
        [](const messages::remove_public_key&) -> reply<messages::public_key_removed> { return missing(); },
        [](const messages::list_public_keys&) -> reply<messages::public_key_list> { return missing(); },
    };
  }

  public_key_hash adas_key_;
};

class reader final : public runtime::watched<services::blob_reader_handle> {
 public:
  reader(caf::actor_config& cfg, runtime::stage& on, house& in) : watched(cfg, on, "blob_reader", "0"), house_(in) {}

 private:
  behavior_type make_behavior() override {
    return {
        [this](const messages::read_octets& m) -> reply<messages::octets_read> {
          if (on().memory().is_tight()) return to_error(failure{fault_code::overloaded, "too little memory"});
          ++house_.reads;
          const auto octets = house_.octets(m.piece.message);
          if (!octets) return missing();
          return messages::octets_read{octets->substr(m.piece.offset, m.piece.length), {}};
        },
        [this](const messages::stage_octets& m) -> reply<messages::octets_staged> {
          auto size = house_.staging.append_to_disk(m.id, m.octets);
          if (!size) return to_error(size.error());
          return messages::octets_staged{*size};
        },
        [this](const messages::finish_staging& m) -> reply<messages::staged_body> {
          return runtime::to_reply(house_.staging.finish(m.id));
        },
        [](const messages::scan_rows&) -> reply<messages::scanned_rows> { return missing(); },
        [](const messages::read_contents&) -> reply<messages::scanned_rows> { return missing(); },
        [](const messages::read_structures&) -> reply<messages::structures> { return missing(); },
        [this](const messages::sweep_staging&) { house_.staging.sweep(); },
        [](const messages::check_account&) -> reply<messages::account_checked> { return missing(); },
    };
  }
  house& house_;
};

}  // namespace stagecoach::edge::imap_cast

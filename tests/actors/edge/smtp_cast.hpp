// Who an SMTP connection speaks to, for its tests: a directory, accounts and a reader that do as they are told, and a
// real staging area.
#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "actors/edge/smtp_connection.hpp"
#include "actors/runtime/stage.hpp"
#include "protocols/auth/scram.hpp"
#include "store/segment.hpp"
#include "tests/store/scratch.hpp"

namespace stagecoach::edge::cast {

// What was delivered, and how deliveries are to go; read and written by the test's thread.
class ledger {
 public:
  struct entry {
    account_id account;
    std::string prefix;
    std::string body;
    std::uint32_t header_bytes = 0;
    std::string mailbox;
    trace_context trace;
  };
  void add(entry one) {
    const std::lock_guard held(mutex_);
    entries_.push_back(std::move(one));
  }
  [[nodiscard]] std::vector<entry> entries() const {
    const std::lock_guard held(mutex_);
    return entries_;
  }
  [[nodiscard]] std::size_t count() const {
    const std::lock_guard held(mutex_);
    return entries_.size();
  }
  std::atomic<fault_code> failing{fault_code::none};  // how account 9 answers
  std::atomic<bool> holding{false};                   // accounts answer only when this ends

 private:
  mutable std::mutex mutex_;
  std::vector<entry> entries_;
};

// "ada" signs in with "stagecoach" or her key, and sends as everybody but "foreign...".
// Local part "unknown...": nobody; "broken...": the directory has no answer; "nine...": account 9; else account 7.
class directory final : public runtime::watched<services::directory_handle> {
 public:
  directory(caf::actor_config& cfg, runtime::stage& on, const public_key_hash& adas_key)
      : watched(cfg, on, "directory", ""), adas_key_(adas_key) {}

 private:
  behavior_type make_behavior() override {
    return {
        [](const messages::lookup_recipient& m) -> runtime::reply<messages::recipient_found> {
          const auto& local = m.recipient.local;
          if (local.starts_with("unknown")) return runtime::to_error(failure{fault_code::not_found, "no such user"});
          if (local.starts_with("broken")) return runtime::to_error(failure{fault_code::disk, "index unreadable"});
          return messages::recipient_found{account_id{local.starts_with("nine") ? 9U : 7U}};
        },
        [](const messages::sign_in& m) -> runtime::reply<messages::signed_in> {
          if (m.name == "busy") return runtime::to_error(failure{fault_code::busy, "too many"});
          if (m.name != "ada" || m.password != "stagecoach") return no();
          return messages::signed_in{account_id{7}, "ada@localhost"};
        },
        [](const messages::add_account&) -> runtime::reply<messages::account_added> { return no(); },
        [](const messages::set_password&) -> runtime::reply<messages::password_set> { return no(); },
        [](const messages::list_accounts&) -> runtime::reply<messages::account_list> { return no(); },
        [](const messages::lookup_keys& m) -> runtime::reply<messages::keys_found> {
          const auto password = m.name == "ada" ? "stagecoach" : "of nobody";
          return messages::keys_found{account_id{7}, "ada@localhost",
                                      *derive_scram(scram_hash::sha_256, password, {"salt", 4096}),
                                      *derive_scram(scram_hash::sha_1, password, {"salt", 4096})};
        },
        [](const messages::check_sender& m) -> runtime::reply<messages::sender_checked> {
          return messages::sender_checked{m.account == account_id{7} && !m.sender.local.starts_with("foreign")};
        },
        [](const messages::sign_in_ended&) {},
        [](const messages::watch_passwords&) {},
        [](const messages::keep_session&) -> runtime::reply<messages::session_kept> { return no(); },
        [](const messages::end_sessions&) -> runtime::reply<messages::sessions_ended> { return no(); },
        [this](const messages::sign_in_by_key& m) -> runtime::reply<messages::signed_in> {
          if (m.key != adas_key_ || (!m.authorize_as.empty() && m.authorize_as != "ada@localhost")) return no();
          return messages::signed_in{account_id{7}, "ada@localhost"};
        },
        [](const messages::add_public_key&) -> runtime::reply<messages::public_key_added> { return no(); },
        [](const messages::remove_public_key&) -> runtime::reply<messages::public_key_removed> { return no(); },
        [](const messages::list_public_keys&) -> runtime::reply<messages::public_key_list> { return no(); },
    };
  }
  static caf::error no() { return runtime::to_error(failure{fault_code::not_found, "not in this test"}); }

  public_key_hash adas_key_;
};

class account final : public runtime::watched<services::account_handle> {
 public:
  account(caf::actor_config& cfg, runtime::stage& on, account_id id, store::staging& area, ledger& book)
      : watched(cfg, on, "account", std::to_string(id.value)), id_(id), area_(area), book_(book) {}
  void on_exit() override { held_.clear(); }

 private:
  behavior_type make_behavior() override {
    return {
        [this](const messages::deliver& m) { return take(m); },
        [](const messages::list_mailboxes&) -> runtime::reply<messages::mailboxes> { return no(); },
        [](const messages::watch_account&) -> runtime::reply<messages::mailboxes> { return no(); },
        [](const messages::open_mailbox&) -> runtime::reply<services::mailbox_handle> { return no(); },
        [](const messages::create_mailbox&) -> runtime::reply<messages::mailbox_created> { return no(); },
        [](const messages::delete_mailbox&) -> runtime::reply<messages::mailbox_deleted> { return no(); },
        [](const messages::rename_mailbox&) -> runtime::reply<messages::mailbox_renamed> { return no(); },
        [](const messages::set_subscription&) -> runtime::reply<messages::subscription_set> { return no(); },
        [](const messages::close_mailbox&) -> runtime::reply<messages::mailbox_closed> { return no(); },
        [](const messages::release_removed&) {},
        [](const messages::set_flags&) -> runtime::reply<messages::flags_set> { return no(); },
        [](const messages::expunge&) -> runtime::reply<messages::messages_expunged> { return no(); },
        [](const messages::copy&) -> runtime::reply<messages::copied> { return no(); },
        [](const messages::wanted&) {},
    };
  }
  static caf::error no() { return runtime::to_error(failure{fault_code::not_found, "not in this test"}); }

  runtime::reply<messages::delivered> take(const messages::deliver& m) {
    if (id_ == account_id{9} && book_.failing != fault_code::none)
      return runtime::to_error(failure{book_.failing, "as told"});
    book_.add({id_, m.prefix, body_of(m.body), m.body.header_bytes, m.mailbox, m.trace});
    auto promise = make_response_promise<messages::delivered>();
    held_.push_back(promise);
    answer_when_free();
    return promise;
  }
  void answer_when_free() {
    if (book_.holding) {
      again_ = remind(std::chrono::milliseconds(100), [this] { answer_when_free(); });
      return;
    }
    for (auto& one : std::exchange(held_, {})) one.deliver(messages::delivered{});
  }
  std::string body_of(const messages::staged_body& body) {
    const auto found = area_.find(body.id);
    if (!found) return "(gone)";
    if (found->is_in_memory()) return std::string(found->octets());
    auto read = store::read_body(found->on_disk(), store::segment_header_bytes, {body.hash, body.size}, {0, body.size});
    return read ? *read : "(" + read.error().what + ")";
  }

  account_id id_;
  store::staging& area_;
  ledger& book_;
  std::vector<runtime::promise<messages::delivered>> held_;
  reminder again_;
};

class accounts final : public runtime::watched<services::accounts_handle> {
 public:
  accounts(caf::actor_config& cfg, runtime::stage& on, store::staging& area, ledger& book)
      : watched(cfg, on, "accounts", ""), area_(area), book_(book) {}
  void on_exit() override { started_.clear(); }

 private:
  behavior_type make_behavior() override {
    return {
        [this](const messages::activate& m) -> runtime::reply<services::account_handle> {
          auto& one = started_[m.account];
          if (!one) one = on().spawn<account>(m.account, std::ref(area_), std::ref(book_));
          return one;
        },
        [](const messages::retire&) -> runtime::reply<messages::retired> { return messages::retired{}; },
    };
  }
  store::staging& area_;
  ledger& book_;
  std::map<account_id, services::account_handle> started_;
};

class reader final : public runtime::watched<services::blob_reader_handle> {
 public:
  reader(caf::actor_config& cfg, runtime::stage& on, store::staging& area)
      : watched(cfg, on, "blob_reader", ""), area_(area) {}

 private:
  behavior_type make_behavior() override {
    return {
        [](const messages::read_octets&) -> runtime::reply<messages::octets_read> { return no(); },
        [this](const messages::stage_octets& m) -> runtime::reply<messages::octets_staged> {
          auto size = area_.append_to_disk(m.id, m.octets);
          if (!size) return runtime::to_error(size.error());
          return messages::octets_staged{*size};
        },
        [this](const messages::finish_staging& m) { return runtime::to_reply(area_.finish(m.id)); },
        [](const messages::scan_rows&) -> runtime::reply<messages::scanned_rows> { return no(); },
        [](const messages::read_contents&) -> runtime::reply<messages::scanned_rows> { return no(); },
        [](const messages::read_structures&) -> runtime::reply<messages::structures> { return no(); },
        [this](const messages::sweep_staging&) { area_.sweep(); },
        [](const messages::check_account&) -> runtime::reply<messages::account_checked> { return no(); },
    };
  }
  static caf::error no() { return runtime::to_error(failure{fault_code::not_found, "not in this test"}); }
  store::staging& area_;
};

}  // namespace stagecoach::edge::cast

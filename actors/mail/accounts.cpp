#include "actors/mail/accounts.hpp"

#include "actors/mail/account.hpp"
#include "actors/runtime/stage.hpp"
#include "store/keys.hpp"

namespace stagecoach::mail {

using namespace std::chrono_literals;

accounts::accounts(caf::actor_config& cfg, runtime::stage& on, services::blob_readers readers,
                   services::store_writer_handle writer, account_options options)
    : watched(cfg, on, "accounts", ""), readers_(std::move(readers)), writer_(std::move(writer)), options_(options) {
  set_down_handler([this](const caf::down_msg& down) { ended(down.source); });
}

void accounts::on_exit() {
  for (auto& [id, one] : entries_)
    if (one.actor) send_exit(one.actor, caf::exit_reason::user_shutdown);
  entries_.clear();
  readers_ = {};
  writer_ = services::store_writer_handle();
}

accounts::behavior_type accounts::make_behavior() {
  return {
      [this](const messages::activate& m) { return activate(m); },
      [this](const messages::retire& m) { return retire(m); },
  };
}

runtime::reply<services::account_handle> accounts::activate(const messages::activate& m) {
  auto answer = make_response_promise<services::account_handle>();
  auto [at, is_new] = entries_.try_emplace(m.account);
  at->second.waiting.push_back(answer);
  if (at->second.actor && !at->second.is_ending)
    hand_out(m.account);
  else if (is_new)
    load(m.account);
  return answer;
}

void accounts::load(account_id id) {
  messages::scan_rows question{{store::account_key(id), store::mailboxes_prefix(id), store::subscriptions_prefix(id),
                                store::removed_prefix(id)}};
  ask(readers_.of(id.value), 30s, std::move(question))
      .then([this, id](const messages::scanned_rows& rows) { loaded(id, rows); },
            [this, id](caf::error& why) { failed(id, why); });
}

void accounts::loaded(account_id id, const messages::scanned_rows& rows) {
  auto state = store::account_state::load(id, rows);
  if (!state) return failed(id, runtime::to_error(state.error()));
  auto actor =
      on().spawn<mail::account>(std::move(*state), readers_, writer_, services::accounts_handle(this), options_);
  monitor(actor);
  entries_[id].actor = actor;
  hand_out(id);
}

// The account hears that it is wanted before anybody can send it something.
void accounts::hand_out(account_id id) {
  auto& one = entries_.at(id);
  one.wanted += one.waiting.size();
  send(one.actor, messages::wanted{one.wanted});
  for (auto& answer : std::exchange(one.waiting, {})) answer.deliver(one.actor);
}

void accounts::failed(account_id id, const caf::error& why) {
  const auto found = entries_.find(id);
  if (found == entries_.end()) return;
  for (auto& answer : found->second.waiting) answer.deliver(why);
  entries_.erase(found);
}

messages::retired accounts::retire(const messages::retire& m) {
  const auto found = entries_.find(m.account);
  if (found == entries_.end() || found->second.wanted != m.wanted) return {false};
  found->second.is_ending = true;
  return {true};
}

// Ended or failed: whoever waited for it meanwhile gets a new one, made from what is committed.
void accounts::ended(const caf::actor_addr& who) {
  for (auto& [id, one] : entries_) {
    if (one.actor != who) continue;
    const account_id ended_account = id;  // erase ends the reference
    auto waiting = std::move(one.waiting);
    entries_.erase(ended_account);
    if (waiting.empty()) return;
    entries_[ended_account].waiting = std::move(waiting);
    return load(ended_account);
  }
}

}  // namespace stagecoach::mail

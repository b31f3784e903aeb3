#include "actors/mail/account.hpp"

#include "actors/mail/mailbox.hpp"
#include "actors/runtime/stage.hpp"
#include "store/account/names.hpp"
#include "store/keys.hpp"

namespace stagecoach::mail {

using namespace std::chrono_literals;

namespace {
constexpr auto commit_deadline = 60s;
constexpr auto read_deadline = 60s;
constexpr std::size_t commits_out_max = 128;
constexpr std::size_t lookups_max = 100;   // deliveries that wait for one; others begin a thread
constexpr std::uint32_t related_max = 50;  // messages of one id or subject that are looked at, the last ones

failure mailbox_is_gone() { return {fault_code::busy, "the mailbox is gone"}; }

template <class Answer>
void refuse(runtime::promise<Answer> promise, const failure& why) {
  promise.deliver(runtime::to_error(why));
}

}  // namespace

account::account(caf::actor_config& cfg, runtime::stage& on, store::account_state state, services::blob_readers readers,
                 services::store_writer_handle writer, services::accounts_handle accounts, account_options options)
    : watched(cfg, on, "account", state.row().name),
      state_(std::move(state)),
      readers_(std::move(readers)),
      writer_(std::move(writer)),
      accounts_(std::move(accounts)),
      options_(options) {
  // A mailbox that failed: whoever looked at it is told by its death, the next one opens it anew.
  set_down_handler([this](const caf::down_msg& down) {
    for (const auto& [id, box] : open_)
      if (box.actor && box.actor == down.source) return forget_unseen(id);
    look_away(down.source);
  });
}

void account::on_exit() {
  const auto why = runtime::to_error({fault_code::busy, "the account has ended"});
  for (const auto& one : std::exchange(pipeline_, {})) one.failed(why);
  refuse_waiting(why);
  for (const auto& [id, box] : open_)
    if (box.actor) send_exit(box.actor, caf::exit_reason::user_shutdown);
  open_.clear();
  watchers_.clear();
  // A thread of a detached actor ends only when nobody holds its handle, not even an actor that has ended.
  readers_ = {};
  writer_ = services::store_writer_handle();
  accounts_ = services::accounts_handle();
}

account::behavior_type account::make_behavior() {
  look_later();
  release(state_.release_all());
  return {
      [this](const messages::deliver& m) { return deliver(m); },
      [this](const messages::list_mailboxes& m) {
        return m.only ? carry_out(state_.list_mailbox(*m.only)) : carry_out(state_.list_mailboxes());
      },
      [this](const messages::watch_account&) { return watch(); },
      [this](const messages::create_mailbox& m) { return carry_out(state_.create_mailbox(m)); },
      [this](const messages::delete_mailbox& m) -> runtime::reply<messages::mailbox_deleted> {
        auto promise = make_response_promise<messages::mailbox_deleted>();
        remove_mailbox(m, promise);
        return promise;
      },
      [this](const messages::rename_mailbox& m) -> runtime::reply<messages::mailbox_renamed> {
        auto promise = make_response_promise<messages::mailbox_renamed>();
        rename_mailbox(m, promise);
        return promise;
      },
      [this](const messages::set_subscription& m) { return carry_out(state_.set_subscription(m)); },
      [this](const messages::open_mailbox& m) { return open(m); },
      [this](const messages::close_mailbox& m) { return close(m); },
      // Their mailbox may have been deleted while they were on their way.
      [this](const messages::set_flags& m) {
        return state_.is_open(m.mailbox) ? carry_out(state_.set_flags(m)) : runtime::to_error(mailbox_is_gone());
      },
      [this](const messages::expunge& m) {
        return state_.is_open(m.mailbox) ? carry_out(state_.expunge(m)) : runtime::to_error(mailbox_is_gone());
      },
      [this](const messages::copy& m) { return copy(m); },
      // It may have been deleted, and what was removed from it with it.
      [this](const messages::release_removed& m) { release(state_.release(m.mailbox, m.up_to)); },
      [this](const messages::wanted& m) {
        wanted_ = m.count;
        was_used_ = true;
      },
  };
}

template <class Answer>
runtime::reply<Answer> account::carry_out(result<store::transition<Answer>, failure> made) {
  if (!made) return runtime::to_error(made.error());
  return carry_out(std::move(*made));
}

template <class Answer>
runtime::reply<Answer> account::carry_out(store::transition<Answer> made) {
  was_used_ = true;
  if (!made.commit && pipeline_.empty()) return std::move(made.answer);
  auto promise = make_response_promise<Answer>();
  line_up(entry_of(std::move(made), promise));
  return promise;
}

// The answer may have seen what is not durable, and comes when that is; what is told is what comes after it.
runtime::reply<messages::mailboxes> account::watch() {
  const auto who = sender_speaking<messages::account_viewer_talk>();
  monitor(who);
  watchers_.push_back({who, state_.last_sequence()});
  state_.is_watched(true);
  return carry_out(state_.list_mailboxes());
}

void account::look_away(const caf::actor_addr& who) {
  std::erase_if(watchers_, [&](const watcher& one) { return one.actor == who; });
  state_.is_watched(!watchers_.empty());
}

// What it answers is not in memory. A message whose thread cannot be read is delivered all the same.
runtime::reply<messages::delivered> account::deliver(const messages::deliver& m) {
  was_used_ = true;
  auto related = state_.related_prefixes(mime::threading_of(m.body.parts), m.mailbox);
  if (related.empty() || state_.lookups() >= lookups_max) return carry_out(state_.append(m));
  auto promise = make_response_promise<messages::delivered>();
  const auto number = ++lookups_begun_;
  looking_up_.emplace(number, promise);
  const auto finish = [this, m, number, began = state_.begin_lookup()](const messages::scanned_rows& found) {
    line_up_or_refuse(state_.append(m, found), looking_up_.at(number));
    looking_up_.erase(number);
    state_.end_lookup(began);
  };
  ask(readers_.of(state_.id().value), read_deadline, messages::scan_rows{std::move(related), related_max})
      .then([finish](const messages::scanned_rows& found) { finish(found); },
            [finish](caf::error&) { finish(messages::scanned_rows()); });
  return promise;
}

// What a copy shares with its original is not in memory.
runtime::reply<messages::copied> account::copy(const messages::copy& m) {
  was_used_ = true;
  auto promise = make_response_promise<messages::copied>();
  with_contents(
      m.mailbox, m.uids, m.trace,
      [this, promise, m](const messages::scanned_rows& contents) mutable {
        auto made = state_.is_open(m.mailbox) ? state_.copy(m, contents) : mailbox_is_gone();
        line_up_or_refuse(std::move(made), promise);
      },
      [promise](const caf::error& why) mutable { promise.deliver(why); });
  return promise;
}

// The state is already that of afterwards, so the next request needs not wait for this one's commit.
template <class Answer>
account::entry account::entry_of(store::transition<Answer> made, runtime::promise<Answer> promise) {
  entry next;
  next.sequence = made.sequence;
  next.has_commit = made.commit.has_value();
  next.commit = std::move(made.commit);
  next.changes = std::move(made.changes);
  next.told = std::move(made.told);
  next.succeeded = [promise, answer = std::move(made.answer)]() mutable { promise.deliver(std::move(answer)); };
  next.failed = [promise](const caf::error& why) mutable { promise.deliver(why); };
  return next;
}

template <class Answer>
void account::line_up_or_refuse(result<store::transition<Answer>, failure> made, runtime::promise<Answer> promise) {
  if (!made) return refuse(promise, made.error());
  if (made->commit || !pipeline_.empty()) return line_up(entry_of(std::move(*made), promise));
  promise.deliver(std::move(made->answer));
}

template <class Then, class Otherwise>
void account::with_contents(mailbox_id id, uid_set uids, const trace_context& trace, Then then, Otherwise otherwise) {
  messages::read_contents question{trace, state_.id(), id, std::move(uids)};
  const auto number = ++readings_begun_;
  reading_.emplace(number, std::move(otherwise));
  ask(readers_.of(state_.id().value), read_deadline, std::move(question))
      .then(
          [this, number, then = std::move(then)](const messages::scanned_rows& contents) mutable {
            reading_.erase(number);
            then(contents);
          },
          [this, number](caf::error& why) {
            const auto refused = reading_.extract(number);
            refused.mapped()(why);
          });
}

void account::line_up(entry next) {
  pipeline_.push_back(std::move(next));
  hand_in();
}

void account::hand_in() {
  while (handed_in_ < pipeline_.size() && commits_out_ < commits_out_max) {
    auto& next = pipeline_[handed_in_++];
    if (!next.has_commit) continue;
    ++commits_out_;
    ask(writer_, commit_deadline, std::move(*std::exchange(next.commit, std::nullopt)))
        .then([this](const messages::committed&) { durable(); }, [this](caf::error& why) { undone(why); });
  }
}

void account::durable() {
  if (pipeline_.empty()) return;  // an earlier one failed, and with it everything after it
  --commits_out_;
  finish_first();
  while (!pipeline_.empty() && handed_in_ > 0 && !pipeline_.front().has_commit) finish_first();
  hand_in();
}

// Changes first, then the answer: a client sees the untagged updates before the tagged reply.
void account::finish_first() {
  const auto first = std::move(pipeline_.front());
  pipeline_.pop_front();
  --handed_in_;
  if (first.has_commit) state_.committed(first.sequence);
  for (const auto& one : first.changes)
    if (const auto found = open_.find(one.mailbox); found != open_.end() && found->second.actor)
      send(found->second.actor, one.changes);
  if (!first.told.changed.empty() || !first.told.removed.empty())
    for (const auto& one : watchers_)
      if (first.sequence > one.after) send(one.actor, first.told);
  first.succeeded();
}

// What we hold in memory is not what the store has: answer everybody and end. The next use loads what is committed.
void account::undone(const caf::error& why) {
  if (!pipeline_.empty())
    log(runtime::log_line(runtime::log_level::error, "commit_failed").with("why", runtime::to_failure(why).what));
  for (const auto& one : std::exchange(pipeline_, {})) one.failed(why);
  refuse_waiting(why);
  quit(why);
}

void account::refuse_waiting(const caf::error& why) {
  for (auto& [number, promise] : std::exchange(looking_up_, {})) promise.deliver(why);
  for (const auto& [number, otherwise] : std::exchange(reading_, {})) otherwise(why);
  for (auto& [id, box] : open_) {
    for (auto& promise : std::exchange(box.waiting, {})) promise.deliver(why);
    for (const auto& then : std::exchange(box.readers, {})) then(&why);
  }
}

runtime::reply<services::mailbox_handle> account::open(const messages::open_mailbox& m) {
  was_used_ = true;
  const auto id = state_.find(m.name);
  if (!id) return runtime::to_error(failure{fault_code::not_found, "there is no mailbox of that name"});
  auto promise = make_response_promise<services::mailbox_handle>();
  const auto [at, is_new] = open_.try_emplace(*id);
  at->second.waiting.push_back(promise);
  if (at->second.actor)
    hand_out(*id);
  else if (is_new)
    read_rows(*id);
  return promise;
}

void account::read_rows(mailbox_id id) {
  state_.begin_open(id);
  ask(readers_.of(state_.id().value), read_deadline, messages::scan_rows{{store::messages_prefix(state_.id(), id)}})
      .then([this, id](const messages::scanned_rows& rows) { rows_read(id, rows); },
            [this, id](caf::error& why) { refuse_opening(id, why); });
}

void account::rows_read(mailbox_id id, const messages::scanned_rows& rows) {
  const auto added = state_.add_rows(id, rows);
  if (!added) return refuse_opening(id, runtime::to_error(added.error()));
  auto opened = state_.finish_open(id);
  if (!opened) return refuse_opening(id, runtime::to_error(opened.error()));
  const auto readers = std::exchange(open_.at(id).readers, {});
  const bool is_durable = pipeline_.empty();
  if (!is_durable) {
    entry next;
    next.sequence = opened->sequence;
    next.succeeded = [this, id, content = opened->answer] { start(id, content); };
    next.failed = [this, id](const caf::error& why) { refuse_opening(id, why); };
    line_up(std::move(next));
  }
  // What these do to the mailbox is told to its actor when it is durable, which is after the start.
  for (const auto& then : readers) then(nullptr);
  if (is_durable) start(id, std::move(opened->answer));
}

void account::start(mailbox_id id, store::opened_mailbox content) {
  auto& box = open_.at(id);
  if (box.waiting.empty()) return forget_unseen(id);  // only a request of ours wanted its messages
  const auto name = state_.row().name + "/" + content.status.name;
  box.actor = on().spawn<mail::mailbox>(name, mailbox_index(std::move(content.status), std::move(content.messages)),
                                        services::account_handle(this));
  monitor(box.actor);
  hand_out(id);
}

void account::refuse_opening(mailbox_id id, const caf::error& why) {
  auto& box = open_.at(id);
  auto waiting = std::move(box.waiting);
  const auto readers = std::move(box.readers);
  forget(id);
  for (auto& promise : waiting) promise.deliver(why);
  for (const auto& then : readers) then(&why);
}

// The mailbox hears that it is wanted before anybody can send it something.
void account::hand_out(mailbox_id id) {
  auto& box = open_.at(id);
  box.wanted += box.waiting.size();
  send(box.actor, messages::wanted{box.wanted});
  for (auto& promise : std::exchange(box.waiting, {})) promise.deliver(box.actor);
}

// Nobody waits for it.
void account::release(store::transition<stagecoach::done> made) {
  if (!made.commit) return;
  entry next;
  next.sequence = made.sequence;
  next.has_commit = true;
  next.commit = std::move(made.commit);
  next.succeeded = [] {};
  next.failed = [](const caf::error&) {};
  line_up(std::move(next));
}

messages::mailbox_closed account::close(const messages::close_mailbox& m) {
  const auto found = open_.find(m.mailbox);
  if (found != open_.end() && found->second.wanted != m.wanted) return {false};
  if (found != open_.end()) forget(m.mailbox);
  return {true};
}

void account::forget(mailbox_id id) {
  if (state_.is_live(id)) state_.close_mailbox(id);
  open_.erase(id);
}

// Nobody looks at it, and there is no mailbox actor to say so.
void account::forget_unseen(mailbox_id id) {
  forget(id);
  release(state_.release(id, state_.row().highest));
}

// Its messages must be known, since each of them goes.
void account::remove_mailbox(const messages::delete_mailbox& m, runtime::promise<messages::mailbox_deleted> promise) {
  was_used_ = true;
  const auto id = state_.to_be_deleted(m.name);
  if (!id) return refuse(promise, id.error());
  if (!state_.is_open(*id))
    return when_open(*id, [this, m, promise](const caf::error* why_not) mutable {
      if (why_not == nullptr) return remove_mailbox(m, promise);
      promise.deliver(*why_not);
    });
  auto made = state_.delete_mailbox(m);
  if (!made) return refuse(promise, made.error());
  auto next = entry_of(std::move(*made), promise);
  next.succeeded = [this, id = *id, trace = m.trace, answer = std::move(next.succeeded)] {
    end_mailbox(id, trace);
    answer();
  };
  line_up(std::move(next));
}

void account::rename_mailbox(const messages::rename_mailbox& m, runtime::promise<messages::mailbox_renamed> promise) {
  was_used_ = true;
  const auto id = state_.to_be_renamed(m);
  if (!id) return refuse(promise, id.error());
  if (*id != state_.find(store::inbox_name)) return line_up_or_refuse(state_.rename_mailbox(m), promise);
  // INBOX stays, and each of its messages goes: those whose contents were read, since others may come meanwhile.
  uid_set all;
  all.add(uid_range{uid{1}, uid{UINT32_MAX}});
  with_contents(
      *id, std::move(all), m.trace,
      [this, promise, m](const messages::scanned_rows& contents) mutable { move_inbox(m, contents, promise); },
      [promise](const caf::error& why) mutable { promise.deliver(why); });
}

void account::move_inbox(const messages::rename_mailbox& m, const messages::scanned_rows& contents,
                         runtime::promise<messages::mailbox_renamed> promise) {
  const auto inbox = state_.find(store::inbox_name);
  CHECK(inbox);
  if (state_.is_open(*inbox)) return line_up_or_refuse(state_.rename_inbox(m, contents), promise);
  when_open(*inbox, [this, m, contents, promise](const caf::error* why_not) mutable {
    if (why_not == nullptr) return move_inbox(m, contents, promise);
    promise.deliver(*why_not);
  });
}

void account::when_open(mailbox_id id, reader then) {
  if (state_.is_open(id)) return then(nullptr);
  const auto [at, is_new] = open_.try_emplace(id);
  at->second.readers.push_back(std::move(then));
  if (is_new) read_rows(id);
}

// Whoever looks at it hears of its end.
void account::end_mailbox(mailbox_id id, const trace_context& trace) {
  const auto found = open_.find(id);
  if (found == open_.end()) return;
  if (found->second.actor) send(found->second.actor, messages::mailbox_removed{trace});
  open_.erase(found);
}

void account::look_later() {
  idle_look_ = remind(options_.idle_after, [this] { end_if_idle(); });
}

void account::end_if_idle() {
  if (std::exchange(was_used_, false) || !open_.empty() || !watchers_.empty() || !pipeline_.empty() ||
      !looking_up_.empty() || !reading_.empty())
    return look_later();
  ask(accounts_, 30s, messages::retire{state_.id(), wanted_})
      .then(
          [this](const messages::retired& m) {
            if (m.may_end) return end();
            look_later();
          },
          [this](caf::error& why) { quit(std::move(why)); });
}

void account::end() {
  if (!options_.check_when_idle) return quit();
  ask(readers_.of(state_.id().value), 600s, messages::check_account{state_.id()})
      .then(
          [this](const messages::account_checked& m) {
            for (const auto& problem : m.problems)
              log(runtime::log_line(runtime::log_level::error, "invariant_broken").with("what", problem));
            CHECK_STORE(m.problems.empty());
            quit();
          },
          [this](caf::error& why) { quit(std::move(why)); });
}

}  // namespace stagecoach::mail

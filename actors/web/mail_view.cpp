#include "actors/web/mail_view.hpp"

#include <algorithm>

#include "actors/runtime/stage.hpp"
#include "actors/web/shown.hpp"
#include "protocols/base/json_write.hpp"

namespace stagecoach::web {

namespace {

constexpr std::size_t jobs_max = 100;  // that wait

failure too_many_jobs() { return {fault_code::busy, "the view has not done what was asked of it before"}; }

}  // namespace

void append_event(std::string& to, const api::event& what) {
  to += "event: ";
  std::visit([&](const auto& one) { to += std::remove_cvref_t<decltype(one)>::kind; }, what);
  to += "\ndata: ";
  json_detail::append(to, what);
  to += "\n\n";
}

mail_view::mail_view(caf::actor_config& cfg, runtime::stage& on, services::node_services services,
                     messages::signed_in who, services::account_handle account, request wanted, view_owner_handle owner)
    : watched(cfg, on, "mail_view", who.name),
      services_(std::move(services)),
      who_(std::move(who)),
      account_(std::move(account)),
      wanted_(std::move(wanted)),
      owner_(std::move(owner)),
      trace_(runtime::new_trace(on.random())) {
  tracing(trace_);
  monitor(owner_);
  if (wanted_.is_everywhere) wanted_.known = modseq();
  set_down_handler([this](const caf::down_msg& down) { lost(down); });
}

void mail_view::on_exit() {
  stop_counting({fault_code::not_found, "the view has ended"});
  jobs_.clear();
  sources_.clear();
  owner_ = view_owner_handle();
  account_ = services::account_handle();
  services_ = {};
}

mail_view::behavior_type mail_view::make_behavior() {
  for (auto& one : wanted_.mailboxes)
    sources_.push_back(std::make_shared<source>(source{one.id, std::move(one.name), {}, {}, {}}));
  add_job([this] { open(0, std::make_shared<contents>()); });
  return {
      [this](const api::move_window& m) { return move(m); },
      [this](const api::expand_thread& m) { return expand(m); },
      [this](const messages::list_view&) { return list(); },
      [this](const api::count_view&) { return count(); },
      [this](const messages::changes& m) { take(m); },
      [this](const messages::view_taken&) { taken(); },
      [this](const messages::look_into& m) { add_job([this, m] { look_into(m); }); },
  };
}

void mail_view::add_job(std::function<void()> job) {
  jobs_.push_back(std::move(job));
  run_jobs();
}

void mail_view::done() {
  is_busy_ = false;
  run_jobs();
}

// Those that are done at once are done in this loop: there may be many.
void mail_view::run_jobs() {
  if (std::exchange(is_running_, true)) return;
  while (!is_busy_ && !is_over_ && !jobs_.empty()) {
    is_busy_ = true;
    const auto next = std::move(jobs_.front());
    jobs_.pop_front();
    next();
  }
  is_running_ = false;
}

void mail_view::without(const caf::error& why, const std::function<void()>& otherwise) {
  if (wanted_.is_everywhere && runtime::is_down(why)) return otherwise();
  fail(why);
}

void mail_view::fail(const caf::error& why) { end(runtime::to_failure(why).what); }

void mail_view::end(std::string why) {
  if (std::exchange(is_over_, true)) return;
  messages::view_said last{trace_, {}, true};
  append_event(last.octets, api::view_ended{wanted_.number, std::move(why)});
  send(owner_, std::move(last));
  quit();
}

void mail_view::tell(const api::event& what) {
  if (is_over_) return;
  messages::view_said said{trace_, {}, false};
  append_event(said.octets, what);
  is_untaken_ = true;
  send(owner_, std::move(said));
}

void mail_view::taken() {
  is_untaken_ = false;
  for (const auto& one : sources_) {
    if (!one->unseen) continue;
    one->sent = *std::exchange(one->unseen, std::nullopt);
    send(one->actor, messages::seen{trace_, one->sent});
  }
}

void mail_view::lost(const caf::down_msg& down) {
  if (down.source == owner_) return quit();
  const auto found = std::find_if(sources_.begin(), sources_.end(),
                                  [&](const auto& one) { return one->actor && one->actor == down.source; });
  if (found == sources_.end()) return;
  // One that was removed ends in peace.
  if (!wanted_.is_everywhere || down.reason) return end("The mailbox is gone.");
  add_job([this, gone = *found] {
    std::erase(sources_, gone);
    if (!list_) return done();
    list_->replace(gone->id, {});
    show_window(true, [this] { done(); });
  });
}

mail_view::source_pointer mail_view::source_of(mailbox_id id) const {
  const auto found = std::find_if(sources_.begin(), sources_.end(), [&](const auto& one) { return one->id == id; });
  return found == sources_.end() ? nullptr : *found;
}

runtime::reply<api::nothing> mail_view::move(const api::move_window& asked) {
  if (is_searching_) {
    wanted_.from = asked.from;
    wanted_.count = asked.count;
    is_moved_ = true;
    return api::nothing();
  }
  if (jobs_.size() > jobs_max) return runtime::to_error(too_many_jobs());
  add_job([this, from = asked.from, count = asked.count] {
    wanted_.from = from;
    wanted_.count = count;
    show_window(false, [this] { done(); });
  });
  return api::nothing();
}

runtime::reply<api::nothing> mail_view::expand(const api::expand_thread& asked) {
  if (!wanted_.threads) return api::nothing();
  if (jobs_.size() > jobs_max) return runtime::to_error(too_many_jobs());
  add_job([this, asked] {
    if (!threads_) return done();
    tell_steps(threads_->expand(asked.thread, asked.is_expanded), {});
  });
  return api::nothing();
}

runtime::reply<messages::view_listed> mail_view::list() {
  if (!is_whole()) return runtime::to_error(not_whole());
  messages::view_listed made;
  for (const auto& one : sources_) made.mailboxes.push_back({one->id, uids_of(*one), one->sent});
  return made;
}

// One source after the other, from this one on.
void mail_view::open(std::size_t at, const std::shared_ptr<contents>& found) {
  if (at == sources_.size()) {
    std::erase_if(sources_, [](const auto& one) { return !one->actor; });
    if (sources_.empty()) return end("The mailbox is gone.");
    if (wanted_.query) return search(*found);
    return read_lists(0, found, std::make_shared<located_rows>());
  }
  watch(sources_[at], [this, at, found](std::optional<uid_set> uids) {
    if (uids) found->emplace_back(sources_[at], std::move(*uids));
    open(at + 1, found);
  });
}

// then(what is in it); none: it went before it could be watched, and the view does without it.
void mail_view::watch(const source_pointer& one, std::function<void(std::optional<uid_set>)> then) {
  const auto gone = [this, one, then] {
    if (!wanted_.is_everywhere) return end("The mailbox is gone.");
    one->actor = services::mailbox_handle();
    then(std::nullopt);
  };
  ask(account_, answer_deadline, messages::open_mailbox{trace_, one->name})
      .then(
          [this, one, then, gone](const services::mailbox_handle& mailbox) {
            one->actor = mailbox;
            monitor(one->actor);
            ask(one->actor, answer_deadline, messages::watch{trace_})
                .then(
                    [this, one, then, gone](const messages::watching& m) {
                      if (m.status.id == one->id) {
                        one->sent = m.status.highest;
                        up_to_ = std::max(up_to_, m.status.highest);
                        return then(m.uids);
                      }
                      // Another one has the name now.
                      demonitor(one->actor.address());
                      send(one->actor, messages::look_away{trace_});
                      gone();
                    },
                    [this, gone](caf::error& why) { without(why, gone); });
          },
          [this, gone](caf::error& why) {
            if (runtime::to_failure(why).code == fault_code::not_found) return gone();
            without(why, gone);
          });
}

void mail_view::read_lists(std::size_t at, const std::shared_ptr<contents>& found,
                           const std::shared_ptr<located_rows>& rows) {
  if (at == found->size()) {
    if (!wanted_.threads) {
      list_.emplace(*rows);
      return begin_with_list();
    }
    message_rows all;
    all.reserve(rows->size());
    for (auto& one : *rows) all.push_back(std::move(one.row));
    threads_.emplace(all);
    return begin_with_list();
  }
  const auto& [from, uids] = (*found)[at];
  ask(from->actor, answer_deadline, messages::read_rows{trace_, uids})
      .then(
          [this, at, found, rows, id = from->id](messages::rows& m) {
            for (auto& one : m.messages) rows->push_back({id, std::move(one)});
            read_lists(at + 1, found, rows);
          },
          [this, at, found, rows](caf::error& why) { without(why, [&] { read_lists(at + 1, found, rows); }); });
}

void mail_view::begin_with_list() {
  if (wanted_.known.value == 0 || wanted_.known != up_to_ || has_shown_) return show_window(true, [this] { done(); });
  tell(api::view_items{wanted_.number, up_to_, total(), wanted_.from, {}, false, false});
  done();
}

// What is in it comes as if it had just been put there.
void mail_view::look_into(const messages::look_into& m) {
  if (source_of(m.mailbox) != nullptr) return done();
  const auto fresh = std::make_shared<source>(source{m.mailbox, m.name, {}, {}, {}});
  watch(fresh, [this, fresh](std::optional<uid_set> uids) {
    if (!uids) return done();
    sources_.push_back(fresh);
    ask(fresh->actor, answer_deadline, messages::read_rows{trace_, std::move(*uids)})
        .then(
            [this, fresh](const messages::rows& now) {
              messages::changes all{trace_, fresh->id, up_to_, {}};
              for (const auto& row : now.messages) all.entries.emplace_back(messages::added{row});
              apply(fresh, all);
            },
            [this](caf::error& why) { without(why, [this] { done(); }); });
  });
}

std::uint32_t mail_view::total() const { return threads_ ? threads_->total() : list_->total(); }

std::vector<thread_list::row> mail_view::window_of_threads() const {
  return threads_ ? threads_->window(wanted_.from, wanted_.count) : std::vector<thread_list::row>();
}

void mail_view::show_window(bool is_anew, std::function<void()> then) {
  const auto in_threads = window_of_threads();
  std::vector<location> wanted;
  if (threads_)
    for (const auto& row : in_threads) wanted.push_back({sources_.front()->id, row.message});
  else
    wanted = list_->window(wanted_.from, wanted_.count);
  // The window may be another one when they have been read.
  with_rows(std::move(wanted), [this, is_anew, in_threads, then, from = wanted_.from](located_rows rows) {
    with_items(std::move(rows), [this, is_anew, in_threads, then, from](items all) {
      for (std::size_t i = 0; i < in_threads.size(); ++i) put_into_thread(all[i], in_threads[i]);
      has_shown_ = true;
      tell(api::view_items{wanted_.number, up_to_, total(), from, std::move(all), is_searching_, is_anew});
      then();
    });
  });
}

}  // namespace stagecoach::web

#include "actors/web/event_stream.hpp"

#include <algorithm>

#include "actors/runtime/stage.hpp"
#include "actors/web/answers.hpp"
#include "actors/web/shown.hpp"
#include "messages/api/protocol.hpp"
#include "protocols/imap/date_time.hpp"
#include "protocols/query/mail_query.hpp"

namespace stagecoach::web {

using namespace std::chrono_literals;

namespace {
constexpr auto answer_deadline = 60s;
constexpr auto beat_every = 25s;  // proxies cut what is silent for 30 s
constexpr std::string_view beat_line = ": \n\n";
constexpr std::size_t unsent_max = 1024 * 1024;  // what a page has asked for and not taken
// A page takes a connection that is silent for a minute for lost, and tries again every half of one.
constexpr auto wait_when_left = 90s;
constexpr auto keep_sent = 180s;

// A search of everything looks there: junk and what was thrown away would hide what is meant.
bool is_searched_everywhere(const api::shown_mailbox& one) {
  return one.special_use != "\\Junk" && one.special_use != "\\Trash";
}

failure not_taken() { return {fault_code::busy, "the stream has not taken what it asked for before"}; }

}  // namespace

event_stream::event_stream(caf::actor_config& cfg, runtime::stage& on, services::node_services services,
                           messages::signed_in who, std::string name, std::optional<first_view> first,
                           octet_sink_handle to, when_left how)
    : watched(cfg, on, "event_stream", who.name),
      services_(std::move(services)),
      who_(std::move(who)),
      name_(std::move(name)),
      first_(std::move(first)),
      to_(std::move(to)),
      trace_(runtime::new_trace(on.random())),
      tail_(name_),
      when_left_(how) {
  tracing(trace_);
  monitor(to_);
  set_down_handler([this](const caf::down_msg& down) {
    if (to_ && down.source == to_) return left();
    // The page comes again, and finds the account as it is then.
    if (account_ && down.source == account_) return end(false);
    // One that has not said why it ends has failed.
    for (const auto& [number, one] : views_)
      if (one.actor == down.source) {
        const auto ended = number;
        views_.erase(ended);
        to_be_taken_.erase(ended);
        return tell(api::view_ended{ended, "The view has failed."});
      }
  });
}

void event_stream::on_exit() {
  // Its views cannot answer any more.
  for (const auto& refuse : std::exchange(unanswered_, {})) refuse();
  for (const auto& [number, one] : views_) send_exit(one.actor, caf::exit_reason::user_shutdown);
  views_.clear();
  to_ = octet_sink_handle();
  account_ = services::account_handle();
  services_ = {};
}

event_stream::behavior_type event_stream::make_behavior() {
  send(to_, messages::source_of(trace_));
  begin();
  beat();
  return {
      [this](const api::open_view& m) -> runtime::reply<api::nothing> {
        if (const auto why = open(m)) return runtime::to_error(*why);
        return api::nothing();
      },
      [this](const api::move_window& m) { return move(m); },
      [this](const api::close_view& m) {
        close(m.view);
        return api::nothing();
      },
      [this](const api::expand_thread& m) { return expand(m); },
      [this](const api::count_view& m) { return pass_on<api::counted>(m.view, m); },
      [this](const messages::list_view& m) { return pass_on<messages::view_listed>(m.view, m); },
      [this](const messages::resume_events& m) { return go_on(m); },
      [this](const api::action_progress& m) {
        progress_[m.op] = m;
        flush();
      },
      [this](const messages::mailboxes_changed& m) { take(m); },
      [this](const messages::more_octets&) {
        if (to_ && current_sender() == to_) taken();
      },
      [this](const messages::end_session& m) { end(m.is_signed_out); },
      [this](messages::view_said& m) { take(m); },
  };
}

void event_stream::begin() {
  ask(services_.accounts, answer_deadline, messages::activate{trace_, who_.account})
      .then(
          [this](const services::account_handle& account) {
            account_ = account;
            monitor(account_);
            ask(account_, answer_deadline, messages::watch_account{trace_})
                .then(
                    [this](const messages::mailboxes& m) {
                      api::hello first{name_, who_.name, std::string(api::protocol()), {}};
                      for (const auto& one : m.all) {
                        first.mailboxes.push_back(shown(one));
                        mailboxes_[one.id] = first.mailboxes.back();
                      }
                      has_begun_ = true;
                      tell(first);
                      if (first_) open_first();
                    },
                    [this](caf::error& why) { fail(why); });
          },
          [this](caf::error& why) { fail(why); });
}

void event_stream::open_first() {
  const auto number = first_->number;
  mailbox_id wanted;
  for (const auto& [id, box] : mailboxes_)
    if (box.name == first_->mailbox || (wanted.value == 0 && box.name == "Inbox")) wanted = id;
  const auto why =
      open({name_, number, wanted, 0, first_->count, modseq(), first_->query, first_->threads, first_->is_everywhere});
  if (why) tell(api::view_ended{number, why->what});
}

void event_stream::fail(const caf::error& why) {
  log(runtime::log_line(runtime::log_level::warning, "no_events").with("why", runtime::to_failure(why).what));
  end(false);
}

// The last that the page hears. It comes again unless it has to sign in first.
void event_stream::end(bool is_signed_out) {
  if (std::exchange(is_ending_, true)) return;
  if (!to_) return quit();
  while (!views_.empty()) close(views_.begin()->first);
  add_event(api::bye{is_signed_out});
  flush();
}

// What happens meanwhile waits, coalesced, as for a slow page: nobody is asked for more.
void event_stream::left() {
  if (when_left_ == when_left::ends || is_ending_ || !has_begun_) return quit();
  to_ = octet_sink_handle();
  has_credit_ = false;
  left_ = remind(wait_when_left, [this] { quit(); });
}

// Its page may be back before anybody has noticed that the connection is lost.
runtime::reply<messages::http_answer> event_stream::go_on(const messages::resume_events& asked) {
  if (to_) {
    demonitor(to_.address());
    send(to_, messages::stream_octets{trace_, {}, true, false});
  }
  to_ = sender_speaking<messages::octet_sink_talk>();
  monitor(to_);
  left_ = reminder();
  has_credit_ = false;
  send(to_, messages::source_of(trace_));
  std::string first;
  append_event(first, api::resumed());
  if (const auto missed = tail_.after(asked.after)) {
    first += *missed;
  } else {  // it has to begin anew
    unsent_ = std::vector<std::string>();
    unsent_bytes_ = 0;
    is_ending_ = false;
    end(false);
  }
  send(to_, messages::stream_octets{trace_, std::move(first), false, false});
  return events_answer();
}

void event_stream::tell(const api::event& what) {
  if (is_ending_) return;
  add_event(what);
  flush();
}

void event_stream::add_event(const api::event& what) {
  std::string event;
  append_event(event, what);
  add(event);
}

void event_stream::add(std::string_view event) {
  unsent_.push_back(tail_.number(event));
  unsent_bytes_ += unsent_.back().size();
}

// Until the page takes them, the last news of each mailbox is all that counts.
void event_stream::take(const messages::mailboxes_changed& m) {
  for (const auto& one : m.changed) news_[one.id] = shown(one);
  for (const auto& one : m.removed) news_[one] = std::nullopt;
  flush();
}

void event_stream::take(messages::view_said& m) {
  const auto found = std::find_if(views_.begin(), views_.end(),
                                  [this](const auto& one) { return one.second.actor == current_sender(); });
  if (found == views_.end() || is_ending_) return;  // it was closed meanwhile
  if (!m.octets.empty()) add(m.octets);
  to_be_taken_.insert(found->first);
  if (m.is_last) close(found->first);
  flush();
  if (has_credit_) taken();
}

void event_stream::taken() {
  has_credit_ = true;
  flush();
  if (!has_credit_) return;
  for (const auto number : std::exchange(to_be_taken_, {})) send(views_.at(number).actor, messages::view_taken{trace_});
}

void event_stream::flush() {
  if (!has_credit_) return;
  if (!is_ending_) put_news();
  if (unsent_.empty()) return;
  has_credit_ = false;
  std::string octets;
  octets.reserve(unsent_bytes_);
  for (auto& one : std::exchange(unsent_, {})) {
    octets += one;
    tail_.keep(std::move(one), on().clock().steady());
  }
  unsent_bytes_ = 0;
  send(to_, messages::stream_octets{trace_, std::move(octets), is_ending_, false});
  if (is_ending_) quit();
}

void event_stream::put_news() {
  for (const auto& [op, now] : std::exchange(progress_, {})) add_event(now);
  for (auto& [id, now] : std::exchange(news_, {})) {
    auto& known = mailboxes_[id];
    if (!now) {
      add_event(api::mailbox_removed{id});
      mailboxes_.erase(id);
    } else if (known != *now) {
      add_event(api::mailbox_changed{*now});
      for (const auto& [number, one] : views_)
        // A new one, and one that had another name when the view was to look into it.
        if (one.is_everywhere && (known.id != id || known.name != now->name) && is_searched_everywhere(*now))
          send(one.actor, messages::look_into{trace_, id, now->name});
      known = std::move(*now);
    }
  }
}

std::optional<failure> event_stream::open(const api::open_view& asked) {
  if (unsent_bytes_ > unsent_max) return not_taken();
  if (asked.count > api::window_max)
    return failure{fault_code::out_of_range, "count is more than a view shows at once"};
  mail_view::request wanted{asked.view,  {},          std::nullopt, asked.from,
                            asked.count, asked.known, false,        asked.is_everywhere};
  if (!asked.query.empty()) {
    auto read = query::parse_query(asked.query, imap::day_of(on().clock().wall()));
    if (!read) return failure{read.error().code, std::string(read.error().what)};
    wanted.query = std::move(*read);
  }
  close(asked.view);
  if (views_.size() >= api::views_max) return failure{fault_code::full, "this stream has as many views as it can"};
  const auto box = mailboxes_.find(asked.mailbox);
  if (box == mailboxes_.end() || !account_) return failure{fault_code::not_found, "there is no such mailbox"};
  wanted.threads = asked.threads && !wanted.query && !asked.is_everywhere;
  if (asked.is_everywhere)
    wanted.mailboxes = everything_and(asked.mailbox);
  else
    wanted.mailboxes.push_back({asked.mailbox, box->second.name});
  auto actor = on().spawn<mail_view>(services_, who_, account_, std::move(wanted), view_owner_handle(this));
  monitor(actor);
  views_[asked.view] = {std::move(actor), asked.is_everywhere};
  return std::nullopt;
}

// In the order in which they are read.
std::vector<mail_view::mailbox_name> event_stream::everything_and(mailbox_id first) const {
  std::vector<mail_view::mailbox_name> all{{first, mailboxes_.at(first).name}};
  for (const auto& [id, one] : mailboxes_)
    if (id != first && is_searched_everywhere(one)) all.push_back({id, one.name});
  return all;
}

void event_stream::close(std::uint32_t number) {
  const auto found = views_.find(number);
  if (found == views_.end()) return;
  demonitor(found->second.actor.address());
  send_exit(found->second.actor, caf::exit_reason::user_shutdown);
  views_.erase(found);
  to_be_taken_.erase(number);
}

runtime::reply<api::nothing> event_stream::move(const api::move_window& asked) {
  if (asked.count > api::window_max)
    return runtime::to_error(failure{fault_code::out_of_range, "count is more than a view shows at once"});
  if (unsent_bytes_ > unsent_max) return runtime::to_error(not_taken());
  return pass_on<api::nothing>(asked.view, asked);
}

runtime::reply<api::nothing> event_stream::expand(const api::expand_thread& asked) {
  if (unsent_bytes_ > unsent_max) return runtime::to_error(not_taken());
  return pass_on<api::nothing>(asked.view, asked);
}

template <class Answer, class Question>
runtime::reply<Answer> event_stream::pass_on(std::uint32_t number, const Question& asked) {
  const auto found = views_.find(number);
  if (found == views_.end()) return runtime::to_error({fault_code::not_found, "there is no such view"});
  auto to = make_response_promise<Answer>();
  const auto at = unanswered_.insert(unanswered_.end(), [to]() mutable {
    to.deliver(runtime::to_error({fault_code::not_found, "the stream has ended"}));
  });
  ask(found->second.actor, answer_deadline, asked)
      .then(
          [this, at, to](const Answer& m) mutable {
            unanswered_.erase(at);
            to.deliver(m);
          },
          [this, at, to](caf::error& why) mutable {
            unanswered_.erase(at);
            to.deliver(why);
          });
  return to;
}

void event_stream::beat() {
  beat_ = remind(beat_every, [this] {
    tail_.forget_before(on().clock().steady() - keep_sent);
    if (has_credit_ && !is_ending_) {
      has_credit_ = false;
      send(to_, messages::stream_octets{trace_, std::string(beat_line), false, false});
    }
    beat();
  });
}

}  // namespace stagecoach::web

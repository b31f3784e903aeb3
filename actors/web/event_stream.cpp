#include "actors/web/event_stream.hpp"

#include "actors/runtime/stage.hpp"
#include "actors/web/shown.hpp"
#include "messages/api/protocol.hpp"
#include "protocols/base/json_write.hpp"

namespace stagecoach::web {

using namespace std::chrono_literals;

namespace {
constexpr auto answer_deadline = 60s;
constexpr auto beat_every = 25s;  // proxies cut what is silent for 30 s
constexpr std::string_view beat_line = ": \n\n";
}  // namespace

event_stream::event_stream(caf::actor_config& cfg, runtime::stage& on, services::node_services services,
                           messages::signed_in who, std::string name, std::optional<first_view> first,
                           octet_sink_handle to)
    : watched(cfg, on, "event_stream", who.name),
      services_(std::move(services)),
      who_(std::move(who)),
      name_(std::move(name)),
      first_(std::move(first)),
      to_(std::move(to)),
      trace_(runtime::new_trace(on.random())) {
  tracing(trace_);
  monitor(to_);
  set_down_handler([this](const caf::down_msg& down) {
    if (down.source == to_) return quit();
    // The page comes again, and finds the account as it is then.
    if (account_ && down.source == account_) return end(false);
    const auto views = views_;
    for (const auto& [number, one] : views)
      if (one->actor && one->actor == down.source) end_view(one, "The mailbox is gone.");
  });
}

void event_stream::on_exit() {
  for (const auto& [number, one] : views_) {
    one->jobs.clear();
    one->actor = services::mailbox_handle();
  }
  views_.clear();
  to_ = octet_sink_handle();
  account_ = services::account_handle();
  services_ = {};
}

event_stream::behavior_type event_stream::make_behavior() {
  begin();
  beat();
  return {
      [this](const api::open_view& m) -> runtime::reply<api::nothing> {
        if (const auto why = open(m)) return runtime::to_error(*why);
        return api::nothing();
      },
      [this](const api::move_window& m) { return move(m); },
      [this](const api::close_view& m) {
        if (const auto found = views_.find(m.view); found != views_.end()) close(view_pointer(found->second));
        return api::nothing();
      },
      [this](const api::expand_thread& m) { return expand(m); },
      [this](const messages::list_view& m) { return list(m); },
      [this](const messages::changes& m) { take(m); },
      [this](const messages::mailboxes_changed& m) { take(m); },
      [this](const messages::more_octets&) { taken(); },
      [this](const messages::end_session& m) { end(m.is_signed_out); },
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
                      tell(first, modseq());
                      if (first_) open_first();
                    },
                    [this](caf::error& why) { fail(why); });
          },
          [this](caf::error& why) { fail(why); });
}

void event_stream::open_first() {
  constexpr std::uint32_t number = 1;
  mailbox_id wanted;
  for (const auto& [id, box] : mailboxes_)
    if (box.name == first_->mailbox || (wanted.value == 0 && box.name == "Inbox")) wanted = id;
  const auto why = open({name_, number, wanted, 0, first_->count, modseq(), first_->query, first_->threads});
  if (why) tell(api::view_ended{number, why->what}, modseq());
}

void event_stream::fail(const caf::error& why) {
  log(runtime::log_line(runtime::log_level::warning, "no_events").with("why", runtime::to_failure(why).what));
  end(false);
}

// The last that the page hears. It comes again unless it has to sign in first.
void event_stream::end(bool is_signed_out) {
  if (std::exchange(is_ending_, true)) return;
  const auto views = views_;
  for (const auto& [number, one] : views) close(one);
  put(api::bye{is_signed_out}, modseq());
  flush();
}

// server-sent events: one line of JSON each (HTML living standard 9.2.5).
void event_stream::put(const api::event& what, modseq at) {
  if (at.value != 0) unsent_ += "id: " + std::to_string(at.value) + "\n";
  unsent_ += "event: ";
  std::visit([this](const auto& one) { unsent_ += std::remove_cvref_t<decltype(one)>::kind; }, what);
  unsent_ += "\ndata: ";
  json_detail::append(unsent_, what);
  unsent_ += "\n\n";
}

void event_stream::tell(const api::event& what, modseq at) {
  if (is_ending_) return;
  put(what, at);
  flush();
}

// Until the page takes them, the last news of each mailbox is all that counts.
void event_stream::take(const messages::mailboxes_changed& m) {
  for (const auto& one : m.changed) news_[one.id] = shown(one);
  for (const auto& one : m.removed) news_[one] = std::nullopt;
  flush();
}

void event_stream::taken() {
  has_credit_ = true;
  flush();
  if (!has_credit_) return;
  for (const auto& [number, one] : views_)
    if (one->unseen && one->actor) send(one->actor, messages::seen{trace_, *std::exchange(one->unseen, std::nullopt)});
}

void event_stream::flush() {
  if (!has_credit_) return;
  for (auto& [id, now] : std::exchange(news_, {})) {
    if (is_ending_) break;
    auto& known = mailboxes_[id];
    if (!now) {
      put(api::mailbox_removed{id}, modseq());
      mailboxes_.erase(id);
    } else if (known != *now) {
      put(api::mailbox_changed{*now}, modseq());
      known = std::move(*now);
    }
  }
  if (unsent_.empty()) return;
  has_credit_ = false;
  send(to_, messages::stream_octets{trace_, std::exchange(unsent_, {}), is_ending_, false});
  if (is_ending_) quit();
}

void event_stream::beat() {
  beat_ = remind(beat_every, [this] {
    if (has_credit_ && !is_ending_) {
      unsent_ += beat_line;
      flush();
    }
    beat();
  });
}

}  // namespace stagecoach::web

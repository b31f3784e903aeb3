// What a page changes, and how that is taken back.
#include <algorithm>

#include "actors/web/shown.hpp"
#include "actors/web/web_session.hpp"

namespace stagecoach::web {

namespace {

using namespace std::chrono_literals;

constexpr auto undo_time = 10min;
constexpr std::size_t undo_max = 1000;  // an action on all mailboxes is one for each

uid_set set_of(const std::vector<uid>& uids) {
  uid_set all;
  for (const auto one : uids) all.add(one);
  return all;
}

// Of those of `wanted`, what `flags` has or has not.
message_flags among(const message_flags& wanted, const message_flags& flags, bool are_there) {
  message_flags found;
  found.bits = static_cast<std::uint16_t>(are_there ? wanted.bits & flags.bits : wanted.bits & ~flags.bits);
  for (const auto& one : wanted.keywords)
    if (flags.has_keyword(one) == are_there) found.keywords.push_back(one);
  return found;
}

bool is_none(const message_flags& flags) { return flags.bits == 0 && flags.keywords.empty(); }

void add_step(std::vector<std::pair<flag_delta, uid_set>>& steps, const flag_delta& delta, uid message) {
  if (is_none(delta.flags)) return;
  const auto same = std::find_if(steps.begin(), steps.end(), [&](const auto& one) { return one.first == delta; });
  if (same != steps.end()) return same->second.add(message);
  uid_set first;
  first.add(message);
  steps.emplace_back(delta, std::move(first));
}

}  // namespace

// then(uids): those that are named, or all of a view but those.
template <class Asked>
void web_session::with_chosen(const Asked& asked, promise to, std::function<void(uid_set)> then) {
  if (asked.uids.size() > api::uids_max) {
    to.deliver(refuse({fault_code::too_long, "more than 10000 messages by name"}));
    return;
  }
  auto named = set_of(asked.uids);
  if (!asked.all_of) return then(std::move(named));
  const auto stream = streams_.find(asked.all_of->stream);
  if (stream == streams_.end()) {
    to.deliver(refuse({fault_code::not_found, "there is no such stream"}));
    return;
  }
  ask(stream->second.actor, answer_deadline, messages::list_view{asked.all_of->view})
      .then(
          [=, this, mailbox = asked.mailbox, up_to = asked.all_of->up_to](const messages::view_listed& m) mutable {
            const auto of = std::find_if(m.mailboxes.begin(), m.mailboxes.end(),
                                         [&](const auto& one) { return one.mailbox == mailbox; });
            if (of == m.mailboxes.end()) {
              to.deliver(refuse(400, "out_of_range", "the view is not of this mailbox", "mailbox"));
              return;
            }
            uid_set chosen;
            of->uids.for_each([&](uid one) {
              if (!named.contains(one)) chosen.add(one);
            });
            if (up_to.value == 0) return then(std::move(chosen));
            // Of several mailboxes another one may have got as far as `up_to`, and this one not.
            leave_out_newer(mailbox, chosen, std::min(up_to, of->up_to), to, then);
          },
          [to](caf::error& why) { refuse_with(to, why); });
}

// What came while somebody was deciding was not meant.
void web_session::leave_out_newer(mailbox_id mailbox, const uid_set& of, modseq up_to, promise to,
                                  std::function<void(uid_set)> then) {
  with_mailbox(mailbox, to, [=, this](const services::mailbox_handle& actor, auto&) {
    ask(actor, answer_deadline, messages::read_rows{step(), of})
        .then(
            [up_to, then](const messages::rows& m) {
              uid_set chosen;
              for (const auto& one : m.messages)
                if (one.created <= up_to) chosen.add(one.id);
              then(std::move(chosen));
            },
            [to](caf::error& why) { refuse_with(to, why); });
  });
}

// What each message has already, or has not, is not taken away or given back by undo.
void web_session::fulfil(const api::set_flags& asked, promise to) {
  const auto add = read_flags(asked.add);
  const auto remove = read_flags(asked.remove);
  if (!add || !remove) {
    to.deliver(refuse(400, "syntax", "this is no flag", add ? "remove" : "add"));
    return;
  }
  with_chosen(asked, to, [=, this](const uid_set& uids) {
    with_mailbox(asked.mailbox, to, [=, this](const services::mailbox_handle& mailbox, auto&) {
      ask(mailbox, answer_deadline, messages::read_rows{step(), uids})
          .then(
              [=, this, id = asked.mailbox](const messages::rows& before) {
                flag_steps steps;
                flag_steps back;
                uid_set changed;
                for (const auto& one : before.messages) {
                  const auto fresh = among(*add, one.flags, false);
                  const auto gone = among(*remove, one.flags, true);
                  if (is_none(fresh) && is_none(gone)) continue;
                  changed.add(one.id);
                  add_step(steps, {flag_change::add, fresh}, one.id);
                  add_step(steps, {flag_change::remove, gone}, one.id);
                  add_step(back, {flag_change::remove, fresh}, one.id);
                  add_step(back, {flag_change::add, gone}, one.id);
                }
                const api::acted none_yet{static_cast<std::uint32_t>(changed.size()), {}, {}};
                change_flags(
                    id, std::move(steps), none_yet,
                    [this, id, back, none_yet](const promise& again) { change_flags(id, back, none_yet, {}, again); },
                    to);
              },
              [to](caf::error& why) { refuse_with(to, why); });
    });
  });
}

void web_session::change_flags(mailbox_id mailbox, flag_steps steps, api::acted so_far, undo_function undo,
                               promise to) {
  if (steps.empty()) return give_acted(std::move(so_far), std::move(undo), to);
  auto next = std::move(steps.back());
  steps.pop_back();
  with_mailbox(mailbox, to, [=, this](const services::mailbox_handle& actor, auto&) {
    ask(actor, answer_deadline, messages::set_flags{step(), mailbox, next.second, next.first})
        .then(
            [=, this](const messages::flags_set& m) {
              change_flags(mailbox, steps, {so_far.messages, {}, std::max(so_far.up_to, m.changed)}, undo, to);
            },
            [to](caf::error& why) { refuse_with(to, why); });
  });
}

void web_session::fulfil(const api::move_messages& asked, const promise& to) {
  with_chosen(asked, to, [=, this](const uid_set& uids) { move(asked.mailbox, uids, asked.to, to); });
}

void web_session::move(mailbox_id from, const uid_set& uids, mailbox_id where, const promise& to) {
  with_mailbox(where, to, [=, this](const services::mailbox_handle&, const std::string& name) {
    with_mailbox(from, to, [=, this](const services::mailbox_handle& mailbox, auto&) {
      ask(mailbox, answer_deadline, messages::copy{step(), from, uids, name, true})
          .then(
              [=, this](const messages::copied& m) {
                uid_set there;
                for (const auto one : m.to) there.add(one);
                give_acted(
                    {static_cast<std::uint32_t>(m.to.size()), {}, m.changed},
                    [this, from, where, there](const promise& again) { move(where, there, from, again); }, to);
              },
              [to](caf::error& why) { refuse_with(to, why); });
    });
  });
}

// \Deleted, and EXPUNGE of these.
void web_session::fulfil(const api::delete_messages& asked, promise to) {
  with_chosen(asked, to, [=, this, id = asked.mailbox](const uid_set& uids) {
    with_mailbox(id, to, [=, this](const services::mailbox_handle& mailbox, auto&) {
      flag_delta delta{flag_change::add, {}};
      delta.flags.set(flag::deleted);
      ask(mailbox, answer_deadline, messages::set_flags{step(), id, uids, delta})
          .then(
              [=, this](const messages::flags_set&) {
                ask(mailbox, answer_deadline, messages::expunge{step(), id, uids})
                    .then(
                        [=, this](const messages::messages_expunged& m) {
                          give_acted({static_cast<std::uint32_t>(m.uids.size()), {}, m.changed}, {}, to);
                        },
                        [to](caf::error& why) { refuse_with(to, why); });
              },
              [to](caf::error& why) { refuse_with(to, why); });
    });
  });
}

void web_session::give_acted(api::acted made, undo_function undo, promise to) {
  if (undo && made.messages > 0) {
    made.undo = std::to_string(++actions_);
    while (!undo_.empty() && (undo_.size() >= undo_max || undo_.front().until < on().clock().steady()))
      undo_.pop_front();
    undo_.push_back({made.undo, on().clock().steady() + undo_time, std::move(undo)});
  }
  give(to, made);
}

void web_session::fulfil(const api::undo& asked, promise to) {
  const auto found =
      std::find_if(undo_.begin(), undo_.end(), [&](const undoing& one) { return one.name == asked.what; });
  if (found == undo_.end() || found->until < on().clock().steady()) {
    to.deliver(refuse({fault_code::not_found, "this cannot be taken back any more"}));
    return;
  }
  const auto act = std::move(found->act);
  undo_.erase(found);
  act(to);
}

template <class Answer, class Question>
void web_session::change_mailboxes(Question question, promise to) {
  with_account(to, [this, to, question](const services::account_handle& account) {
    ask(account, answer_deadline, question)
        .then([to](const Answer&) { give(to, api::nothing()); }, [to](caf::error& why) { refuse_with(to, why); });
  });
}

void web_session::fulfil(const api::new_mailbox& asked, const promise& to) {
  change_mailboxes<messages::mailbox_created>(messages::create_mailbox{step(), asked.name, ""}, to);
}

void web_session::fulfil(const api::renamed_mailbox& asked, const promise& to) {
  change_mailboxes<messages::mailbox_renamed>(messages::rename_mailbox{step(), asked.from, asked.to}, to);
}

void web_session::fulfil(const api::removed_mailbox& asked, const promise& to) {
  change_mailboxes<messages::mailbox_deleted>(messages::delete_mailbox{step(), asked.name}, to);
}

}  // namespace stagecoach::web

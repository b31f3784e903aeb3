// What a page changes, and how that is taken back. What is done to messages is a long_action, done batch by batch.
#include <algorithm>

#include "actors/web/shown.hpp"
#include "actors/web/web_session.hpp"

namespace stagecoach::web {

namespace {

using namespace std::chrono_literals;

constexpr auto undo_time = 10min;
constexpr std::size_t undo_max = 1000;  // an action on all mailboxes is one for each
constexpr auto progress_every = 100ms;
// Its request is given up after 70 s, and nobody hears what was done: no batch begins after the first, and none is
// waited for after the second.
constexpr auto action_time = 45s;
constexpr auto longest_action = 65s;

bool is_name(std::string_view op) {
  return op.size() <= api::op_bytes_max &&
         std::all_of(op.begin(), op.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

messages::http_answer no_such_stream() { return refuse({fault_code::not_found, "there is no such stream"}); }

}  // namespace

web_session::acting_pointer web_session::begin_action(const std::string& op, promise to) {
  if (!is_name(op)) {
    to.deliver(refuse(400, "syntax", "op is no name: at most 64 characters of ASCII that can be seen", "op"));
    return nullptr;
  }
  if (!op.empty() && std::any_of(acting_.begin(), acting_.end(), [&](const auto& one) { return one->op == op; })) {
    to.deliver(refuse(409, "duplicate", "an action of this name is running", "op"));
    return nullptr;
  }
  auto at = std::make_shared<acting>();
  at->op = op;
  at->to = std::move(to);
  at->began = on().clock().steady();
  acting_.push_back(at);
  return at;
}

// Those that are named, or all of a view but those.
template <class Asked>
void web_session::act_on_chosen(const Asked& asked, deed what, promise to) {
  if (asked.uids.size() > api::uids_max) {
    to.deliver(refuse({fault_code::too_long, "more than 10000 messages by name"}));
    return;
  }
  const auto at = begin_action(asked.op, std::move(to));
  if (!at) return;
  uid_set named;
  for (const auto one : asked.uids) named.add(one);
  if (!asked.all_of) return act(at, {{asked.mailbox, std::move(named), std::move(what)}}, modseq());
  const auto stream = streams_.find(asked.all_of->stream);
  if (stream == streams_.end()) return finish_with(at, no_such_stream());
  ask(stream->second.actor, answer_deadline, messages::list_view{asked.all_of->view})
      .then(
          [=, this, mailbox = asked.mailbox, up_to = asked.all_of->up_to](const messages::view_listed& m) {
            const auto of = std::find_if(m.mailboxes.begin(), m.mailboxes.end(),
                                         [&](const auto& one) { return one.mailbox == mailbox; });
            if (of == m.mailboxes.end())
              return finish_with(at, refuse(400, "out_of_range", "the view is not of this mailbox", "mailbox"));
            uid_set chosen;
            of->uids.for_each([&](uid one) {
              if (!named.contains(one)) chosen.add(one);
            });
            // Of several mailboxes another one may have got as far as `up_to`, and this one not.
            act(at, {{mailbox, std::move(chosen), what}}, std::min(up_to, of->up_to));
          },
          [this, at](caf::error& why) { refuse_with(at, why); });
}

void web_session::fulfil(const api::set_flags& asked, promise to) {
  const auto add = read_flags(asked.add);
  const auto remove = read_flags(asked.remove);
  if (!add || !remove) {
    to.deliver(refuse(400, "syntax", "this is no flag", add ? "remove" : "add"));
    return;
  }
  act_on_chosen(asked, flags_to_be{*add, *remove}, std::move(to));
}

void web_session::fulfil(const api::move_messages& asked, const promise& to) {
  act_on_chosen(asked, move_to{asked.to}, to);
}

void web_session::fulfil(const api::delete_messages& asked, promise to) {
  act_on_chosen(asked, delete_for_ever(), std::move(to));
}

void web_session::fulfil(const api::undo& asked, promise to) {
  const auto found =
      std::find_if(undo_.begin(), undo_.end(), [&](const undoing& one) { return one.name == asked.what; });
  if (found == undo_.end() || found->until < on().clock().steady()) {
    to.deliver(refuse({fault_code::not_found, "this cannot be taken back any more"}));
    return;
  }
  const auto at = begin_action(asked.op, std::move(to));
  if (!at) return;
  at->undoes = asked.what;
  const auto tasks = std::move(found->tasks);
  undo_.erase(found);
  act(at, tasks, modseq());
}

// A batch that is at work is done to its end.
void web_session::fulfil(const api::cancel_action& asked, promise to) {
  const auto found = std::find_if(acting_.begin(), acting_.end(),
                                  [&](const auto& one) { return !asked.op.empty() && one->op == asked.op; });
  if (found == acting_.end()) {
    to.deliver(refuse({fault_code::not_found, "no action of this name is running"}));
    return;
  }
  (*found)->is_cancelled = true;
  if ((*found)->action) (*found)->action->cancel();
  give(to, api::nothing());
}

void web_session::act(const acting_pointer& at, const std::vector<task>& tasks, modseq up_to) {
  at->action.emplace(tasks, up_to);
  if (at->is_cancelled) at->action->cancel();
  go_on(at);
}

// Whoever else wants something of the mailbox comes between two questions.
void web_session::go_on(const acting_pointer& at) {
  auto& action = *at->action;
  tell_progress(*at);
  if (!action.is_over() && action.is_between_batches() && on().clock().steady() - at->began > action_time)
    action.failed({fault_code::busy, "it took too long"});
  const auto next = action.next();
  if (!next) return finish(at);
  with_mailbox(next->mailbox, at, [=, this](const services::mailbox_handle& mailbox, auto&) {
    if (const auto* reading = std::get_if<messages::read_rows>(&next->what))
      put<messages::rows>(at, mailbox, *reading);
    else if (const auto* setting = std::get_if<messages::set_flags>(&next->what))
      put<messages::flags_set>(at, mailbox, *setting);
    else if (const auto* removing = std::get_if<messages::expunge>(&next->what))
      put<messages::messages_expunged>(at, mailbox, *removing);
    else
      with_mailbox(next->to, at, [=, this](const services::mailbox_handle&, const std::string& name) {
        auto moving = std::get<messages::copy>(next->what);
        moving.to = name;
        put<messages::copied>(at, mailbox, std::move(moving));
      });
  });
}

template <class Answer, class Question>
void web_session::put(const acting_pointer& at, const services::mailbox_handle& mailbox, Question asked) {
  asked.trace = step();
  ask(mailbox, time_for(at), std::move(asked))
      .then(
          [this, at](const Answer& m) {
            at->action->answered(m);
            go_on(at);
          },
          [this, at](caf::error& why) { refuse_with(at, why); });
}

std::chrono::milliseconds web_session::time_for(const acting_pointer& at) const {
  const auto left = at->began + longest_action - on().clock().steady();
  return std::clamp<std::chrono::milliseconds>(std::chrono::duration_cast<std::chrono::milliseconds>(left), 1s,
                                               answer_deadline);
}

void web_session::refuse_with(const acting_pointer& at, const caf::error& why) {
  if (!at->action) return finish_with(at, refuse(runtime::to_failure(why)));
  at->action->failed(runtime::to_failure(why));
  go_on(at);
}

// To all streams: the one that the page had when it asked may have been lost since.
void web_session::tell_progress(acting& at) {
  const auto& action = *at.action;
  const auto now = on().clock().steady();
  if (at.op.empty() || action.is_over() || action.done() == 0) return;
  if (at.told && now - *at.told < progress_every) return;
  at.told = now;
  const api::action_progress progress{at.op, static_cast<std::uint32_t>(action.done()),
                                      static_cast<std::uint32_t>(action.total())};
  for (const auto& [name, stream] : streams_) send(stream.actor, progress);
}

void web_session::finish(const acting_pointer& at) {
  const auto& action = *at->action;
  auto made = action.outcome();
  const auto keep = [this](const std::string& name, std::vector<task> tasks) {
    while (!undo_.empty() && (undo_.size() >= undo_max || undo_.front().until < on().clock().steady()))
      undo_.pop_front();
    undo_.push_back({name, on().clock().steady() + undo_time, std::move(tasks)});
  };
  if (!at->undoes.empty() && !action.left().empty()) keep(at->undoes, action.left());
  if (action.why_not() && made.messages == 0) return finish_with(at, refuse(*action.why_not()));
  if (!action.undo().empty()) {
    made.undo = std::to_string(++actions_);
    keep(made.undo, action.undo());
  }
  finish_with(at, json_answer(write_json(made)));
}

void web_session::finish_with(acting_pointer at, messages::http_answer answer) {
  std::erase(acting_, at);
  at->to.deliver(std::move(answer));
}

// Nothing is asked for any more; a batch that is at work is done, and nobody is left to hear of it.
void web_session::end_actions() {
  const auto why =
      is_signed_out_ ? refuse(401, "signed_out", "the session has ended") : refuse({fault_code::busy, "it has ended"});
  while (!acting_.empty()) finish_with(acting_.back(), why);
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

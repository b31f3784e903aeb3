#include "actors/mail/mailbox.hpp"

namespace stagecoach::mail {

using namespace std::chrono_literals;

namespace {
constexpr auto answer_deadline = 30s;
constexpr auto idle_after = 5s;
}  // namespace

mailbox::mailbox(caf::actor_config& cfg, runtime::stage& on, std::string name, mailbox_index index,
                 services::account_handle account)
    : watched(cfg, on, "mailbox", std::move(name)), index_(std::move(index)), account_(std::move(account)) {
  set_down_handler([this](const caf::down_msg& down) { look_away(down.source); });
}

void mailbox::on_exit() {
  account_ = services::account_handle();
  viewers_.clear();
}

mailbox::behavior_type mailbox::make_behavior() {
  look_later();
  return {
      [this](const messages::watch&) { return watch(); },
      [this](const messages::look_away&) { look_away(caf::actor_cast<viewer>(current_sender())); },
      [this](const messages::seen& m) { seen(caf::actor_cast<viewer>(current_sender()), m.up_to); },
      [this](const messages::catch_up&) {
        flush(caf::actor_cast<viewer>(current_sender()));
        return messages::caught_up{index_.status().highest};
      },
      [this](const messages::read_rows& m) {
        flush(caf::actor_cast<viewer>(current_sender()));
        return index_.read(m.uids);
      },
      [this](const messages::set_flags& m) { return relay<messages::flags_set>(m); },
      [this](const messages::expunge& m) { return relay<messages::messages_expunged>(m); },
      [this](const messages::copy& m) { return relay<messages::copied>(m); },
      [this](const messages::apply_changes& m) { apply(m); },
      [this](const messages::mailbox_removed&) { quit(); },
      [this](const messages::wanted& m) {
        wanted_ = m.count;
        was_idle_ = false;
      },
  };
}

messages::watching mailbox::watch() {
  const auto asker = caf::actor_cast<caf::actor>(current_sender());
  monitor(asker);
  viewers_.add(asker.address(), index_.status().highest);
  return index_.watching();
}

void mailbox::look_away(const viewer& who) {
  viewers_.remove(who);
  release_removed();
}

template <class Answer, class Question>
runtime::reply<Answer> mailbox::relay(const Question& question) {
  const auto who = caf::actor_cast<viewer>(current_sender());  // before the promise, which takes the sender
  auto answer = make_response_promise<Answer>();
  viewers_.request_began(who);
  ask(account_, answer_deadline, question)
      .then(
          [this, who, answer](const Answer& given) mutable {
            tell({who}, viewers_.request_ended(index_, who, given.changed));
            answer.deliver(given);
            release_removed();
          },
          [this, who, answer](caf::error& why) mutable {
            tell({who}, viewers_.request_ended(index_, who, modseq{}));
            answer.deliver(std::move(why));
            release_removed();
          });
  return answer;
}

void mailbox::apply(const messages::apply_changes& m) {
  const auto& name = index_.status().name;
  if (m.status.name != name) rename(instance().substr(0, instance().size() - name.size()) + m.status.name);
  index_.apply(m);
  for (const auto& [whom, what] : viewers_.changed(index_)) tell(whom, what);
  release_removed();
}

void mailbox::seen(const viewer& who, modseq up_to) {
  tell({who}, viewers_.seen(index_, who, up_to));
  release_removed();
}

void mailbox::flush(const viewer& who) {
  tell({who}, viewers_.flush(index_, who));
  release_removed();
}

void mailbox::release_removed() {
  if (!index_.has_unreleased()) return;
  const auto everybody = viewers_.processed(index_.status().highest);
  if (index_.release(everybody)) send(account_, messages::release_removed{index_.status().id, everybody});
}

// One message object, however many viewers share it.
void mailbox::tell(const std::vector<viewer>& whom, const shared_changes& what) {
  if (!what) return;
  const auto message = caf::make_message(*what);
  for (const auto& who : whom)
    if (const auto target = caf::actor_cast<caf::strong_actor_ptr>(who))
      target->enqueue(caf::actor_cast<caf::strong_actor_ptr>(this), caf::make_message_id(), message, context());
}

void mailbox::look_later() {
  idle_look_ = remind(idle_after, [this] { close_if_idle(); });
}

void mailbox::close_if_idle() {
  if (!viewers_.empty() || !std::exchange(was_idle_, true)) {
    if (!viewers_.empty()) was_idle_ = false;
    return look_later();
  }
  ask(account_, answer_deadline, messages::close_mailbox{index_.status().id, wanted_})
      .then(
          [this](const messages::mailbox_closed& m) {
            if (m.may_end) return quit();
            look_later();
          },
          [this](caf::error& why) { quit(std::move(why)); });
}

}  // namespace stagecoach::mail

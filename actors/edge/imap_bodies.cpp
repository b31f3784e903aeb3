// The octets of messages. Those of a FETCH come in chunks, the next one when the client has taken the last; those of an
// APPEND stream into the staging area while they arrive, and the message is delivered when it is whole.
#include "actors/edge/imap_connection.hpp"
#include "actors/runtime/stage.hpp"

namespace stagecoach::edge {

using namespace std::chrono_literals;

namespace {
constexpr auto disk_deadline = 60s;
constexpr auto memory_patience = 40s;  // a client that takes nothing is cut off after 30
constexpr auto look_at_memory_every = 200ms;
}  // namespace

// Who reads slowly holds what was read for him. With little memory a reader refuses, and we ask again later, while
// others are served or cut off; when that helps nobody, the client is refused.
template <class Need>
void imap_connection::unread(const caf::error& why, Need& what) {
  if (runtime::to_failure(why).code != fault_code::overloaded) return refused(why);
  const auto now = on().clock().steady();
  if (!tight_since_) {
    tight_since_ = now;
    log(runtime::log_line(runtime::log_level::warning, "waits").with("user", user_).with("why", "too little memory"));
  }
  if (now - *tight_since_ >= memory_patience) return answered(imap::refused{fault_code::overloaded});
  memory_wait_ = remind(look_at_memory_every, [this, again = std::move(what)]() mutable { errand(again); });
}

void imap_connection::errand(imap::need_octets& what) {
  messages::read_octets question{step(), account_, *watched_, {what.message, what.offset, what.length}, {}};
  for (const auto& one : what.ahead) question.ahead.push_back({one.message, one.offset, one.length});
  ask(services_.readers.of(what.message.value), disk_deadline, std::move(question))
      .then(
          [this](messages::octets_read& m) {
            tight_since_.reset();
            answered(imap::message_octets{std::move(m.octets), std::move(m.ahead)});
          },
          [this, what = std::move(what)](caf::error& why) mutable { unread(why, what); });
}

void imap_connection::errand(imap::need_structures& what) {
  ask(services_.readers.of(account_.value), disk_deadline,
      messages::read_structures{step(), account_, *watched_, what.uids, what.envelopes_only})
      .then(
          [this](messages::structures& m) {
            tight_since_.reset();
            imap::structures found;
            found.up_to = m.up_to;
            found.messages.reserve(m.messages.size());
            for (auto& one : m.messages) found.messages.push_back({one.id, one.prefix_bytes, std::move(one.parts)});
            answered(std::move(found));
          },
          [this, what = std::move(what)](caf::error& why) mutable { unread(why, what); });
}

void imap_connection::errand(imap::need_append&) {
  drop_incoming();
  incoming_ = incoming();
  incoming_->id = services_.staging->begin();
  incoming_->trace = runtime::new_trace(on().random());
  answered(imap::append_ready{});
}

void imap_connection::errand(imap::append_octets& what) {
  if (!incoming_) return;
  auto& body = *incoming_;
  if (!body.is_on_disk && services_.staging->try_append(body.id, what.octets)) return;
  body.is_on_disk = true;
  ++body.chunks_out;
  // What could not be kept shows when the body is finished: its place in the staging area has failed.
  ask(services_.readers.of(body.id.value), disk_deadline,
      messages::stage_octets{body.trace, body.id, std::move(what.octets)})
      .then([this, id = body.id](const messages::octets_staged&) { chunk_is_back(id); },
            [this, id = body.id](caf::error&) { chunk_is_back(id); });
}

void imap_connection::chunk_is_back(messages::staged_id of) {
  if (!incoming_ || incoming_->id != of) return;
  --incoming_->chunks_out;
  if (incoming_->ending) finish_append();
  drive();
}

void imap_connection::errand(imap::abandon_append&) { drop_incoming(); }

void imap_connection::errand(imap::need_appended& what) {
  if (!incoming_) return answered(imap::refused{fault_code::full});
  incoming_->ending = std::move(what);
  finish_append();
}

void imap_connection::finish_append() {
  auto& body = *incoming_;
  if (body.chunks_out > 0) return;
  if (!body.is_on_disk) {
    const auto finished = services_.staging->finish(body.id);
    if (finished) return deliver(*finished);
    drop_incoming();
    return answered(imap::refused{finished.error().code});
  }
  ask(services_.readers.of(body.id.value), disk_deadline, messages::finish_staging{body.trace, body.id})
      .then([this](const messages::staged_body& m) { deliver(m); }, [this](caf::error& why) { append_failed(why); });
}

void imap_connection::deliver(const messages::staged_body& body) {
  const auto& ending = *incoming_->ending;
  messages::deliver question;
  question.trace = incoming_->trace;
  question.body = body;
  question.mailbox = ending.mailbox;
  question.flags = ending.flags;
  question.received = ending.received.value_or(on().clock().wall());
  ask(services_.accounts, disk_deadline, messages::activate{question.trace, account_})
      .then(
          [this, question](const services::account_handle& account) {
            ask(account, disk_deadline, question)
                .then(
                    [this](const messages::delivered& m) {
                      drop_incoming();
                      answered(imap::appended{m.validity, m.id});
                    },
                    [this](caf::error& why) { append_failed(why); });
          },
          [this](caf::error& why) { append_failed(why); });
}

void imap_connection::append_failed(const caf::error& why) {
  drop_incoming();
  refused(why);
}

void imap_connection::drop_incoming() {
  if (!incoming_) return;
  services_.staging->discard(incoming_->id);
  // The same reader that has the chunks, so it comes after them.
  if (incoming_->is_on_disk) send(services_.readers.of(incoming_->id.value), messages::sweep_staging{});
  incoming_.reset();
}

}  // namespace stagecoach::edge

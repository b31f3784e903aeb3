// What the core of an SMTP connection asks: recipients of the directory, room of the staging area, the commit of the
// recipients' accounts.
#include "actors/edge/sign_in.hpp"
#include "actors/edge/smtp_connection.hpp"
#include "actors/runtime/stage.hpp"
#include "actors/services/failed_sign_in.hpp"
#include "protocols/smtp/received.hpp"

namespace stagecoach::edge {

using namespace std::chrono_literals;

namespace {
constexpr auto lookup_deadline = 10s;
constexpr auto sign_in_deadline = 60s;  // a check takes its time, and may wait for others
constexpr auto disk_deadline = 60s;
// CAF searches an actor's unanswered requests in a row; a mail to 1000 recipients is delivered in waves.
constexpr std::size_t deliveries_at_once = 64;

smtp::recipient_refused refusal_for(fault_code why) {
  switch (why) {
    case fault_code::not_found:
      return smtp::recipient_refused::unknown;
    case fault_code::busy:
      return smtp::recipient_refused::greylisted;
    default:
      return smtp::recipient_refused::try_later;
  }
}
}  // namespace

// --- who it is ---

void smtp_connection::perform(sasl::check_password& what) {
  ask(services_.directory, sign_in_deadline, messages::sign_in{step(), what.name, what.password, wire().peer().ip})
      .then(
          [this](const messages::signed_in& m) {
            candidate_ = m;
            core_.answered(sasl::verdict::right);
            drive();
          },
          [this](caf::error& error) {
            const bool is_wrong = runtime::to_failure(error).code == fault_code::not_found;
            core_.answered(is_wrong ? sasl::verdict::wrong : sasl::verdict::try_later);
            drive();
          });
}

void smtp_connection::perform(sasl::find_keys& what) {
  ask(services_.directory, sign_in_deadline, messages::lookup_keys{step(), what.name, wire().peer().ip})
      .then(
          [this, hash = what.hash](const messages::keys_found& m) {
            candidate_ = {m.account, m.name};
            core_.answered(facts_for(hash, m, wire(), on().random()));
            drive();
          },
          [this](caf::error&) {
            core_.answered(sasl::verdict::try_later);
            drive();
          });
}

void smtp_connection::perform(sasl::find_owner& what) {
  ask(services_.directory, lookup_deadline,
      messages::sign_in_by_key{step(), what.key, what.authorize_as, wire().peer().ip})
      .then(
          [this](const messages::signed_in& m) {
            candidate_ = m;
            core_.answered(sasl::key_owner{m.name});
            drive();
          },
          [this](caf::error& error) {
            const bool is_nobody = runtime::to_failure(error).code == fault_code::not_found;
            core_.answered(is_nobody ? sasl::verdict::wrong : sasl::verdict::try_later);
            drive();
          });
}

void smtp_connection::perform(smtp::sign_in_ended& what) {
  send(services_.directory, messages::sign_in_ended{step(), what.name, wire().peer().ip, what.is_good});
  if (!what.is_good) return log(services::failed_sign_in(what.name, wire().peer().ip));
  account_ = candidate_.account;
  rename(instance() + " " + candidate_.name);
}

void smtp_connection::perform(smtp::ask_sender& what) {
  ask(services_.directory, lookup_deadline, messages::check_sender{step(), account_, what.from})
      .then(
          [this](const messages::sender_checked& m) {
            core_.answered(m.is_theirs ? smtp::sender_answer::yours : smtp::sender_answer::not_yours);
            drive();
          },
          [this](caf::error&) {
            core_.answered(smtp::sender_answer::try_later);
            drive();
          });
}

// --- the envelope ---

void smtp_connection::perform(smtp::begin_mail&) {
  trace_ = runtime::new_trace(on().random());
  tracing(trace_);
}

void smtp_connection::perform(smtp::ask_recipient& what) {
  if (on().memory().is_tight()) {
    log(runtime::log_line(runtime::log_level::warning, "refused")
            .with("peer", wire().peer().ip)
            .with("why", "too little memory"));
    return core_.answered(smtp::recipient_answer(smtp::recipient_refused::try_later));
  }
  const auto& from = what.greylisted_from;
  const auto greylisted = from.empty() ? from : wire().peer().ip + ' ' + from;
  ask(services_.directory, lookup_deadline, messages::lookup_recipient{step(), what.to, greylisted})
      .then(
          [this](const messages::recipient_found& found) {
            core_.answered(smtp::recipient_answer(smtp::recipient_accepted{found.account}));
            drive();
          },
          [this, to = what.to](caf::error& error) {
            const auto why = runtime::to_failure(error);
            const auto answer = refusal_for(why.code);
            const bool is_broken = answer == smtp::recipient_refused::try_later;
            log(runtime::log_line(is_broken ? runtime::log_level::warning : runtime::log_level::info, "refused")
                    .with("peer", wire().peer().ip)
                    .with("recipient", address_text(to))
                    .with("why", why.what));
            core_.answered(smtp::recipient_answer(answer));
            drive();
          });
}

// --- the body ---

void smtp_connection::perform(smtp::begin_body&) {
  incoming_ = incoming();
  incoming_->id = services_.staging->begin();
  wire().read_freely();
  watch_time();
}

void smtp_connection::perform(smtp::body_octets& what) {
  auto& body = *incoming_;
  if (!body.is_on_disk && services_.staging->try_append(body.id, what.octets)) return;
  body.is_on_disk = true;
  ++body.chunks_out;
  // A chunk that could not be kept shows when the body is finished: its place in the staging area has failed.
  ask(services_.readers.of(body.id.value), disk_deadline,
      messages::stage_octets{trace_, body.id, std::move(what.octets)})
      .then([this, id = body.id](const messages::octets_staged&) { chunk_staged(id); },
            [this, id = body.id](caf::error&) { chunk_staged(id); });
}

void smtp_connection::chunk_staged(messages::staged_id id) {
  if (!incoming_ || incoming_->id != id) return;
  --incoming_->chunks_out;
  read_or_pause();
}

void smtp_connection::perform(smtp::abort_body& what) {
  log(runtime::log_line(runtime::log_level::info, "refused").with("peer", wire().peer().ip).with("why", what.why));
  drop_incoming();
}

void smtp_connection::perform(smtp::end_of_body& what) {
  delivery_ = delivery();
  delivery_->what = std::move(what);
  delivery_->received = on().clock().wall();
  delivery_->since = on().clock().steady();
  if (options_.rates != nullptr && options_.kind == smtp::service::reception)
    options_.rates->brought(wire().peer().ip, delivery_->what.size, delivery_->since);
  look_at_rates();
  const auto id = incoming_->id;
  if (!incoming_->is_on_disk) {
    const auto finished = services_.staging->finish(id);
    if (finished) return deliver(*finished);
    log(runtime::log_line(runtime::log_level::error, "not_staged").with("why", finished.error().what));
    return end_delivery(smtp::body_failed::try_later);
  }
  // The same reader that has the chunks, so it comes after them.
  ask(services_.readers.of(id.value), disk_deadline, messages::finish_staging{step(), id})
      .then([this](const messages::staged_body& body) { deliver(body); },
            [this](caf::error& error) {
              log(runtime::log_line(runtime::log_level::error, "not_staged")
                      .with("why", runtime::to_failure(error).what));
              end_delivery(smtp::body_failed::try_later);
            });
}

void smtp_connection::drop_incoming() {
  if (!incoming_) return;
  services_.staging->discard(incoming_->id);
  // The same reader that has the chunks, so it comes after them.
  if (incoming_->is_on_disk) send(services_.readers.of(incoming_->id.value), messages::sweep_staging{});
  incoming_.reset();
}

// --- the delivery ---

void smtp_connection::deliver(const messages::staged_body& body) {
  delivery_->body = body;
  deliver_more();
}

void smtp_connection::deliver_more() {
  auto& d = *delivery_;
  while (d.open < deliveries_at_once && d.begun < d.what.mail.recipients.size()) {
    const auto place = d.begun++;
    ++d.open;
    ask(services_.accounts, disk_deadline, messages::activate{step(), d.what.mail.recipients[place].account})
        .then([this, place](const services::account_handle& account) { deliver_to(place, account); },
              [this, place](caf::error& error) { delivered(place, runtime::to_failure(error)); });
  }
}

void smtp_connection::deliver_to(std::size_t place, const services::account_handle& account) {
  const auto& d = *delivery_;
  messages::deliver order;
  order.trace = step();
  order.body = d.body;
  order.prefix = prefix_for(d.what.mail.recipients[place]);
  order.mailbox = "Inbox";
  order.received = d.received;
  order.create_mailbox = true;
  ask(account, disk_deadline, std::move(order))
      .then([this, place](const messages::delivered&) { delivered(place, std::nullopt); },
            [this, place](caf::error& error) { delivered(place, runtime::to_failure(error)); });
}

void smtp_connection::delivered(std::size_t place, const std::optional<failure>& why) {
  auto& d = *delivery_;
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(on().clock().steady() - d.since).count();
  auto line = why ? runtime::log_line(runtime::log_level::warning, "not_delivered").with("why", why->what)
                  : runtime::log_line(runtime::log_level::info, "delivered");
  log(std::move(line)
          .with("peer", wire().peer().ip)
          .with("recipient", address_text(d.what.mail.recipients[place].to))
          .with("size", d.body.size)
          .with("ms", ms));
  if (why) {
    ++d.failed;
    d.no_room += why->code == fault_code::full ? 1 : 0;
  }
  --d.open;
  if (d.begun < d.what.mail.recipients.size()) return deliver_more();
  if (d.open > 0) return;
  // All or nothing towards the client: who has it already gets it twice when the client tries again, nobody loses it.
  if (d.failed == 0) return end_delivery(smtp::body_committed{trace_text(trace_)});
  end_delivery(d.failed == d.no_room ? smtp::body_failed::mailbox_full : smtp::body_failed::try_later);
}

void smtp_connection::end_delivery(smtp::body_answer answer) {
  drop_incoming();
  delivery_.reset();
  core_.answered(std::move(answer));
  drive();
}

std::string smtp_connection::prefix_for(const smtp::recipient& to) const {
  const auto& mail = delivery_->what.mail;
  const bool is_submitted = !mail.signed_in_as.empty();
  smtp::trace_facts facts;
  facts.reverse_path = mail.reverse_path;
  facts.recipient = to.to;
  // Where our users sit when they write is not their readers' business.
  facts.greeting_name = is_submitted ? services_.host_name : mail.greeting_name;
  if (!is_submitted) facts.peer_ip = wire().peer().ip;
  facts.host = services_.host_name;
  facts.tls = tls_text_;
  facts.is_extended = mail.is_extended;
  facts.is_utf8 = mail.is_utf8;
  facts.is_signed_in = is_submitted;
  const auto id = trace_text(trace_);
  facts.id = id;
  facts.when = delivery_->received;
  facts.adds_date = is_submitted && !delivery_->what.has_date;
  facts.adds_message_id = is_submitted && !delivery_->what.has_message_id;
  return smtp::write_prefix(facts);
}

trace_context smtp_connection::step() { return runtime::next_span(trace_, on().random()); }

}  // namespace stagecoach::edge

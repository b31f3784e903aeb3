// What the IMAP core needs to know or to have done: one function a need. The core gets each answer once, or `refused`.
#include "actors/edge/imap_connection.hpp"
#include "actors/edge/sign_in.hpp"
#include "actors/runtime/stage.hpp"
#include "actors/services/failed_sign_in.hpp"

namespace stagecoach::edge {

using namespace std::chrono_literals;

namespace {

constexpr auto answer_deadline = 60s;

imap::message_facts facts_of(const messages::message_view& from) {
  return {from.id, from.flags, from.size, from.header_bytes, from.received};
}

std::vector<imap::message_facts> facts_of(const std::vector<messages::message_view>& from) {
  std::vector<imap::message_facts> all;
  all.reserve(from.size());
  for (const auto& one : from) all.push_back(facts_of(one));
  return all;
}

imap::mailbox_facts facts_of(const messages::mailbox_status& from) {
  imap::mailbox_facts facts;
  facts.name = from.name;
  facts.validity = from.validity;
  facts.next_uid = from.next_uid;
  facts.messages = from.counts.total + from.counts.deleted;
  facts.unseen = from.counts.unseen;
  facts.deleted = from.counts.deleted;
  facts.size = from.counts.size;
  facts.keywords = from.keywords;
  facts.special_use = from.special_use;
  facts.is_subscribed = from.subscribed;
  return facts;
}

}  // namespace

trace_context imap_connection::step() { return runtime::next_span(trace_, on().random()); }

void imap_connection::errand(imap::send& what) {
  written_ += what.bytes.size();
  wire().write(what.bytes);
}

void imap_connection::errand(imap::start_tls&) { wire().start_tls(*options_.tls, certificate_of_client(services_)); }

void imap_connection::errand(imap::hang_up&) { wire().end(); }

void imap_connection::errand(imap::wait& what) {
  is_slowed_ = true;
  slowed_ = remind(what.time, [this] {
    is_slowed_ = false;
    drive();
  });
}

void imap_connection::errand(imap::need_drained&) {
  if (wire().unsent() == 0)
    answered(imap::drained{});
  else
    awaits_drained_ = true;
}

void imap_connection::errand(imap::leave_mailbox&) {
  if (!mailbox_) return;
  demonitor(mailbox_.address());
  send(mailbox_, messages::look_away{step()});
  mailbox_ = services::mailbox_handle();
  watched_.reset();
  unseen_.reset();
}

void imap_connection::errand(imap::need_sign_in& what) {
  ask(services_.directory, answer_deadline, messages::sign_in{step(), what.name, what.password, wire().peer().ip})
      .then(
          [this, name = what.name](const messages::signed_in& m) {
            note_sign_in(name, true);
            welcome(m);
            answered(imap::signed_in{});
          },
          [this, name = what.name](caf::error& why) {
            if (runtime::to_failure(why).code == fault_code::not_found) note_sign_in(name, false);
            refused(why);
          });
}

void imap_connection::errand(imap::need_keys& what) {
  ask(services_.directory, answer_deadline, messages::lookup_keys{step(), what.name, wire().peer().ip})
      .then(
          [this, hash = what.hash](const messages::keys_found& m) {
            candidate_ = {m.account, m.name};
            answered(facts_for(hash, m, wire(), on().random()));
          },
          [this](caf::error& why) { refused(why); });
}

void imap_connection::errand(imap::need_owner& what) {
  ask(services_.directory, answer_deadline,
      messages::sign_in_by_key{step(), what.key, what.authorize_as, wire().peer().ip})
      .then(
          [this](const messages::signed_in& m) {
            candidate_ = m;
            answered(sasl::key_owner{m.name});
          },
          [this](caf::error& why) { refused(why); });
}

void imap_connection::errand(imap::sign_in_ended& what) {
  note_sign_in(what.name, what.is_good);
  if (what.is_good) welcome(candidate_);
}

void imap_connection::note_sign_in(const std::string& name, bool is_good) {
  send(services_.directory, messages::sign_in_ended{step(), name, wire().peer().ip, is_good});
  if (!is_good) log(services::failed_sign_in(name, wire().peer().ip));
}

void imap_connection::welcome(const messages::signed_in& who) {
  account_ = who.account;
  user_ = who.name;
  rename(instance() + " " + user_);
  last_heard_ = on().clock().steady();
  wire().read_freely();
}

// Ask for it each time: an idle account ends.
template <class Then>
void imap_connection::with_account(Then then) {
  ask(services_.accounts, answer_deadline, messages::activate{step(), account_})
      .then([then](const services::account_handle& account) mutable { then(account); },
            [this](caf::error& why) { refused(why); });
}

void imap_connection::errand(imap::need_mailboxes& what) {
  messages::list_mailboxes question{step(), {}};
  if (!what.only.empty()) question.only = what.only;
  with_account([this, question](const services::account_handle& account) {
    ask(account, answer_deadline, question)
        .then(
            [this](const messages::mailboxes& m) {
              imap::mailbox_list list;
              for (const auto& one : m.all) list.all.push_back(facts_of(one));
              list.missing = m.missing;
              answered(std::move(list));
            },
            [this](caf::error& why) { refused(why); });
  });
}

template <class Answer, class Question>
void imap_connection::change_mailboxes(Question question) {
  with_account([this, question](const services::account_handle& account) {
    ask(account, answer_deadline, question)
        .then([this](const Answer&) { answered(imap::mailboxes_changed{}); },
              [this](caf::error& why) { refused(why); });
  });
}

void imap_connection::errand(imap::need_created& what) {
  change_mailboxes<messages::mailbox_created>(messages::create_mailbox{step(), what.name, what.special_use});
}

void imap_connection::errand(imap::need_deleted& what) {
  change_mailboxes<messages::mailbox_deleted>(messages::delete_mailbox{step(), what.name});
}

void imap_connection::errand(imap::need_renamed& what) {
  change_mailboxes<messages::mailbox_renamed>(messages::rename_mailbox{step(), what.from, what.to});
}

void imap_connection::errand(imap::need_subscribed& what) {
  change_mailboxes<messages::subscription_set>(messages::set_subscription{step(), what.name, what.is_subscribed});
}

void imap_connection::errand(imap::need_mailbox& what) {
  with_account([this, name = what.name](const services::account_handle& account) {
    ask(account, answer_deadline, messages::open_mailbox{step(), name})
        .then([this](const services::mailbox_handle& mailbox) { watch(mailbox); },
              [this](caf::error& why) { refused(why); });
  });
}

void imap_connection::watch(const services::mailbox_handle& mailbox) {
  mailbox_ = mailbox;
  monitor(mailbox_);
  ask(mailbox_, answer_deadline, messages::watch{step()})
      .then(
          [this](const messages::watching& m) {
            watched_ = m.status.id;
            answered(imap::mailbox_opened{facts_of(m.status), m.uids, m.first_unseen});
          },
          [this](caf::error& why) {
            demonitor(mailbox_.address());
            mailbox_ = services::mailbox_handle();
            refused(why);
          });
}

void imap_connection::errand(imap::need_changes&) {
  ask(mailbox_, answer_deadline, messages::catch_up{step()})
      .then([this](const messages::caught_up&) { answered(imap::changes_told{}); },
            [this](caf::error& why) { refused(why); });
}

void imap_connection::errand(imap::need_rows& what) {
  ask(mailbox_, answer_deadline, messages::read_rows{step(), std::move(what.uids)})
      .then([this](const messages::rows& m) { answered(imap::rows{facts_of(m.messages)}); },
            [this](caf::error& why) { refused(why); });
}

void imap_connection::errand(imap::need_flags_set& what) {
  ask(mailbox_, answer_deadline, messages::set_flags{step(), *watched_, std::move(what.uids), std::move(what.delta)})
      .then([this](const messages::flags_set& m) { answered(imap::flags_set{facts_of(m.messages)}); },
            [this](caf::error& why) { refused(why); });
}

void imap_connection::errand(imap::need_expunged& what) {
  ask(mailbox_, answer_deadline, messages::expunge{step(), *watched_, std::move(what.uids)})
      .then([this](const messages::messages_expunged& m) { answered(imap::messages_expunged{m.uids}); },
            [this](caf::error& why) { refused(why); });
}

void imap_connection::errand(imap::need_copied& what) {
  messages::copy question{step(), *watched_, std::move(what.uids), std::move(what.to), what.is_move};
  ask(mailbox_, answer_deadline, std::move(question))
      .then(
          [this](const messages::copied& m) {
            answered(imap::copied{m.validity, m.from, m.to});
          },
          [this](caf::error& why) { refused(why); });
}

}  // namespace stagecoach::edge

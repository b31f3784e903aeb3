// What each command does (RFC 5321 4.1.4: the order of commands).
#include "protocols/base/check.hpp"
#include "protocols/base/reader.hpp"
#include "protocols/smtp/session.hpp"

namespace stagecoach::smtp {

offer session::now() const {
  return {options_.message_bytes_max, options_.tls_available,          options_.tls_active, options_.kind,
          options_.login_needs_tls,   options_.allowed.recipients_max, client_key_};
}

void session::on(const hello& c) {
  hello_ = c;
  forget_mail();  // RFC 5321 4.1.4: EHLO resets like RSET
  auto lines = c.is_extended ? extension_lines(now()) : std::vector<std::string>{};
  lines.insert(lines.begin(), options_.host);
  put(send{write_lines(250, lines)});
  count_idle_command();
  expect_client_to_read();
}

void session::on(const mail& c) {
  if (!hello_) return say(replies::no_greeting);
  if (options_.kind == service::submission && user_.empty()) return say(replies::auth_needed);
  if (envelope_) return say(replies::nested_mail);
  // RFC 5321 4.1.1.11: parameters belong to extensions, and those were offered by EHLO.
  if (c.has_parameters && !hello_->is_extended) return say(replies::unknown_parameter);
  if (c.needs_utf8 && !c.parameters.is_utf8) return say(replies::address_not_ascii);
  if (c.parameters.size.value_or(0) > options_.message_bytes_max) return say(replies::too_large);
  if (!takes_mails_) return say(replies::too_many_mails);
  if (const auto what = provoked_now(c.from, moment::mail); what && give(*what)) return;
  if (options_.kind == service::reception || !c.from) return begin_mail_of(c);
  state_ = asking_sender{c};
  put(ask_sender{*c.from});
}

void session::answered(sender_answer answer) {
  if (is_closed()) return;
  if (std::holds_alternative<asking_author>(state_)) {
    answered_author(answer);
    return advance();
  }
  CHECK(std::holds_alternative<asking_sender>(state_));
  const auto asked = std::get<asking_sender>(std::exchange(state_, ready{})).asked;
  if (answer == sender_answer::yours) {
    begin_mail_of(asked);
  } else {
    say(answer == sender_answer::not_yours ? replies::not_your_address : replies::try_later);
  }
  advance();
}

void session::begin_mail_of(const mail& c) {
  envelope_.emplace();
  envelope_->reverse_path = c.from;
  envelope_->body = c.parameters.body.value_or(body_kind::seven_bit);
  is_seven_bit_ = !hello_->is_extended || c.parameters.body == body_kind::seven_bit;
  envelope_->greeting_name = hello_->name;
  envelope_->is_extended = hello_->is_extended;
  envelope_->is_tls = options_.tls_active;
  envelope_->is_utf8 = c.parameters.is_utf8;
  envelope_->signed_in_as = user_;
  refused_recipients_ = 0;
  has_unknown_recipient_ = false;
  put(begin_mail{});
  say(replies::sender_ok);
}

void session::on(const rcpt& c) {
  if (!envelope_) return say(hello_ ? replies::no_mail : replies::no_greeting);
  if (body_) return say(replies::body_has_begun);
  if (c.needs_utf8 && !envelope_->is_utf8) return say(replies::address_not_ascii);
  if (envelope_->recipients.size() >= options_.allowed.recipients_max) return say(replies::too_many_recipients);
  // RFC 5321 4.5.5: such mails are about one mail of one sender.
  if (!envelope_->reverse_path && !envelope_->recipients.empty()) return say(replies::one_recipient_of_null);
  if (const auto what = provoked_now(c.to, moment::rcpt); what && give(*what)) {
    ++refused_recipients_;
    return;
  }
  auto to = c.to;
  if (to.domain.text.empty()) to.domain.text = ascii_lower(options_.host);  // RFC 5321 4.1.1.3: <Postmaster>
  state_ = asking_recipient{to};
  ask_recipient question{std::move(to), {}};
  if (options_.provokes_errors && provokes_greylisting(question.to)) {
    const auto& sender = envelope_->reverse_path;
    question.greylisted_from = '<' + (sender ? address_text(*sender) : std::string()) + '>';
  }
  put(std::move(question));
}

void session::on(const data&) {
  if (!envelope_) {
    say(hello_ ? replies::no_mail : replies::no_greeting);
  } else if (body_) {
    say(replies::body_has_begun);  // RFC 3030 2: DATA and BDAT are not mixed
  } else if (envelope_->body == body_kind::binary_mime) {
    say(replies::binary_needs_bdat);  // RFC 3030 3
  } else if (envelope_->recipients.empty()) {
    refuse_data();
  } else {
    body_.emplace(open_body{incoming_body(options_.message_bytes_max, data_lines{}, strictness())});
    state_ = receiving{};
    put(begin_body{});
    say(replies::go_ahead);
  }
  // Also when it is refused: a body that was sent all the same must not run as commands.
  expect_client_to_read();
}

void session::refuse_data() {
  if (refused_recipients_ == 0) return say(replies::no_recipient);
  if (has_unknown_recipient_) pause(options_.allowed.unknown_recipients_delay);
  say(replies::no_valid_recipient);
}

incoming_body::strictness session::strictness() const {
  if (!options_.is_pedantic) return std::nullopt;
  // Laxer than RFC 6152 2: without BODY a mail is 7-bit, but smtplib and curl were told of 8BITMIME and say nothing.
  return mime::strict_message({envelope_->is_utf8, !is_seven_bit_, envelope_->body == body_kind::binary_mime,
                               options_.kind == service::submission});
}

std::optional<reply> session::refusal_of_chunk() const {
  if (hello_ && !hello_->is_extended) return replies::not_implemented;
  if (!envelope_) return hello_ ? replies::no_mail : replies::no_greeting;
  if (envelope_->recipients.empty())
    return refused_recipients_ > 0 ? replies::no_valid_recipient : replies::no_recipient;
  return std::nullopt;
}

void session::on(const bdat& c) {
  if (c.size == 0 && !c.is_last) count_idle_command();
  if (is_closed()) return;
  const auto read = body_ ? body_->body.octets_read() : 0;
  if (c.size > incoming_body::read_max(options_.message_bytes_max) - read) return say_and_close(replies::too_large);
  receiving_chunk chunk{c.size, c.is_last, refusal_of_chunk()};
  if (!chunk.refusal && !body_) {
    const bool is_binary = envelope_->body == body_kind::binary_mime;
    body_.emplace(open_body{incoming_body(options_.message_bytes_max, chunk_octets(is_binary), strictness())});
    put(begin_body{});
  }
  state_ = chunk;
}

void session::on(const rset&) {
  forget_mail();
  say(replies::ok);
  count_idle_command();
}

void session::on(const noop&) {
  say(replies::ok);
  count_idle_command();
}

void session::on(const quit&) { say_and_close(replies::bye); }

// RFC 5321 7.3: the same answer for every address.
void session::on(const vrfy&) {
  say(replies::cannot_verify);
  count_idle_command();
}

void session::on(const help&) {
  say(options_.kind == service::submission ? replies::help_submission : replies::help);
  count_idle_command();
}

void session::on(const starttls&) {
  if (options_.tls_active) return say(replies::tls_already);
  if (!is_offered(extension::starttls, now())) return say(replies::not_implemented);
  // Louder than RFC 3207 4, which would let us forget them: bytes after STARTTLS are an injection (CVE-2011-0411).
  if (!lines_.is_empty()) return say_and_close(replies::tls_injection);
  say(replies::start_tls);
  put(start_tls{});
  if (!is_closed()) state_ = starting_tls{};
}

void session::on(const not_implemented&) { say(replies::not_implemented); }

void session::on(const malformed& c) {
  if (c.hides_data) return say_and_close(c.answer);
  say(c.answer);
}

void session::on(const foreign&) { say_and_close(replies::not_smtp); }

void session::on(const unknown&) {
  if (is_first_command_) return say_and_close(replies::not_smtp);
  say(replies::unknown_command);
}

void session::count_idle_command() {
  if (!is_closed() && ++idle_commands_ >= options_.allowed.idle_commands_max) say_and_close(replies::too_many_idle);
}

}  // namespace stagecoach::smtp

#include "protocols/smtp/session.hpp"

#include <algorithm>
#include <array>

#include "protocols/base/check.hpp"
#include "protocols/base/reader.hpp"
#include "protocols/smtp/author.hpp"
#include "protocols/smtp/pedantry.hpp"

namespace stagecoach::smtp {

namespace {

line_limits limits_of(const session_options& options) {
  const bool may_sign_in = options.kind == service::submission;
  return {may_sign_in ? limits::auth_line_bytes_max : limits::line_bytes_max, limits::endless_line_bytes};
}

bool is_auth(std::string_view line) { return equal_nocase(line.substr(0, 5), "AUTH "); }

}  // namespace

session::session(session_options options) : options_(std::move(options)), lines_(limits_of(options_)) {
  put(send{write_reply({220, "", options_.host + " ESMTP Stagecoach"})});
}

void session::received(std::string_view bytes) {
  if (is_closed() || bytes.empty() || std::holds_alternative<silent>(state_)) return;
  if (std::holds_alternative<starting_tls>(state_)) return refuse_injection();
  if (turn_ == turn::ours) return say_and_close(replies::out_of_turn);
  lines_.append(bytes);
  advance();
}

void session::answered(recipient_answer answer) {
  if (is_closed()) return;
  CHECK(std::holds_alternative<asking_recipient>(state_));
  auto asked = std::get<asking_recipient>(std::exchange(state_, ready{}));
  if (const auto* yes = std::get_if<recipient_accepted>(&answer)) {
    has_recipient_ = true;
    auto& all = envelope_->recipients;
    const bool is_there = std::any_of(all.begin(), all.end(), [&](const recipient& r) { return r.to == asked.to; });
    if (!is_there) all.push_back({std::move(asked.to), yes->account});
    say(replies::recipient_ok);
  } else {
    ++refused_recipients_;
    switch (std::get<recipient_refused>(answer)) {
      case recipient_refused::unknown:
        has_unknown_recipient_ = true;
        say(options_.kind == service::submission ? replies::no_relaying : replies::unknown_recipient);
        break;
      case recipient_refused::try_later:
        say(replies::try_later);
        break;
      case recipient_refused::greylisted:
        say(replies::greylisted);
        break;
    }
  }
  advance();
}

void session::answered(body_answer answer) {
  if (is_closed()) return;
  CHECK(std::holds_alternative<asking_commit>(state_));
  state_ = ready{};
  envelope_.reset();
  if (const auto* yes = std::get_if<body_committed>(&answer)) {
    errors_ = idle_commands_ = 0;
    say({250, "2.0.0", "Delivered " + yes->id});
  } else {
    const bool is_full = std::get<body_failed>(answer) == body_failed::mailbox_full;
    say(is_full ? replies::mailbox_full : replies::try_later);
  }
  advance();
}

// RFC 3207 4.2: everything that was said before the handshake is forgotten.
void session::tls_started() {
  if (is_closed()) return;
  CHECK(std::holds_alternative<starting_tls>(state_));
  options_.tls_active = true;
  hello_.reset();
  user_.clear();
  forget_mail();
  lines_.clear();
  state_ = ready{};
  advance();
}

void session::drain() { leave(replies::draining); }

void session::time_is_over() {
  if (!is_closed()) leave(replies::session_over);
}

void session::leave(const reply& farewell) {
  farewell_ = &farewell;
  if (std::holds_alternative<silent>(state_)) return say_and_close(farewell);
  advance();
}

void session::timed_out() {
  if (!is_closed()) say_and_close(replies::timed_out);
}

std::optional<output> session::next() {
  auto first = outputs_.next();
  if (first && outputs_.is_empty()) turn_ = turn::client;
  return first;
}

bool session::wants_input() const {
  if (is_closed() || std::holds_alternative<starting_tls>(state_)) return false;
  return lines_.size() < limits::paused_input_bytes;
}

void session::advance() {
  for (;;) {
    if (std::holds_alternative<receiving>(state_)) {
      if (lines_.is_empty()) return;
      take_body();
    } else if (const auto* chunk = std::get_if<receiving_chunk>(&state_)) {
      if (lines_.is_empty() && chunk->left > 0) return;
      take_chunk();
    } else if (!std::holds_alternative<ready>(state_) && !std::holds_alternative<exchanging>(state_)) {
      return;
    } else if (farewell_ != nullptr && !body_) {
      return say_and_close(*farewell_);
    } else {
      // A TLS ClientHello or other noise may never have a line end.
      if (is_first_command_ && !lines_.is_empty() &&
          ascii_lower(lines_.rest().front()) == ascii_upper(lines_.rest().front()))
        return say_and_close(replies::not_smtp);
      const auto l = lines_.take();
      if (!l) return;
      take_line(*l);
    }
  }
}

void session::take_line(const line& l) {
  switch (l.fault) {
    case line_fault::bare:
      return say_and_close(replies::bad_line);
    case line_fault::endless:
      return say_and_close(replies::line_too_long);
    case line_fault::too_long:
      exchange_.reset();
      state_ = ready{};
      return say(replies::line_too_long);
    case line_fault::none:
      break;
  }
  if (std::holds_alternative<exchanging>(state_)) return take_message(l.text);
  if (l.text.size() + 2 > limits::line_bytes_max && !is_auth(l.text)) return say(replies::line_too_long);
  auto c = parse_command(l.text, now());
  const bool is_ours = !std::holds_alternative<unknown>(c) && !std::holds_alternative<foreign>(c) &&
                       !std::holds_alternative<malformed>(c);
  if (options_.is_pedantic && is_ours)
    if (const auto why = carelessness_of(l.text)) c = malformed{*why, std::holds_alternative<bdat>(c)};
  std::visit([this](const auto& one) { on(one); }, c);
  is_first_command_ = false;
}

void session::take_body() {
  auto& body = body_->body;
  std::string content;
  lines_.drop(body.read(lines_.rest(), content));
  if (body.is_endless()) return say_and_close(replies::too_large);
  pass_on(std::move(content));
  if (body.has_ended()) end_body();
}

// RFC 3030 2: also a chunk that is refused is read to its end before it is answered; its octets never are commands.
void session::take_chunk() {
  auto& chunk = std::get<receiving_chunk>(state_);
  const auto octets = lines_.rest().substr(0, chunk.left);
  chunk.left -= octets.size();
  if (!chunk.refusal) {
    body_->body.read_chunk(octets);
    pass_on(std::string(octets));
  }
  lines_.drop(octets.size());
  if (chunk.left > 0) return;
  const auto done = chunk;
  state_ = ready{};
  end_chunk(done);
}

void session::end_chunk(const receiving_chunk& done) {
  if (done.refusal) {
    if (done.is_last && has_unknown_recipient_) pause(options_.allowed.unknown_recipients_delay);
    // Not counted as errors: a client that pipelines has more of them on their way (RFC 3030 2).
    put(send{write_reply(*done.refusal)});
    return count_idle_command();
  }
  if (done.is_last) {
    body_->body.end_of_chunks();
    pass_on({});
    return end_body();
  }
  if (body_->is_wanted) return say(replies::chunk_ok);
  end_body();
}

void session::pass_on(std::string content) {
  if (!body_->is_wanted) return;
  if (const auto why = body_->body.refusal()) {
    body_->is_wanted = false;
    put(abort_body{why->text});
  } else if (!content.empty()) {
    put(body_octets{std::move(content)});
  }
}

// The body is whole, or is known to be refused.
void session::end_body() {
  const auto done = std::move(body_->body);
  body_.reset();
  if (const auto why = done.refusal()) {
    state_ = ready{};
    envelope_.reset();
    return say(*why);
  }
  if (const auto what = provoked_by_recipients()) {
    if (!std::holds_alternative<delay>(*what)) {
      put(abort_body{"an address asked for an error"});
      state_ = ready{};
      envelope_.reset();
    }
    if (give(*what)) return;
  }
  const auto& header = done.header();
  end_of_body message{std::move(*envelope_), done.size(), static_cast<std::uint32_t>(header.octets()),
                      header.count(header_field::date) > 0, header.count(header_field::message_id) > 0};
  if (options_.kind == service::reception) return commit(std::move(message));
  auto authors = authors_of(header);
  if (!authors) return refuse_author(replies::author_needed);
  std::erase(*authors, message.mail.reverse_path);  // that was asked at MAIL
  ask_author({std::move(message), std::move(*authors)});
}

void session::commit(end_of_body message) {
  state_ = asking_commit{};
  put(std::move(message));
}

void session::ask_author(asking_author next) {
  if (next.left.empty()) return commit(std::move(next.message));
  put(ask_sender{next.left.back()});
  state_ = std::move(next);
}

void session::answered_author(sender_answer answer) {
  auto asked = std::get<asking_author>(std::exchange(state_, ready{}));
  if (answer != sender_answer::yours)
    return refuse_author(answer == sender_answer::not_yours ? replies::not_your_author : replies::try_later);
  asked.left.pop_back();
  ask_author(std::move(asked));
}

void session::refuse_author(const reply& why) {
  put(abort_body{why.text});
  state_ = ready{};
  envelope_.reset();
  say(why);
}

void session::forget_mail() {
  if (body_ && body_->is_wanted) put(abort_body{"the client gave it up"});
  body_.reset();
  envelope_.reset();
}

void session::put(output&& o) { outputs_.put(std::move(o)); }

void session::say(const reply& r) {
  if (r.is_error() && ++errors_ > options_.allowed.errors_before_delay) pause(options_.allowed.error_delay);
  put(send{write_reply(r)});
  if (r.is_error() && errors_ >= errors_max()) say_and_close(replies::too_many_errors);
}

void session::pause(std::chrono::milliseconds time) {
  if (time.count() > 0) put(wait{time});
}

std::size_t session::errors_max() const {
  const bool has_to_hurry = is_house_full_ && !is_signed_in();
  return has_to_hurry ? options_.allowed.errors_max_in_stress : options_.allowed.errors_max;
}

void session::say_and_close(const reply& r) {
  if (body_ && body_->is_wanted) put(abort_body{r.text});
  body_.reset();
  put(send{write_reply(r)});
  put(close{});
  lines_.clear();
  state_ = closed{};
}

// Bytes after STARTTLS, before the handshake. What was not handed out yet, the 220 and start_tls, is not said any more,
// so the answer is the same as when they came together with the command.
void session::refuse_injection() {
  if (const auto* last = outputs_.last(); last != nullptr && std::holds_alternative<start_tls>(*last)) {
    outputs_.drop_last();
    outputs_.drop_last();
  }
  say_and_close(replies::tls_injection);
}

std::optional<provoked> session::provoked_now(const std::optional<address>& by, moment when) const {
  return options_.provokes_errors && by ? provoked_by(*by, when) : std::nullopt;
}

// There is one reply to a message: the first recipient who asks for an error decides for all.
std::optional<provoked> session::provoked_by_recipients() const {
  for (const auto& one : envelope_->recipients)
    if (const auto what = provoked_now(one.to, moment::message)) return what;
  return std::nullopt;
}

bool session::give(const provoked& what) {
  if (const auto* late = std::get_if<delay>(&what)) {
    put(wait{late->time});
    return false;
  }
  if (const auto* answer = std::get_if<reply>(&what)) {
    // RFC 5321 3.8: 421 says that the connection ends.
    answer->code == 421 ? say_and_close(*answer) : say(*answer);
    return true;
  }
  forget_mail();
  lines_.clear();
  state_ = silent{};
  put(fall_silent{limits::silence});
  return true;
}

void session::expect_client_to_read() {
  if (is_closed()) return;
  if (!lines_.is_empty()) return say_and_close(replies::out_of_turn);
  turn_ = turn::ours;
}

}  // namespace stagecoach::smtp

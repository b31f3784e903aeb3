// AUTH (RFC 4954): carries the messages of a SASL exchange, and says how it ended.
#include "protocols/base/check.hpp"
#include "protocols/smtp/session.hpp"
#include "protocols/text/base64.hpp"

namespace stagecoach::smtp {

void session::on(const auth& c) {
  if (options_.kind != service::submission) return say(replies::not_implemented);
  if (!hello_ || !hello_->is_extended) return say(replies::no_greeting);
  if (!user_.empty()) return say(replies::auth_already);
  if (envelope_) return say(replies::auth_in_mail);
  const auto conditions = sign_in_conditions(now());
  switch (sasl::availability_of(c.mechanism, conditions)) {
    case sasl::availability::unknown:
      return say(replies::unknown_mechanism);
    case sasl::availability::needs_tls:
      return say(replies::auth_needs_tls);
    case sasl::availability::needs_client_key:
      return say(replies::auth_needs_certificate);
    case sasl::availability::offered:
      break;
  }
  std::optional<std::string> initial;
  if (c.initial) {
    auto decoded = from_base64(*c.initial == "=" ? "" : *c.initial);
    if (!decoded) return say(replies::bad_base64);
    initial = std::move(*decoded);
  }
  exchange_.emplace(c.mechanism, conditions);
  follow(exchange_->start(initial));
}

void session::take_message(std::string_view text) {
  if (text == "*") {
    exchange_.reset();
    state_ = ready{};
    return say(replies::cancelled);
  }
  const auto message = from_base64(text);
  if (message) return follow(exchange_->received(*message));
  exchange_.reset();
  state_ = ready{};
  say(replies::bad_base64);
}

template <class Answer>
void session::answer_exchange(Answer answer) {
  if (is_closed()) return;
  CHECK(std::holds_alternative<asking_sign_in>(state_));
  follow(exchange_->answered(std::move(answer)));
  advance();
}

void session::answered(sasl::verdict answer) { answer_exchange(answer); }
void session::answered(sasl::key_facts answer) { answer_exchange(std::move(answer)); }
void session::answered(sasl::key_owner answer) { answer_exchange(std::move(answer)); }

void session::follow(sasl::step next) {
  if (const auto* words = std::get_if<sasl::challenge>(&next)) {
    state_ = exchanging{};
    put(send{"334 " + to_base64(words->text) + "\r\n"});
  } else if (auto* password = std::get_if<sasl::check_password>(&next)) {
    state_ = asking_sign_in{};
    put(std::move(*password));
  } else if (auto* keys = std::get_if<sasl::find_keys>(&next)) {
    state_ = asking_sign_in{};
    put(std::move(*keys));
  } else if (auto* owner = std::get_if<sasl::find_owner>(&next)) {
    state_ = asking_sign_in{};
    put(std::move(*owner));
  } else if (auto* good = std::get_if<sasl::succeeded>(&next)) {
    exchange_.reset();
    state_ = ready{};
    user_ = good->name;
    put(sign_in_ended{std::move(good->name), true});
    say(replies::signed_in);
  } else {
    end_exchange(std::get<sasl::failed>(next));
  }
}

void session::end_exchange(const sasl::failed& how) {
  exchange_.reset();
  state_ = ready{};
  const bool is_attempt = how.why != sasl::reason::malformed && how.why != sasl::reason::try_later;
  if (is_attempt) put(sign_in_ended{how.name, false});
  say(reply_to(how.why));
  if (is_attempt && ++failed_logins_ >= options_.allowed.failed_logins_max && !is_closed())
    say_and_close(replies::too_many_failed_logins);
}

reply session::reply_to(sasl::reason why) {
  switch (why) {
    case sasl::reason::malformed:
      return replies::bad_exchange;
    case sasl::reason::try_later:
      return replies::sign_in_later;
    case sasl::reason::no_owner:
      return replies::auth_failed_by_key;
    case sasl::reason::wrong:
    case sasl::reason::not_allowed:
      break;
  }
  return replies::auth_failed;
}

}  // namespace stagecoach::smtp

// LOGIN and AUTHENTICATE (RFC 3501 6.2.2, 6.2.3; RFC 4422), with SASL-IR (RFC 4959).
#include "protocols/auth/sasl.hpp"
#include "protocols/imap/capability.hpp"
#include "protocols/imap/commands/commands.hpp"
#include "protocols/imap/limits.hpp"
#include "protocols/text/base64.hpp"

namespace stagecoach::imap {

namespace {

finished needs_tls() { return {status::no, "PRIVACYREQUIRED", "Start TLS first; the password was not looked at"}; }

// What LOGIN and AUTHENTICATE do once it is known who it is, or that it is nobody.
finished welcome(session_state& session) {
  session.is_signed_in = true;
  session.failed_logins = 0;
  session.out.trust();
  return {status::ok, "CAPABILITY " + capabilities(session), "Logged in"};
}

finished turn_away(session_state& session, finished no) {
  if (++session.failed_logins >= session.options.allowed.failed_logins_max) {
    session.out.line("* BYE Too many failed logins");
    no.then = afterwards::hang_up;
  }
  return no;
}

finished wrong() { return {status::no, "AUTHENTICATIONFAILED", "Wrong name or password"}; }

class login final : public command {
 public:
  login(std::string name, std::string password) : name_(std::move(name)), password_(std::move(password)) {}
  step start(session_state& session) override {
    if (!may_sign_in(session)) return needs_tls();
    session.out.put(need_sign_in{std::move(name_), std::move(password_)});
    return waiting{};
  }
  step answered(session_state& session, answer&& what) override {
    if (std::holds_alternative<signed_in>(what)) return welcome(session);
    const auto why = std::get<refused>(what).code;
    return why == fault_code::not_found ? turn_away(session, wrong()) : refusal(why);
  }

 private:
  std::string name_;
  std::string password_;
};

class authenticate final : public command {
 public:
  authenticate(std::string mechanism, std::optional<std::string> initial)
      : mechanism_(std::move(mechanism)), initial_(std::move(initial)) {}

  step start(session_state& session) override {
    const auto conditions = sign_in_conditions(session);
    switch (sasl::availability_of(mechanism_, conditions)) {
      case sasl::availability::unknown:
        return finished{status::no, "CANNOT", "This mechanism is not spoken here"};
      case sasl::availability::needs_tls:
        return needs_tls();
      case sasl::availability::needs_client_key:
        return finished{status::no, "CANNOT", "No certificate of yours came with TLS"};
      case sasl::availability::offered:
        break;
    }
    exchange_.emplace(mechanism_, conditions);
    if (!initial_) return follow(session, exchange_->start(std::nullopt));
    const auto message = from_base64(*initial_ == "=" ? "" : *initial_);  // RFC 4959 3: "=" is empty
    if (!message) return finished{status::bad, "", "This is not base64"};
    return follow(session, exchange_->start(*message));
  }

  step line(session_state& session, std::string_view text) override {
    if (text == "*") return finished{status::bad, "", "Cancelled"};  // RFC 3501 6.2.2
    const auto message = from_base64(text);
    if (!message) return finished{status::bad, "", "This is not base64"};
    return follow(session, exchange_->received(*message));
  }

  step answered(session_state& session, answer&& what) override {
    if (auto* keys = std::get_if<sasl::key_facts>(&what)) return follow(session, exchange_->answered(std::move(*keys)));
    if (auto* owner = std::get_if<sasl::key_owner>(&what))
      return follow(session, exchange_->answered(std::move(*owner)));
    if (std::holds_alternative<signed_in>(what)) return follow(session, exchange_->answered(sasl::verdict::right));
    const auto why = std::get<refused>(what).code;
    if (why != fault_code::not_found) return refusal(why);
    return follow(session, exchange_->answered(sasl::verdict::wrong));
  }

 private:
  step follow(session_state& session, sasl::step next) {
    if (const auto* words = std::get_if<sasl::challenge>(&next)) {
      session.out.line("+ " + to_base64(words->text));
      return wants_line{};
    }
    if (auto* password = std::get_if<sasl::check_password>(&next)) {
      session.out.put(need_sign_in{std::move(password->name), std::move(password->password)});
      return waiting{};
    }
    if (auto* keys = std::get_if<sasl::find_keys>(&next)) {
      is_judge_ = true;
      session.out.put(need_keys{keys->hash, std::move(keys->name)});
      return waiting{};
    }
    if (auto* owner = std::get_if<sasl::find_owner>(&next)) {
      is_judge_ = true;
      session.out.put(need_owner{owner->key, std::move(owner->authorize_as)});
      return waiting{};
    }
    if (auto* good = std::get_if<sasl::succeeded>(&next)) {
      if (is_judge_) session.out.put(sign_in_ended{std::move(good->name), true});
      return welcome(session);
    }
    return end(session, std::get<sasl::failed>(std::move(next)));
  }

  finished end(session_state& session, sasl::failed bad) const {
    switch (bad.why) {
      case sasl::reason::malformed:
        return finished{status::bad, "", "This is no message of the mechanism"};
      case sasl::reason::not_allowed:
        session.out.put(sign_in_ended{std::move(bad.name), false});
        return turn_away(session, {status::no, "AUTHORIZATIONFAILED", "Nobody may act for somebody else here"});
      case sasl::reason::try_later:
        return refusal(fault_code::busy);
      case sasl::reason::no_owner:
        session.out.put(sign_in_ended{std::move(bad.name), false});
        return turn_away(session, {status::no, "AUTHENTICATIONFAILED", "No such account has this certificate"});
      case sasl::reason::wrong:
        break;
    }
    if (is_judge_) session.out.put(sign_in_ended{std::move(bad.name), false});
    return turn_away(session, wrong());
  }

  std::string mechanism_;
  std::optional<std::string> initial_;
  std::optional<sasl::exchange> exchange_;  // once it has begun
  bool is_judge_ = false;                   // it has asked for keys or their owner: nobody else knows what comes of it
};

}  // namespace

parsed_command parse_login(reader& in) {
  expect_space(in);
  auto name = take_astring(in);
  expect_space(in);
  auto password = take_astring(in);
  return whole_command(in, std::make_unique<login>(std::move(name), std::move(password)));
}

parsed_command parse_authenticate(reader& in) {
  expect_space(in);
  auto mechanism = to_upper(take_atom(in));
  std::optional<std::string> initial;
  if (in.skip(' ')) initial = in.take_while([](char c) { return c > ' ' && c < 0x7f; });
  return whole_command(in, std::make_unique<authenticate>(std::move(mechanism), std::move(initial)));
}

}  // namespace stagecoach::imap

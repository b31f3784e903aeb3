// LOGIN and AUTHENTICATE PLAIN with SASL-IR (RFC 3501 6.2.2, 6.2.3; RFC 4616; RFC 4959).
#include "protocols/auth/plain.hpp"
#include "protocols/imap/capability.hpp"
#include "protocols/imap/commands/commands.hpp"
#include "protocols/imap/limits.hpp"
#include "protocols/text/base64.hpp"

namespace stagecoach::imap {

namespace {

finished needs_tls() { return {status::no, "PRIVACYREQUIRED", "Start TLS first; the password was not looked at"}; }

// What LOGIN and AUTHENTICATE do once they have a name and a password.
step ask_sign_in(session_state& session, std::string name, std::string password) {
  session.out.put(need_sign_in{std::move(name), std::move(password)});
  return waiting{};
}

step on_sign_in(session_state& session, const answer& what) {
  if (std::holds_alternative<signed_in>(what)) {
    session.is_signed_in = true;
    session.failed_logins = 0;
    return finished{status::ok, "CAPABILITY " + capabilities(session), "Logged in"};
  }
  if (std::get<refused>(what).code != fault_code::not_found) return refusal(std::get<refused>(what).code);
  finished no{status::no, "AUTHENTICATIONFAILED", "Wrong name or password"};
  if (++session.failed_logins >= failed_logins_max) {
    session.out.line("* BYE Too many failed logins");
    no.then = afterwards::hang_up;
  }
  return no;
}

class login final : public command {
 public:
  login(std::string name, std::string password) : name_(std::move(name)), password_(std::move(password)) {}
  step start(session_state& session) override {
    if (!may_sign_in(session)) return needs_tls();
    return ask_sign_in(session, std::move(name_), std::move(password_));
  }
  step answered(session_state& session, answer&& what) override { return on_sign_in(session, what); }

 private:
  std::string name_;
  std::string password_;
};

class authenticate final : public command {
 public:
  authenticate(std::string mechanism, std::optional<std::string> initial)
      : mechanism_(std::move(mechanism)), initial_(std::move(initial)) {}

  step start(session_state& session) override {
    if (mechanism_ != "PLAIN") return finished{status::no, "CANNOT", "Only PLAIN is spoken here"};
    if (!may_sign_in(session)) return needs_tls();
    if (initial_) return line(session, *initial_ == "=" ? "" : *initial_);  // RFC 4959 3: "=" is empty
    session.out.line("+ ");
    return wants_line{};
  }

  step line(session_state& session, std::string_view text) override {
    if (text == "*") return finished{status::bad, "", "Cancelled"};  // RFC 3501 6.2.2
    const auto message = from_base64(text);
    if (!message) return finished{status::bad, "", "This is not base64"};
    auto credentials = parse_plain(*message);
    if (!credentials) return finished{status::bad, "", "This is no message of PLAIN"};
    if (!credentials->authorize_as.empty() && credentials->authorize_as != credentials->name)
      return finished{status::no, "AUTHORIZATIONFAILED", "Nobody may act for somebody else here"};
    return ask_sign_in(session, std::move(credentials->name), std::move(credentials->password));
  }

  step answered(session_state& session, answer&& what) override { return on_sign_in(session, what); }

 private:
  std::string mechanism_;
  std::optional<std::string> initial_;
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

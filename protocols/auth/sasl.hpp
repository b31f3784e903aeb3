// SASL on the server's side (RFC 4422), for SMTP AUTH and IMAP AUTHENTICATE alike: a table of mechanisms, and one
// exchange. It is fed with the client's messages after base64 and with answers; what it yields is a challenge, a
// question to who knows the passwords, or the end. Pure: nonces and keys come with the answer.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "protocols/auth/external_exchange.hpp"
#include "protocols/auth/password_exchange.hpp"
#include "protocols/auth/sasl_steps.hpp"
#include "protocols/auth/scram_exchange.hpp"

namespace stagecoach::sasl {

// What is offered depends on the connection only.
struct conditions {
  bool is_tls = false;
  bool needs_tls = true;                           // nobody signs in without it
  std::optional<public_key_hash> client_key = {};  // of the certificate that the client has shown, whoever it is
};

// In the order of preference, as EHLO and CAPABILITY list them.
[[nodiscard]] std::vector<std::string_view> offered(const conditions& now);

enum class availability : std::uint8_t { offered, needs_tls, needs_client_key, unknown };
[[nodiscard]] availability availability_of(std::string_view mechanism, const conditions& now);

class exchange {
 public:
  // `mechanism`, in any case, is offered now.
  exchange(std::string_view mechanism, const conditions& now);

  // The initial response, decoded, if there was one.
  [[nodiscard]] step start(const std::optional<std::string>& initial);
  [[nodiscard]] step received(std::string_view message);  // to a challenge
  [[nodiscard]] step answered(verdict what);              // to check_password; `wrong` also to find_owner
  [[nodiscard]] step answered(key_facts facts);           // to find_keys
  [[nodiscard]] step answered(key_owner owner);           // to find_owner
  // There is no answer to the question for now.
  [[nodiscard]] step gave_up() const;

 private:
  std::variant<plain_exchange, login_exchange, scram_exchange, external_exchange> side_;
};

}  // namespace stagecoach::sasl

// SASL EXTERNAL (RFC 4422 appendix A) where what is external is TLS: the client has proved in the handshake that it has
// the key of its certificate. It may say as whom it wants to act; who has the key is asked of who knows the accounts.
#pragma once

#include <string>
#include <string_view>

#include "protocols/auth/sasl_steps.hpp"

namespace stagecoach::sasl {

// What an attempt counts against and is logged as: the name that was asked for, else the key, which is all there is.
[[nodiscard]] std::string attempt_name(const public_key_hash& key, std::string_view authorize_as);

class external_exchange {
 public:
  explicit external_exchange(const public_key_hash& key) : key_(key), name_(attempt_name(key, {})) {}

  [[nodiscard]] step received(std::string_view message);
  [[nodiscard]] const std::string& name() const { return name_; }
  static constexpr std::string_view first_challenge = "";

 private:
  public_key_hash key_;
  std::string name_;
};

}  // namespace stagecoach::sasl

// The mechanisms that show the password: PLAIN (RFC 4616), and LOGIN, which no RFC has: its two questions are asked in
// the words that clients expect.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "protocols/auth/sasl_steps.hpp"

namespace stagecoach::sasl {

class plain_exchange {
 public:
  [[nodiscard]] step received(std::string_view message);
  [[nodiscard]] const std::string& name() const { return name_; }
  static constexpr std::string_view first_challenge = "";  // the client speaks first

 private:
  std::string name_;
};

class login_exchange {
 public:
  // Laxer than RFC 4954 4: an initial response is taken for the name, as many clients send it.
  [[nodiscard]] step received(std::string_view message);
  [[nodiscard]] const std::string& name() const { return name_; }
  static constexpr std::string_view first_challenge = "Username:";

 private:
  std::string name_;
};

}  // namespace stagecoach::sasl

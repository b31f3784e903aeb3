// One SCRAM exchange (RFC 5802 5, RFC 7677), with or without channel binding. A name that is not there gets keys that
// are made up, so that it fails where a wrong password fails: at the proof.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "protocols/auth/sasl_steps.hpp"

namespace stagecoach::sasl {

struct scram_kind {
  scram_hash hash = scram_hash::sha_256;
  bool is_plus = false;          // the mechanism binds to the channel
  bool is_plus_offered = false;  // there is such a one on this connection
};

class scram_exchange {
 public:
  explicit scram_exchange(scram_kind kind) : kind_(kind) {}

  [[nodiscard]] step received(std::string_view message);
  [[nodiscard]] step answered(key_facts facts);
  [[nodiscard]] const std::string& name() const { return name_; }
  static constexpr std::string_view first_challenge = "";

 private:
  enum class stage { first, keys, proof, last, over };

  step read_first(std::string_view message);
  step read_proof(std::string_view message);
  step fail(reason why);
  [[nodiscard]] std::string binding() const;

  scram_kind kind_;
  stage stage_ = stage::first;
  std::string gs2_header_;
  std::string binding_type_;  // empty: none
  std::string name_;
  std::string first_bare_;  // the client's first message without its gs2 header
  std::string nonce_;       // the client's, then with ours
  std::string server_first_;
  key_facts facts_;
};

}  // namespace stagecoach::sasl

// What a server keeps to check SCRAM (RFC 5802 3): enough to know the password when it sees its proof, not enough to
// prove it to somebody else.
#pragma once

#include <cstdint>
#include <string>

#include "protocols/base/described.hpp"

namespace stagecoach {

struct scram_keys {
  std::string salt;
  std::uint32_t iterations = 0;
  std::string stored_key;
  std::string server_key;
  [[nodiscard]] bool is_set() const { return iterations > 0; }
  static constexpr auto fields =
      described(field(1, "salt", &scram_keys::salt), field(2, "iterations", &scram_keys::iterations),
                field(3, "stored_key", &scram_keys::stored_key), field(4, "server_key", &scram_keys::server_key));
  friend bool operator==(const scram_keys&, const scram_keys&) = default;
};

}  // namespace stagecoach

// What a SASL exchange yields, and what it is answered: the vocabulary of sasl.hpp and of its mechanisms.
#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "protocols/auth/public_key_hash.hpp"
#include "protocols/auth/scram.hpp"

namespace stagecoach::sasl {

// --- yields ---

struct challenge {  // for the client; goes on with received()
  std::string text;
};
struct check_password {  // goes on with answered(verdict)
  std::string name;
  std::string password;
};
struct find_keys {  // goes on with answered(key_facts)
  scram_hash hash = scram_hash::sha_256;
  std::string name;
};
struct find_owner {  // goes on with answered(key_owner); of the client's key, which it has proved to have
  public_key_hash key;
  std::string authorize_as;  // an address of the owner; empty: whoever that is
};
struct succeeded {
  std::string name;
};
enum class reason : std::uint8_t {
  malformed,    // what the client sent is no message of the mechanism
  wrong,        // name, password or proof: never said which
  no_owner,     // of the client's key by the name that was asked for: never said which
  not_allowed,  // to act for somebody else
  try_later,
};
struct failed {
  reason why = reason::wrong;
  std::string name;  // as far as it was told
};
using step = std::variant<challenge, check_password, find_keys, find_owner, succeeded, failed>;

// --- answers ---

enum class verdict : std::uint8_t { right, wrong, try_later };

// What ties an exchange to its TLS connection (RFC 5056); empty: not to be had.
struct channel_bindings {
  std::string exporter;   // tls-exporter, RFC 9266
  std::string end_point;  // tls-server-end-point, RFC 5929 4
};

struct key_facts {
  scram_keys keys;           // of a name that is not there: made up, the same each time (RFC 5802 9)
  std::string server_nonce;  // printable, without comma, never used before
  channel_bindings bindings;
};

struct key_owner {
  std::string name;  // of its account
};

}  // namespace stagecoach::sasl

// Certificate, key and policy of a TLS server, shared by all connections of a listener (security.md 4.4: TLS 1.2
// and 1.3, forward secrecy and AEAD only, no compression, no renegotiation, no tickets). A value: copies share one
// SSL_CTX, so a renewed certificate is a new value for new connections while the running ones keep theirs.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "protocols/base/result.hpp"

struct ssl_ctx_st;
struct ssl_st;

namespace stagecoach::runtime {

struct ssl_deleter {
  void operator()(ssl_st* one) const;
};
using ssl_ptr = std::unique_ptr<ssl_st, ssl_deleter>;

// Whether a client is asked to show a certificate. It may have none, and any is taken: whoever signed it and whatever
// it says, the client has proved to have its key, and nothing else is looked at (client_key.hpp).
enum class client_certificate : std::uint8_t { unwanted, welcome };

class tls_context {
 public:
  struct files {
    std::filesystem::path certificate;  // PEM, leaf first
    std::filesystem::path key;          // PEM
  };

  // `protocols` are the ALPN names in our order ("imap"); with none, ALPN is not answered. A client that offers ALPN
  // without one of them is refused.
  [[nodiscard]] static result<tls_context, failure> load(const files& from, std::vector<std::string> protocols);

  // The server's half of one connection.
  [[nodiscard]] ssl_ptr accept(client_certificate of_client) const;

 private:
  struct inside;
  explicit tls_context(std::shared_ptr<const inside> held) : inside_(std::move(held)) {}
  static int choose_protocol(ssl_st*, const unsigned char** out, unsigned char* out_size, const unsigned char* in,
                             unsigned in_size, void* self);
  std::shared_ptr<const inside> inside_;
};

// What OpenSSL's error queue says, oldest first, and empties it.
[[nodiscard]] std::string tls_error_text();

}  // namespace stagecoach::runtime

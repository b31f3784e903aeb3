#include "actors/runtime/tls_context.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <string_view>

#include "protocols/base/check.hpp"

namespace stagecoach::runtime {

namespace {
constexpr long client_chain_bytes_max = 64 * 1024;  // security.md TL18; it is held as long as the connection
}

struct tls_context::inside {
  ~inside() { SSL_CTX_free(context); }
  SSL_CTX* context = nullptr;
  std::vector<std::string> protocols;
};

void ssl_deleter::operator()(ssl_st* one) const { SSL_free(one); }

std::string tls_error_text() {
  std::string text;
  while (const auto code = ERR_get_error()) {
    const char* reason = ERR_reason_error_string(code);
    if (!text.empty()) text += ", ";
    text += reason == nullptr ? "error " + std::to_string(code) : std::string(reason);
  }
  return text.empty() ? "unknown error" : text;
}

// RFC 7301 3.2, strict against cross-protocol attacks: no common name is an alert, not a silent plain session.
int tls_context::choose_protocol(ssl_st*, const unsigned char** out, unsigned char* out_size, const unsigned char* in,
                                 unsigned in_size, void* self) {
  const auto& ours = static_cast<const inside*>(self)->protocols;
  for (const auto& name : ours) {
    for (unsigned at = 0; at < in_size; at += 1U + in[at]) {
      if (at + 1U + in[at] > in_size) break;
      if (std::string_view(reinterpret_cast<const char*>(in + at + 1), in[at]) != name) continue;
      *out = in + at + 1;
      *out_size = in[at];
      return SSL_TLSEXT_ERR_OK;
    }
  }
  return SSL_TLSEXT_ERR_ALERT_FATAL;
}

result<tls_context, failure> tls_context::load(const files& from, std::vector<std::string> protocols) {
  auto made = std::make_shared<inside>();
  made->protocols = std::move(protocols);
  made->context = SSL_CTX_new(TLS_server_method());
  CHECK(made->context != nullptr);
  SSL_CTX* context = made->context;
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  // A peer that just closes the connection has ended; SMTP and IMAP know themselves when something is missing.
  SSL_CTX_set_options(
      context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET | SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  CHECK(SSL_CTX_set_num_tickets(context, 0) == 1);  // TLS 1.3 sends some even when none can be used
  // RELEASE_BUFFERS halves the memory of an idle connection; the others let a write stop and go on anywhere.
  SSL_CTX_set_mode(context,
                   SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  // In place of looking for a chain to a root: any certificate of a client will do. That it has the key, TLS demands.
  SSL_CTX_set_cert_verify_callback(
      context, [](X509_STORE_CTX*, void*) { return 1; }, nullptr);
  SSL_CTX_set_max_cert_list(context, client_chain_bytes_max);
  CHECK(SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20") == 1);
  CHECK(SSL_CTX_set1_groups_list(context, "X25519:P-256:P-384") == 1);
  ERR_clear_error();
  if (SSL_CTX_use_certificate_chain_file(context, from.certificate.c_str()) != 1)
    return failure{fault_code::disk, "certificate " + from.certificate.string() + ": " + tls_error_text()};
  if (SSL_CTX_use_PrivateKey_file(context, from.key.c_str(), SSL_FILETYPE_PEM) != 1)
    return failure{fault_code::disk, "key " + from.key.string() + ": " + tls_error_text()};
  if (SSL_CTX_check_private_key(context) != 1)
    return failure{fault_code::wrong_type, "key " + from.key.string() + " does not belong to certificate " +
                                               from.certificate.string() + ": " + tls_error_text()};
  if (!made->protocols.empty()) SSL_CTX_set_alpn_select_cb(context, &choose_protocol, made.get());
  return tls_context(std::move(made));
}

ssl_ptr tls_context::accept(client_certificate of_client) const {
  ssl_ptr one(SSL_new(inside_->context));
  CHECK(one != nullptr);
  SSL_set_accept_state(one.get());
  if (of_client == client_certificate::welcome) SSL_set_verify(one.get(), SSL_VERIFY_PEER, nullptr);
  return one;
}

}  // namespace stagecoach::runtime

#include "actors/runtime/channel_bindings.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <array>
#include <string_view>

namespace stagecoach::runtime {

namespace {

// RFC 9266 2. Of TLS 1.3 only: for older versions the RFC wants conditions (4.2) that a client may judge otherwise.
std::string exporter_of(ssl_st* tls) {
  constexpr std::string_view label = "EXPORTER-Channel-Binding";
  if (SSL_version(tls) < TLS1_3_VERSION) return {};
  std::string octets(32, '\0');
  if (SSL_export_keying_material(tls, reinterpret_cast<unsigned char*>(octets.data()), octets.size(), label.data(),
                                 label.size(), nullptr, 0, 0) != 1) {
    ERR_clear_error();
    return {};
  }
  return octets;
}

// RFC 5929 4.1: the certificate's hash, by the hash of its signature; SHA-256 in place of MD5 and SHA-1. A signature
// without a hash of its own (Ed25519) has no end point.
std::string end_point_of(ssl_st* tls) {
  X509* const certificate = SSL_get_certificate(tls);
  if (certificate == nullptr) return {};
  int digest_id = NID_undef;
  if (X509_get_signature_info(certificate, &digest_id, nullptr, nullptr, nullptr) != 1 || digest_id == NID_undef) {
    ERR_clear_error();
    return {};
  }
  if (digest_id == NID_md5 || digest_id == NID_sha1) digest_id = NID_sha256;
  const EVP_MD* const digest = EVP_get_digestbynid(digest_id);
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned size = 0;
  if (digest == nullptr || X509_digest(certificate, digest, out.data(), &size) != 1) {
    ERR_clear_error();
    return {};
  }
  return {reinterpret_cast<const char*>(out.data()), size};
}

}  // namespace

sasl::channel_bindings channel_bindings_of(ssl_st* tls) { return {exporter_of(tls), end_point_of(tls)}; }

}  // namespace stagecoach::runtime

#include "actors/runtime/client_key.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <memory>
#include <string>

namespace stagecoach::runtime {

namespace {

constexpr std::streamsize file_bytes_max = 1 << 20;
constexpr int security_bits_min = 112;  // RSA of 2048 bits; NIST SP 800-57 allows no less

struct x509_deleter {
  void operator()(X509* one) const { X509_free(one); }
};
struct bio_deleter {
  void operator()(BIO* one) const { BIO_free(one); }
};

std::optional<public_key_hash> key_of(const X509* certificate) {
  unsigned char* info = nullptr;
  const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &info);
  const std::unique_ptr<unsigned char, void (*)(unsigned char*)> held(info, [](unsigned char* p) { OPENSSL_free(p); });
  public_key_hash key;
  if (size <= 0 ||
      EVP_Digest(info, static_cast<std::size_t>(size), key.sha_256.data(), nullptr, EVP_sha256(), nullptr) != 1) {
    ERR_clear_error();
    return std::nullopt;
  }
  return key;
}

// For a block that is encrypted: nobody is asked at a terminal.
int no_password(char*, int, int, void*) { return -1; }

}  // namespace

std::optional<public_key_hash> client_key_of(ssl_st* tls) {
  const X509* const certificate = SSL_get0_peer_certificate(tls);
  return certificate == nullptr ? std::nullopt : key_of(certificate);
}

result<public_key_hash, failure> read_certificate_key(const std::filesystem::path& file) {
  std::string text(static_cast<std::size_t>(file_bytes_max), '\0');
  errno = 0;
  std::ifstream in(file, std::ios::binary);
  if (in.is_open()) in.read(text.data(), file_bytes_max);
  if (!in.is_open() || in.bad()) return failure{fault_code::disk, file.string() + ": " + std::strerror(errno)};
  text.resize(static_cast<std::size_t>(in.gcount()));
  const std::unique_ptr<BIO, bio_deleter> bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  CHECK(bio != nullptr);
  const std::unique_ptr<X509, x509_deleter> certificate(PEM_read_bio_X509(bio.get(), nullptr, &no_password, nullptr));
  ERR_clear_error();
  const auto key = certificate ? key_of(certificate.get()) : std::nullopt;
  if (!key) return failure{fault_code::syntax, file.string() + " holds no certificate in PEM form"};
  const auto* const inside = X509_get0_pubkey(certificate.get());
  ERR_clear_error();
  if (inside == nullptr || EVP_PKEY_get_security_bits(inside) < security_bits_min)
    return failure{fault_code::out_of_range,
                   "the key of the certificate in " + file.string() + " is too weak, or of no kind that TLS uses here"};
  return *key;
}

}  // namespace stagecoach::runtime

#include "store/body_digest.hpp"

#include <openssl/evp.h>

#include "protocols/base/check.hpp"

namespace stagecoach::store {

struct body_digest::sha256 {
  sha256() : context(EVP_MD_CTX_new()) {
    // Fetched once: looking an algorithm up by name costs more than hashing a small body.
    static EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    CHECK_STORE(context != nullptr && algorithm != nullptr && EVP_DigestInit_ex2(context, algorithm, nullptr) == 1);
  }
  ~sha256() { EVP_MD_CTX_free(context); }
  sha256(const sha256&) = delete;
  sha256& operator=(const sha256&) = delete;
  EVP_MD_CTX* context;
};

body_digest::body_digest() : sha256_(std::make_unique<sha256>()) {}
body_digest::~body_digest() = default;
body_digest::body_digest(body_digest&&) noexcept = default;
body_digest& body_digest::operator=(body_digest&&) noexcept = default;

void body_digest::add(std::string_view octets) {
  CHECK_STORE(EVP_DigestUpdate(sha256_->context, octets.data(), octets.size()) == 1);
  size_ += octets.size();
}

blob_hash body_digest::hash() {
  blob_hash hash;
  CHECK_STORE(EVP_DigestFinal_ex(sha256_->context, hash.bytes.data(), nullptr) == 1);
  return hash;
}

blob_hash hash_of(std::string_view body) {
  body_digest digest;
  digest.add(body);
  return digest.hash();
}

}  // namespace stagecoach::store

#include "store/body_digest.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <limits>

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
  if (header_end_ == 0) look_for_empty_line(octets);
  size_ += octets.size();
}

void body_digest::look_for_empty_line(std::string_view octets) {
  std::size_t at = 0;
  while (at < octets.size()) {
    if (line_end_octets_ == 0) {
      at = octets.find('\r', at);
      if (at == std::string_view::npos) return;
    }
    const char octet = octets[at++];
    const bool is_next = octet == (line_end_octets_ % 2 == 0 ? '\r' : '\n');
    line_end_octets_ = is_next ? line_end_octets_ + 1 : octet == '\r' ? 1 : 0;
    if (line_end_octets_ == 4) {
      header_end_ = size_ + at;
      return;
    }
  }
}

blob_hash body_digest::hash() {
  blob_hash hash;
  CHECK_STORE(EVP_DigestFinal_ex(sha256_->context, hash.bytes.data(), nullptr) == 1);
  return hash;
}

std::uint32_t body_digest::header_bytes() const {
  const std::uint64_t bytes = header_end_ != 0 ? header_end_ : size_;
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(bytes, std::numeric_limits<std::uint32_t>::max()));
}

blob_hash hash_of(std::string_view body) {
  body_digest digest;
  digest.add(body);
  return digest.hash();
}

}  // namespace stagecoach::store

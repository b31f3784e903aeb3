#include "protocols/auth/scram.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

#include "protocols/base/check.hpp"
#include "protocols/text/saslprep.hpp"

namespace stagecoach {

namespace {

const EVP_MD* digest_of(scram_hash hash) { return hash == scram_hash::sha_1 ? EVP_sha1() : EVP_sha256(); }

const unsigned char* octets(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

std::string digest(scram_hash hash, std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned size = 0;
  CHECK(EVP_Digest(text.data(), text.size(), out.data(), &size, digest_of(hash), nullptr) == 1);
  return {reinterpret_cast<const char*>(out.data()), size};
}

}  // namespace

std::size_t digest_bytes(scram_hash hash) { return hash == scram_hash::sha_1 ? 20 : 32; }

std::string scram_hmac(scram_hash hash, std::string_view key, std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned size = 0;
  CHECK(HMAC(digest_of(hash), key.data(), static_cast<int>(key.size()), octets(text), text.size(), out.data(), &size) !=
        nullptr);
  return {reinterpret_cast<const char*>(out.data()), size};
}

std::optional<scram_keys> derive_scram(scram_hash hash, std::string_view password, const scram_salting& how) {
  const auto prepared = saslprep(password);
  if (!prepared || prepared->empty()) return std::nullopt;
  std::string salted(digest_bytes(hash), '\0');
  CHECK(PKCS5_PBKDF2_HMAC(prepared->data(), static_cast<int>(prepared->size()), octets(how.salt),
                          static_cast<int>(how.salt.size()), static_cast<int>(how.iterations), digest_of(hash),
                          static_cast<int>(salted.size()), reinterpret_cast<unsigned char*>(salted.data())) == 1);
  scram_keys keys;
  keys.salt = how.salt;
  keys.iterations = how.iterations;
  keys.stored_key = digest(hash, scram_hmac(hash, salted, "Client Key"));
  keys.server_key = scram_hmac(hash, salted, "Server Key");
  return keys;
}

std::optional<std::string> check_proof(scram_hash hash, const scram_keys& keys, std::string_view auth_message,
                                       std::string_view proof) {
  const auto size = digest_bytes(hash);
  if (proof.size() != size || keys.stored_key.size() != size) return std::nullopt;
  std::string client_key = scram_hmac(hash, keys.stored_key, auth_message);
  for (std::size_t i = 0; i < size; ++i) client_key[i] = static_cast<char>(client_key[i] ^ proof[i]);
  const auto found = digest(hash, client_key);
  if (CRYPTO_memcmp(found.data(), keys.stored_key.data(), size) != 0) return std::nullopt;
  return scram_hmac(hash, keys.server_key, auth_message);
}

}  // namespace stagecoach

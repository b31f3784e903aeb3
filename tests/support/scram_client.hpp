// The client's side of SCRAM, to talk to ours: right, or wrong in one point.
#pragma once

#include <openssl/evp.h>

#include <string>
#include <string_view>

#include "protocols/auth/scram.hpp"
#include "protocols/text/base64.hpp"

namespace stagecoach {

struct scram_client {
  scram_hash hash = scram_hash::sha_256;
  std::string name = "ada";
  std::string password = "stagecoach";
  std::string gs2_header = "n,,";
  std::string binding;  // octets, behind the header
  std::string nonce = "client-nonce";

  [[nodiscard]] std::string first_bare() const { return "n=" + name + ",r=" + nonce; }
  [[nodiscard]] std::string first() const { return gs2_header + first_bare(); }

  // The client's last message, to the server's first one.
  [[nodiscard]] std::string last(const std::string& server_first) const {
    const auto part = [&](char letter) {
      const auto at = server_first.find(std::string(1, letter) + "=");
      return server_first.substr(at + 2, server_first.find(',', at) - at - 2);
    };
    const auto salt = from_base64(part('s'));
    const auto md = hash == scram_hash::sha_1 ? EVP_sha1() : EVP_sha256();
    std::string salted(digest_bytes(hash), '\0');
    PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()),
                      reinterpret_cast<const unsigned char*>(salt->data()), static_cast<int>(salt->size()),
                      std::stoi(part('i')), md, static_cast<int>(salted.size()),
                      reinterpret_cast<unsigned char*>(salted.data()));
    auto client_key = scram_hmac(hash, salted, "Client Key");
    std::string stored_key(digest_bytes(hash), '\0');
    EVP_Digest(client_key.data(), client_key.size(), reinterpret_cast<unsigned char*>(stored_key.data()), nullptr, md,
               nullptr);
    const auto without_proof = "c=" + to_base64(gs2_header + binding) + ",r=" + part('r');
    const auto signature = scram_hmac(hash, stored_key, first_bare() + "," + server_first + "," + without_proof);
    for (std::size_t i = 0; i < signature.size(); ++i) client_key[i] = static_cast<char>(client_key[i] ^ signature[i]);
    return without_proof + ",p=" + to_base64(client_key);
  }
};

}  // namespace stagecoach

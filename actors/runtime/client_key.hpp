// The key of a client's certificate: as its handshake proved it, and as a person hands the certificate over. Nothing
// else of a certificate is believed: who signed it, what it names and when it ends are the client's own words.
#pragma once

#include <filesystem>
#include <optional>

#include "protocols/auth/public_key_hash.hpp"
#include "protocols/base/result.hpp"

struct ssl_st;

namespace stagecoach::runtime {

// Of the server's side, after the handshake. none: the client has shown no certificate.
[[nodiscard]] std::optional<public_key_hash> client_key_of(ssl_st* tls);

// Of the first certificate in a PEM file of at most a megabyte. disk: the file cannot be read; syntax: there is no
// certificate in it; out_of_range: its key is too weak to tell people apart by it.
[[nodiscard]] result<public_key_hash, failure> read_certificate_key(const std::filesystem::path& file);

}  // namespace stagecoach::runtime

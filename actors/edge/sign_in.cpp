#include "actors/edge/sign_in.hpp"

#include "protocols/text/base64.hpp"

namespace stagecoach::edge {

namespace {
constexpr std::size_t nonce_bytes = 24;  // never the same again, and a whole number of base64's quadruples
}  // namespace

sasl::key_facts facts_for(scram_hash hash, const messages::keys_found& found, const runtime::stream& wire,
                          runtime::random_source& random) {
  std::string nonce(nonce_bytes, '\0');
  random.fill({reinterpret_cast<std::uint8_t*>(nonce.data()), nonce.size()});
  return {hash == scram_hash::sha_1 ? found.sha_1 : found.sha_256, to_base64(nonce), wire.bindings()};
}

runtime::client_certificate certificate_of_client(const services::node_services& here) {
  const bool is_welcome = here.has_public_keys != nullptr && here.has_public_keys->load(std::memory_order_relaxed);
  return is_welcome ? runtime::client_certificate::welcome : runtime::client_certificate::unwanted;
}

}  // namespace stagecoach::edge

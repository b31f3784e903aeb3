#include "actors/services/password_hasher.hpp"

#include "actors/runtime/errors.hpp"
#include "actors/services/password.hpp"
#include "protocols/auth/scram.hpp"

namespace stagecoach::services {

password_hasher::password_hasher(caf::actor_config& cfg, runtime::stage& on)
    : watched(cfg, on, "password_hasher", "") {}

password_hasher::behavior_type password_hasher::make_behavior() {
  return {
      [](const messages::hash_password& m) -> runtime::reply<messages::password_hashed> {
        auto hash = hash_of(m.password, m.salt);
        if (!hash) return runtime::to_error(hash.error());
        messages::password_hashed hashed;
        hashed.hash = std::move(*hash);
        hashed.sha_256 = derive_scram(scram_hash::sha_256, m.password, {m.scram_salt}).value_or(scram_keys{});
        hashed.sha_1 = derive_scram(scram_hash::sha_1, m.password, {m.scram_salt}).value_or(scram_keys{});
        return hashed;
      },
      [](const messages::verify_password& m) { return messages::password_verified{is_password(m.password, m.hash)}; },
  };
}

}  // namespace stagecoach::services

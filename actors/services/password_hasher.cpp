#include "actors/services/password_hasher.hpp"

#include "actors/runtime/errors.hpp"
#include "actors/services/password.hpp"

namespace stagecoach::services {

password_hasher::password_hasher(caf::actor_config& cfg, runtime::stage& on)
    : watched(cfg, on, "password_hasher", "") {}

password_hasher::behavior_type password_hasher::make_behavior() {
  return {
      [](const messages::hash_password& m) -> runtime::reply<messages::password_hashed> {
        auto hash = hash_of(m.password, m.salt);
        if (!hash) return runtime::to_error(hash.error());
        return messages::password_hashed{std::move(*hash)};
      },
      [](const messages::verify_password& m) { return messages::password_verified{is_password(m.password, m.hash)}; },
  };
}

}  // namespace stagecoach::services

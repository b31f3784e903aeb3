// One of two threads that hash and check passwords: a check costs 33 ms on purpose, so it never runs elsewhere, and not
// more than a bounded number waits (security.md D9). Asked by the directory only.
#pragma once

#include "actors/runtime/watched.hpp"
#include "actors/services/handles.hpp"

namespace stagecoach::services {

class password_hasher final : public runtime::watched<password_hasher_handle> {
 public:
  password_hasher(caf::actor_config& cfg, runtime::stage& on);

 private:
  behavior_type make_behavior() override;
  [[nodiscard]] bool is_essential() const override { return true; }
};

}  // namespace stagecoach::services

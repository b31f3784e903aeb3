#include "actors/console/inspector.hpp"

#include "actors/runtime/stage.hpp"

namespace stagecoach::console {

inspector::inspector(caf::actor_config& cfg, runtime::stage& on) : watched(cfg, on, "inspector", "") {}

inspector::behavior_type inspector::make_behavior() {
  return {
      [this](const messages::inspect_actors& m) { return on().registry().snapshot(m.kind); },
  };
}

}  // namespace stagecoach::console

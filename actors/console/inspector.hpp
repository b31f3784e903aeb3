// Answers what lives on this node and what each actor has done. It only reads the registry.
#pragma once

#include "actors/runtime/watched.hpp"
#include "messages/inspection.hpp"

namespace stagecoach::console {

using inspector_handle = runtime::handle_of<messages::inspector_talk>;

class inspector final : public runtime::watched<inspector_handle> {
 public:
  inspector(caf::actor_config& cfg, runtime::stage& on);

 private:
  behavior_type make_behavior() override;
};

}  // namespace stagecoach::console

// The node's commit order, on a thread of its own. Commits that wait together share their syncs (DESIGN.md 4): a
// message to ourselves lands behind everything that is already queued, so groups form by themselves. An answer means
// durable.
#pragma once

#include <vector>

#include "actors/runtime/watched.hpp"
#include "actors/services/handles.hpp"
#include "store/commit_log.hpp"

namespace stagecoach::services {

class store_writer final : public runtime::watched<store_writer_handle> {
 public:
  store_writer(caf::actor_config& cfg, runtime::stage& on, store::commit_log& log);
  void on_exit() override { waiting_.clear(); }

 private:
  behavior_type make_behavior() override;
  [[nodiscard]] bool is_essential() const override { return true; }
  runtime::reply<messages::committed> take(messages::commit& what);
  void flush();
  void flush_later();

  store::commit_log& log_;
  std::vector<store::pending_commit> waiting_;
  bool is_armed_ = false;  // a flush_group is on its way to ourselves
};

}  // namespace stagecoach::services

// One of the pool of detached disk workers: reads of rows and bodies, and the staging of bodies that are too large for
// memory. Everything that blocks on a disk and is not the commit itself happens here.
#pragma once

#include "actors/runtime/watched.hpp"
#include "actors/services/handles.hpp"
#include "store/store.hpp"

namespace stagecoach::services {

class blob_reader final : public runtime::watched<blob_reader_handle> {
 public:
  blob_reader(caf::actor_config& cfg, runtime::stage& on, store::store& from);

 private:
  behavior_type make_behavior() override;
  [[nodiscard]] bool is_essential() const override { return true; }
  result<messages::octets_read, failure> read(const messages::read_octets& m) const;
  result<messages::scanned_rows, failure> read(const messages::read_contents& m) const;
  result<messages::structures, failure> read(const messages::read_structures& m) const;
  result<messages::scanned_rows, failure> scan(const messages::scan_rows& m) const;
  result<messages::account_checked, failure> check(const messages::check_account& m) const;

  store::store& store_;
};

}  // namespace stagecoach::services
